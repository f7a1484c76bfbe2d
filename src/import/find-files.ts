import { lstat, readdir } from "node:fs/promises";
import { extname, resolve, sep } from "node:path";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";

/**
 * A path as the file system has it. Names on Linux are bytes, not text: a name that is not UTF-8 is
 * found and opened by its bytes and shown with replacement characters.
 */
export type FoundFile = { path: Buffer; shown: string; sizeBytes: number };

export type Found =
	| { kind: "file"; file: FoundFile }
	/** In a folder, and of no format that is imported: passed over, counted. */
	| { kind: "passed"; shown: string }
	| { kind: "problem"; shown: string; error: OnwaxError };

export type FindOptions = {
	/** Extensions without dot, lower case. */
	formats: readonly string[];
	/** Folders of which nothing is taken: the library itself. */
	except: readonly string[];
};

/**
 * Walks files and folders (recursively, in the order of names) and says for each entry what it is.
 * Symbolic links are not followed: what they point at may change between looking and reading. A
 * problem with one entry never ends the walk.
 */
export async function* findFiles(
	paths: readonly string[],
	options: FindOptions,
): AsyncGenerator<Found> {
	for (const path of paths) {
		yield* walk(Buffer.from(resolve(path)), path, options, "named");
	}
}

async function* walk(
	path: Buffer,
	shown: string,
	options: FindOptions,
	how: "named" | "in folder",
): AsyncGenerator<Found> {
	try {
		const facts = await lstat(path);
		if (facts.isSymbolicLink()) {
			yield problem(shown, "ERR_SYMLINK", "is a symbolic link.", "Import the file it points at.");
		} else if (isExcepted(path.toString(), options.except)) {
			const what = facts.isDirectory() ? "is the library itself." : "is part of the library.";
			yield problem(shown, "ERR_NOT_A_FILE", what, "Nothing to import there.");
		} else if (facts.isDirectory()) {
			for (const entry of await entriesOf(path)) {
				const inside = Buffer.concat([path, Buffer.from(sep), entry]);
				yield* walk(inside, `${shown}${sep}${entry.toString()}`, options, "in folder");
			}
		} else if (how === "in folder" && isPassedOver(path, options.formats)) {
			yield { kind: "passed", shown };
		} else if (!facts.isFile()) {
			yield problem(shown, "ERR_NOT_A_FILE", "is not a plain file.", "Only files can be imported.");
		} else {
			yield { kind: "file", file: { path, shown, sizeBytes: facts.size } };
		}
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") {
			yield problem(shown, "ERR_NOT_FOUND", "does not exist.", "Check the path.");
		} else {
			yield { kind: "problem", shown, error: toOnwaxError(error, "ERR_IO") };
		}
	}
}

function isExcepted(path: string, except: readonly string[]): boolean {
	return except.some((folder) => path === folder || path.startsWith(`${folder}${sep}`));
}

async function entriesOf(folder: Buffer): Promise<Buffer[]> {
	const entries = await readdir(folder, { encoding: "buffer" });
	return entries.sort(Buffer.compare);
}

/** Hidden files (among them macOS's `._` companions of real ones) and other formats. */
function isPassedOver(path: Buffer, formats: readonly string[]): boolean {
	const name = path.subarray(path.lastIndexOf(sep) + 1).toString();
	return name.startsWith(".") || !formats.includes(extensionOf(name));
}

/** Lower-case extension without its dot; "" where there is none. */
export function extensionOf(name: string): string {
	return extname(name).slice(1).toLowerCase();
}

function problem(
	shown: string,
	code: ConstructorParameters<typeof OnwaxError>[0],
	what: string,
	hint: string,
): Found {
	return { kind: "problem", shown, error: new OnwaxError(code, `${shown} ${what}`, { hint }) };
}

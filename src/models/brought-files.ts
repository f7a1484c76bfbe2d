import type { Stats } from "node:fs";
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { OnwaxError, systemErrorCode } from "../errors.ts";

const mostEntries = 2000;
/** As deep as an archive's may be. */
const deepest = 8;

export type BroughtFile = { name: string; sizeBytes: number };

/**
 * The files in a folder that somebody brings, by name: also what links to files lead to (the caches of
 * model hubs are laid out so), but no link to a folder, which could lead anywhere or in a circle.
 *
 * It may be any folder, a whole disk by mistake: no more is looked at than a model can have.
 *
 * @throws ERR_TOO_LARGE, ERR_SYMLINK
 */
export async function broughtFiles(path: string, signal: AbortSignal): Promise<BroughtFile[]> {
	const files: BroughtFile[] = [];
	const folders: string[][] = [[]];
	let entries = 0;
	for (const parts of folders) {
		// Read piece by piece: a single folder can hold millions.
		for await (const entry of await opendir(join(path, ...parts))) {
			signal.throwIfAborted();
			entries += 1;
			const inside = [...parts, entry.name];
			const name = join(...inside);
			if (entries > mostEntries || inside.length > deepest) throw tooMuch(path);
			if (entry.isDirectory()) folders.push(inside);
			else if (entry.isFile() || entry.isSymbolicLink()) {
				const facts = await factsOf(path, name);
				if (facts.isDirectory()) throw link(path, name, "is a link to a folder");
				if (facts.isFile()) files.push({ name, sizeBytes: facts.size });
			}
		}
	}
	return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function factsOf(path: string, name: string): Promise<Stats> {
	try {
		return await stat(join(path, name));
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT" || code === "ELOOP")
			throw link(path, name, "is a link that leads nowhere");
		throw error;
	}
}

function tooMuch(path: string): OnwaxError {
	return new OnwaxError("ERR_TOO_LARGE", `The folder ${path} holds too much to be a model.`, {
		hint: "Put the model's files into a folder of their own, and pull that.",
	});
}

function link(path: string, name: string, what: string): OnwaxError {
	return new OnwaxError("ERR_SYMLINK", `"${name}" in ${path} ${what}; nothing was copied.`, {
		hint: "Put the model's files into a folder of their own, and pull that.",
	});
}

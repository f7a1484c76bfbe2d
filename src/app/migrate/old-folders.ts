import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../../errors.ts";
import { type State, states } from "../../recording.ts";
import { isAudio, type OldEntry, readOldFile, readOldFolder } from "./old-recording.ts";

/** The folders `pending`, `success` and `failed` of a library, at its top or under `recordings/`. */
export async function stateFolders(path: string): Promise<{ state: State; folder: string }[]> {
	const found: { state: State; folder: string }[] = [];
	for (const top of [path, join(path, "recordings")]) {
		for (const state of states) {
			const folder = join(top, state);
			if (await isFolder(folder)) found.push({ state, folder });
		}
	}
	return found;
}

/** Every recording of an old library; reads only, and follows no links. */
export async function* readOldLibrary(
	path: string,
	formats: readonly string[],
): AsyncGenerator<OldEntry> {
	for (const { state, folder } of await stateFolders(path))
		yield* walk(folder, state, formats, true);
	// Recordings that were never sorted lie at the top.
	yield* walk(path, "pending", formats, false);
}

async function* walk(
	folder: string,
	state: State,
	formats: readonly string[],
	withFolders: boolean,
): AsyncGenerator<OldEntry> {
	const entries = await readdir(folder, { withFileTypes: true });
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const path = join(folder, entry.name);
		try {
			if (entry.isDirectory()) {
				if (!withFolders) continue;
				const recording = await readOldFolder(path, state, formats);
				yield recording ? { kind: "recording", recording } : { kind: "passed", shown: path };
			} else if (entry.isFile() && isAudio(entry.name, formats)) {
				yield { kind: "recording", recording: await readOldFile(path, state) };
			} else if (entry.isSymbolicLink()) {
				const hint = "Links are not followed; import the file that it points at.";
				const error = new OnwaxError("ERR_SYMLINK", `${path} is a symbolic link.`, { hint });
				yield { kind: "problem", shown: path, error };
			}
		} catch (error) {
			yield { kind: "problem", shown: path, error: toOnwaxError(error, "ERR_IO") };
		}
	}
}

export async function isFile(path: string): Promise<boolean> {
	return (await kindOf(path)) === "file";
}

export async function isFolder(path: string): Promise<boolean> {
	return (await kindOf(path)) === "folder";
}

async function kindOf(path: string): Promise<"file" | "folder" | null> {
	try {
		const stat = await lstat(path);
		return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : null;
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT" || code === "ENOTDIR") return null;
		throw error;
	}
}

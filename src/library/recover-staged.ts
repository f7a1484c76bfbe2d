import { open, readdir, rm, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { isName } from "../archive/name.ts";
import { copyHashed } from "../durable/copy-hashed.ts";
import { hashFile } from "../durable/hash-file.ts";
import { publishFolders } from "../durable/publish-folder.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { type Metadata, originalSha256, shelfOf } from "../recording.ts";
import { finishCapture, removeCaptureFiles } from "./finish-capture.ts";
import { hasIntent, readIntent } from "./intent.ts";
import { intentFromHeader } from "./intent-from-header.ts";
import type { Library } from "./library.ts";
import { type Inspection, type Staged, stage } from "./stage.ts";
import { hasWholeAudio } from "./twin.ts";

export type InspectAudio = (audioPath: string) => Promise<Inspection>;

/**
 * Goes through what a dead writer had prepared. A folder that is whole is published; audio that came
 * from a pipe or a device, and so exists nowhere else, becomes a recording marked as recovered;
 * a copy of a file that its owner still has is dropped, for it was never acknowledged.
 *
 * @returns names of the recordings that are published now; the catalogue does not know them yet
 */
export async function recoverStaged(
	library: Library,
	writerFolder: string,
	inspect: InspectAudio,
): Promise<string[]> {
	const recovered: string[] = [];
	for (const entry of await readdir(writerFolder)) {
		if (!isName(entry)) continue;
		const folder = join(writerFolder, entry);
		const staged = (await readWhole(folder)) ?? (await restage(library, folder, inspect));
		if (staged !== null && !(await isKnown(library, staged.metadata))) {
			const { folder: from, metadata } = staged;
			const to = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
			await publishFolders([{ from, to }]);
			recovered.push(metadata.name);
		}
		// What is still here was judged: it is kept elsewhere by now, or never counted.
		await rm(folder, { recursive: true, force: true });
	}
	return recovered;
}

/** The same audio was published by somebody else meanwhile, or by this writer under another name. */
async function isKnown(library: Library, metadata: Metadata): Promise<boolean> {
	const sha256 = originalSha256(metadata);
	const twin = (await library.catalogue.findByOriginalSha256([sha256])).get(sha256);
	return twin !== undefined && (await hasWholeAudio(library, twin));
}

async function readWhole(folder: string): Promise<Staged | null> {
	try {
		const metadata = await readMetadata(folder);
		for (const [file, facts] of Object.entries(metadata.files)) {
			const actual = await hashFile(join(folder, file));
			if (actual.sha256 !== facts.sha256) return null;
		}
		await removeCaptureFiles(folder);
		return { folder, metadata };
	} catch {
		// Unreadable is not whole; the audio is looked at next.
		return null;
	}
}

async function restage(
	library: Library,
	folder: string,
	inspect: InspectAudio,
): Promise<Staged | null> {
	const intent = (await readIntent(folder)) ?? (await intentFromHeader(folder));
	if (intent === null) {
		// A copy that was being made has no intent, and its owner has the file. But where there is one that
		// nobody can read, there may be sound that exists nowhere else.
		if (await hasIntent(folder)) await requireNothingHeard(folder);
		return null;
	}
	const { capture } = intent;
	if (capture) {
		const staged = await finishCapture(folder, { ...intent, capture }, library.appVersion, true);
		if (staged === null) await requireNothingHeard(folder);
		return staged;
	}
	const audioPath = join(folder, intent.audioFile);
	const sizeBytes = await sizeOf(audioPath);
	if (sizeBytes === 0) return null;
	const writer = await library.writer();
	const message = `The program ended while this was coming in; ${sizeBytes} bytes were on disk.`;
	const arrival = {
		source: intent.source,
		originalFilename: intent.originalFilename,
		extension: extname(intent.audioFile),
		title: intent.title,
		tags: intent.tags,
		events: [{ at: new Date().toISOString(), kind: "recovered", message }],
	};
	const fill = async (path: string) => {
		const handle = await open(audioPath, "r");
		try {
			return await copyHashed({ handle, path: audioPath }, path);
		} finally {
			await handle.close();
		}
	};
	return stage(writer, library.appVersion, arrival, fill, inspect);
}

async function sizeOf(path: string): Promise<number> {
	try {
		return (await stat(path)).size;
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return 0;
		throw error;
	}
}

/** More than any header, less than anybody can hear. */
const smallestSoundBytes = 1024;

/** @throws ERR_DAMAGED where there is audio in the folder: nobody could judge it, and so nothing is removed */
async function requireNothingHeard(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		if (!entry.name.startsWith("audio")) continue;
		if (entry.isFile() && (await sizeOf(join(folder, entry.name))) < smallestSoundBytes) continue;
		throw new OnwaxError("ERR_DAMAGED", `${folder} holds audio that nobody can make sense of.`, {
			hint: `Nothing of it was touched. Look at ${entry.name} in it; \`onwax import\` takes what can be played.`,
		});
	}
}

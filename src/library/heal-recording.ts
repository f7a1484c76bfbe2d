import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { metadataFilename, readMetadata, writeMetadata } from "../archive/metadata-file.ts";
import { findOnShelves } from "../archive/shelves.ts";
import { readTranscriptText } from "../archive/transcript-file.ts";
import { hashFile } from "../durable/hash-file.ts";
import { isPartName } from "../durable/part-name.ts";
import { placePrepared } from "../durable/prepared-file.ts";
import { publishFolders } from "../durable/publish-folder.ts";
import { removeFolder } from "../durable/remove-folder.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { type Metadata, type Shelf, shelfOf } from "../recording.ts";
import { intentFilename } from "./intent.ts";
import type { Library } from "./library.ts";

/** What was found and done; for the person, in one line each. */
export type Healed = { name: string; what: string };

/**
 * Brings one recording into order after a crash, from its folder: finishes a move that was cut
 * short, puts prepared files in place that metadata.json lists, of two folders keeps the newer one
 * that is whole, removes half-written files and files
 * whose replacement was verified, and makes the catalogue say what the folder says. Doing it twice
 * does no more than doing it once. The caller holds the recording (see `holding`).
 *
 * It destroys nothing that is listed in a metadata.json, and no audio it cannot account for.
 */
export async function healRecording(library: Library, name: string): Promise<Healed[]> {
	const healed: Healed[] = [];
	const note = (what: string) => healed.push({ name, what });
	const folders = await findFolders(library, name);
	const best = chooseFolder(folders);
	if (best === null) {
		if (folders.length === 0) {
			if ((await library.catalogue.get(name)) !== null) {
				await library.catalogue.remove([name]);
				note("its folder is gone; taken out of the catalogue");
			}
			return healed;
		}
		throw new OnwaxError("ERR_DAMAGED", `metadata.json of ${name} cannot be read.`, {
			hint: `Run \`onwax validate ${name} --repair\`.`,
		});
	}
	for (const other of folders) {
		if (other === best) continue;
		await requireCovered(other.folder, best.folder);
		await removeFolder(other.folder);
		note(`an older copy of its folder on ${other.shelf} was removed`);
	}
	let { folder } = best;
	const { metadata } = best;
	const placed = await placePrepared(folder, metadata.files, { verify: true });
	if (placed.length > 0) note(`${placed.join(", ")} put in place, as metadata.json says`);
	await removeRubbish(folder, metadata, note);
	await syncFolder(folder);
	const target = recordingFolder(library.layout, shelfOf(metadata), name);
	if (target !== folder) {
		await publishFolders([{ from: folder, to: target }]);
		folder = target;
		note(`moved from ${best.shelf} to ${shelfOf(metadata)}, where it was going`);
	}
	await library.catalogue.put([{ metadata, transcript: await readTranscriptText(folder) }]);
	return healed;
}

type Candidate = { shelf: Shelf; folder: string; metadata: Metadata | null };
type Readable = Candidate & { metadata: Metadata };

async function findFolders(library: Library, name: string): Promise<Candidate[]> {
	const found: Candidate[] = [];
	for (const shelf of await findOnShelves(library.layout, name)) {
		const folder = recordingFolder(library.layout, shelf, name);
		found.push({ shelf, folder, metadata: await readOrRestore(library, name, folder) });
	}
	return found;
}

/**
 * The metadata in the folder; where its bytes are damaged, the catalogue's copy takes its place if
 * every file it lists is there with its size (fault 39).
 */
async function readOrRestore(
	library: Library,
	name: string,
	folder: string,
): Promise<Metadata | null> {
	try {
		return await readMetadata(folder);
	} catch (error) {
		if (!(error instanceof OnwaxError) || error.code !== "ERR_DAMAGED") throw error;
		const known = await library.catalogue.get(name);
		if (known === null || !(await hasAllFiles(folder, known.metadata))) return null;
		await writeMetadata(folder, known.metadata);
		return known.metadata;
	}
}

async function hasAllFiles(folder: string, metadata: Metadata): Promise<boolean> {
	for (const [file, facts] of Object.entries(metadata.files)) {
		try {
			const actual = await hashFile(join(folder, file));
			if (actual.sha256 !== facts.sha256) return false;
		} catch (error) {
			if (systemErrorCode(error) === "ENOENT") return false;
			throw error;
		}
	}
	return true;
}

function chooseFolder(folders: Candidate[]): Readable | null {
	const readable = folders.filter((one): one is Readable => one.metadata !== null);
	return readable.reduce<Readable | null>(
		(best, one) => (best === null || one.metadata.revision > best.metadata.revision ? one : best),
		null,
	);
}

/** A second folder goes only when each of its files stands in the first one, byte for byte. */
async function requireCovered(folder: string, by: string): Promise<void> {
	for (const file of await readdir(folder)) {
		if (isPartName(file) || file === metadataFilename) continue;
		const mine = await hashFile(join(folder, file));
		const theirs = await hashFile(join(by, file)).catch(() => null);
		if (theirs?.sha256 !== mine.sha256) {
			throw new OnwaxError("ERR_CONFLICT", `${folder} and ${by} both exist, and ${file} differs.`, {
				hint: "Nothing was removed. Compare the two folders and move one of them away.",
			});
		}
	}
}

async function removeRubbish(
	folder: string,
	metadata: Metadata,
	note: (what: string) => void,
): Promise<void> {
	for (const file of await readdir(folder)) {
		if (file === metadataFilename || metadata.files[file]) continue;
		if (isPartName(file) || file === intentFilename) {
			await rm(join(folder, file));
		} else if (await isSupersededOriginal(folder, file, metadata)) {
			await rm(join(folder, file));
			note(`${file} was removed: ${metadata.audioFile} was verified to hold the same`);
		}
	}
}

/** The uncompressed audio whose removal was cut short after its compressed form had been verified. */
async function isSupersededOriginal(
	folder: string,
	file: string,
	metadata: Metadata,
): Promise<boolean> {
	if (metadata.original === null || !file.startsWith("audio.")) return false;
	const facts = await hashFile(join(folder, file));
	return facts.sha256 === metadata.original.sha256;
}

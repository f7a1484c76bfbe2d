import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
	metadataFilename,
	parseMetadataDocument,
	writeMetadata,
} from "../archive/metadata-file.ts";
import { hashFile } from "../durable/hash-file.ts";
import { isPartName } from "../durable/part-name.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { FileFacts, Metadata, Sha256, Shelf } from "../recording.ts";
import { intentFilename } from "./intent.ts";
import { type Library, revise } from "./library.ts";
import { rebuildMetadata } from "./rebuild-metadata.ts";
import type { InspectAudio } from "./recover-staged.ts";

/** More than any real one; the same limit as for reading it. */
const largestKeptBytes = 4 * 1024 * 1024;

/** What may stand in `Metadata.files`. */
const listable = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,100}$/;

/** The name beside `filename` under which damaged bytes are kept: the same ones always get the same. */
export function damagedName(filename: string, sha256: Sha256): string {
	return `${filename}.damaged-${sha256.slice(0, 16)}`;
}

/** Whether a repair kept damaged bytes under this name; one that is not listed was cut short. */
export function isDamagedName(filename: string): boolean {
	return /\.damaged-[0-9a-f]{16}$/.test(filename);
}

/**
 * Puts a readable metadata.json in the place of a damaged or missing one (fault 39). Of what can be
 * had, the best: the catalogue's copy or the damaged text itself where every file agrees with it;
 * the catalogue's copy where its audio is at least there (what differs is then named as damaged,
 * not declared right); else one made anew from the files. The damaged bytes are kept and listed.
 *
 * The caller holds the recording.
 *
 * @returns what is in place now, or null where there is no audio to describe
 */
export async function restoreMetadata(
	library: Library,
	place: { name: string; shelf: Shelf; folder: string },
	inspect: InspectAudio,
): Promise<Metadata | null> {
	const { name, folder } = place;
	const actual = await hashAll(folder);
	const damaged = await readDamaged(folder);
	const known = (await library.catalogue.get(name))?.metadata ?? null;
	const read = salvage(damaged, name);
	const candidates = [known, read].filter((one) => one !== null && agrees(one, actual));
	// Of two that agree, a later revision is one that the catalogue had not heard of yet.
	candidates.sort((a, b) => (b?.revision ?? 0) - (a?.revision ?? 0));
	const [agreeing] = candidates;
	let how: string;
	let metadata: Metadata | null;
	if (agreeing) {
		metadata = agreeing;
		how = agreeing === known ? "from the catalogue" : "from its own damaged text";
	} else if (known && actual.has(known.audioFile)) {
		metadata = known;
		how = "from the catalogue, although not all files agree with it";
	} else {
		metadata = await rebuildMetadata(place, actual, { known, read }, inspect, library.appVersion);
		how = "from the files beside it";
	}
	if (metadata === null) return null;
	const files: Record<string, FileFacts> = { ...metadata.files };
	if (damaged.length > 0) {
		const sha256 = createHash("sha256").update(damaged).digest("hex");
		const kept = damagedName(metadataFilename, sha256);
		files[kept] = await publishFile(join(folder, kept), damaged, { syncFolder: "later" });
	}
	const message = `metadata.json was damaged or missing; it was restored ${how}.`;
	const event = { at: new Date().toISOString(), kind: "repaired", message };
	const events = [...metadata.events, event];
	const restored = revise(metadata, { files, events }, library.appVersion);
	await writeMetadata(folder, restored);
	return restored;
}

/** Facts of all plain files in the folder that metadata.json could list; unreadable ones are left out. */
async function hashAll(folder: string): Promise<Map<string, FileFacts>> {
	const actual = new Map<string, FileFacts>();
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const { name: file } = entry;
		if (!entry.isFile() || isPartName(file) || !listable.test(file)) continue;
		if (file === metadataFilename || file === intentFilename) continue;
		try {
			actual.set(file, await hashFile(join(folder, file)));
		} catch (error) {
			if (systemErrorCode(error) === null) throw error;
		}
	}
	return actual;
}

function agrees(metadata: Metadata, actual: ReadonlyMap<string, FileFacts>): boolean {
	return Object.entries(metadata.files).every(
		([file, listed]) => actual.get(file)?.sha256 === listed.sha256,
	);
}

/** The damaged bytes; none where there is no such file. */
async function readDamaged(folder: string): Promise<Buffer> {
	try {
		const path = join(folder, metadataFilename);
		const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
		try {
			const { size } = await file.stat();
			return size > largestKeptBytes ? Buffer.alloc(0) : await file.readFile();
		} finally {
			await file.close();
		}
	} catch (error) {
		if (systemErrorCode(error) === null) throw error;
		return Buffer.alloc(0);
	}
}

/** The damaged text as a document, where it is one in spite of its checksum. */
function salvage(damaged: Buffer, name: string): Metadata | null {
	try {
		const metadata = parseMetadataDocument(JSON.parse(damaged.toString("utf8")));
		return metadata.name === name && metadata.files[metadata.audioFile] ? metadata : null;
	} catch {
		// Damaged it is: whatever it throws means that nothing can be had from it.
		return null;
	}
}

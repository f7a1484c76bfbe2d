import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { findOnShelves, readShelf } from "../archive/shelves.ts";
import { readTranscriptText } from "../archive/transcript-file.ts";
import { toOnwaxError } from "../errors.ts";
import { type Recording, shelves } from "../recording.ts";
import type { Library } from "./library.ts";

export type ReindexReport = {
	indexed: number;
	/** Rows of the catalogue whose folder is gone. */
	removed: string[];
	problems: { name: string; message: string; hint: string | null }[];
};

const batchSize = 500;
const readingAtOnce = 16;

/**
 * Builds the whole catalogue from nothing but the folders (U10). What the catalogue held of a
 * recording is replaced; jobs of recordings that still exist are kept.
 */
export async function reindex(
	library: Library,
	onProgress: (done: number, total: number) => void = () => {},
): Promise<ReindexReport> {
	const report: ReindexReport = { indexed: 0, removed: [], problems: [] };
	const present = new Set<string>();
	const todo: { name: string; folder: string }[] = [];
	for (const shelf of shelves) {
		for (const name of (await readShelf(library.layout, shelf)).names) {
			if (present.has(name)) continue;
			present.add(name);
			todo.push({ name, folder: recordingFolder(library.layout, shelf, name) });
		}
	}
	// In the order of names: what shares a microsecond gets the same place every time.
	todo.sort((a, b) => (a.name < b.name ? -1 : 1));
	for (let start = 0; start < todo.length; start += batchSize) {
		const recordings: Recording[] = [];
		const batch = todo.slice(start, start + batchSize);
		for (let from = 0; from < batch.length; from += readingAtOnce) {
			const some = batch.slice(from, from + readingAtOnce);
			const read = await Promise.all(some.map((one) => readRecording(one, report)));
			recordings.push(...read.filter((one) => one !== null));
		}
		await library.catalogue.put(recordings);
		report.indexed += recordings.length;
		onProgress(start + batch.length, todo.length);
	}
	const gone: string[] = [];
	for await (const { name } of library.catalogue.shelves()) {
		// Listed before it was moved by somebody else: look again before believing that it is gone.
		if (!present.has(name) && (await findOnShelves(library.layout, name)).length === 0) {
			gone.push(name);
		}
	}
	await library.catalogue.remove(gone);
	report.removed = gone;
	await library.catalogue.tidy();
	return report;
}

async function readRecording(
	{ name, folder }: { name: string; folder: string },
	report: ReindexReport,
): Promise<Recording | null> {
	try {
		return { metadata: await readMetadata(folder), transcript: await readTranscriptText(folder) };
	} catch (error) {
		const { message, hint } = toOnwaxError(error);
		report.problems.push({ name, message, hint });
		return null;
	}
}

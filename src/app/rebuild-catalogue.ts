import { type ReindexReport, reindex } from "../library/reindex.ts";
import { enqueueMissing } from "./missing-jobs.ts";
import type { App } from "./open-app.ts";

/** `onwax reindex`: the catalogue from the folders alone, and a job for whatever waits for its text. */
export async function rebuildCatalogue(
	{ library }: App,
	onProgress: (done: number, total: number) => void,
): Promise<ReindexReport> {
	const report = await reindex(library, onProgress);
	await enqueueMissing(library);
	return report;
}

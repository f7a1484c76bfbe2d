import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "../temp-folder.ts";
import { startTempService, type TempService } from "../temp-service.ts";
import { builtPage } from "./built-page.ts";
import { exampleSettings, fillExampleLibrary } from "./example-library.ts";

/** The service with the page over the example library, when its work is done. `interview`: a recording's name; `folder`: where its engine is. */
export async function startExampleService(
	t: TestContext,
): Promise<TempService & { interview: string; folder: string }> {
	const folder = await tempFolder(t);
	const webFolder = await builtPage();
	const settings = await exampleSettings(folder);
	const service = await startTempService(t, settings, { works: true, webFolder });
	await fillExampleLibrary(service.app, folder);
	for (;;) {
		const status = (await (await service.ask("/api/v1/status")).json()) as {
			recordings: { pending: number };
			jobs: { queued: number; running: number };
		};
		if (status.recordings.pending + status.jobs.queued + status.jobs.running === 0) break;
		await sleep(100);
	}
	const hits = (await (await service.ask("/api/v1/recordings/search?q=bell")).json()) as {
		hits: { recording: { name: string } }[];
	};
	return { ...service, folder, interview: hits.hits[0]?.recording.name ?? "" };
}

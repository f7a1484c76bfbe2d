import { rm } from "node:fs/promises";
import { join } from "node:path";
import { unfinishedFolder } from "../archive/layout.ts";
import { isName } from "../archive/name.ts";
import { namesIn } from "../durable/names-in.ts";
import { unfinished } from "../jobs/queue.ts";
import type { Library } from "../library/library.ts";
import type { Metadata } from "../recording.ts";

/** What was kept on the way to a recording's text: of no use when the text is there. */
export async function forgetUnfinished(library: Library, name: string): Promise<void> {
	await rm(unfinishedFolder(library.layout, name), { recursive: true, force: true });
}

/**
 * Keeps what an engine answered, for whoever goes on, and lets go of the decoded audio, which is large
 * and soon made again: it may be long until then.
 */
export async function forgetDecoded(library: Library, name: string): Promise<void> {
	const folder = unfinishedFolder(library.layout, name);
	for (const filename of await namesIn(folder)) {
		if (filename.startsWith("audio.")) await rm(join(folder, filename), { force: true });
	}
}

/** Whether there is anything left to ask for: then what was answered spares asking for that again. */
function isWanted({ state, transcription }: Metadata): boolean {
	return state !== "success" || (transcription?.coverage?.failedWindows ?? 0) > 0;
}

/** Lets go of what a crash left behind for recordings that have their text, or are gone. */
export async function sweepUnfinished(library: Library): Promise<void> {
	for (const name of await namesIn(library.layout.unfinished)) {
		if (!isName(name)) continue;
		const open = await unfinished(library.catalogue.db, [name], ["transcribe", "speakers"]);
		if (open.length > 0) continue;
		const recording = await library.catalogue.get(name);
		if (recording && isWanted(recording.metadata)) await forgetDecoded(library, name);
		else await forgetUnfinished(library, name);
	}
}

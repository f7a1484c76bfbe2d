import { setTimeout as sleep } from "node:timers/promises";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { findOnShelves } from "../archive/shelves.ts";
import { isWriterAlive } from "../archive/writer.ts";
import { isAbandoned } from "./change.ts";
import { type ExamineContext, type Examined, examineRecording } from "./examine-recording.ts";
import { finding } from "./finding.ts";
import type { Library } from "./library.ts";

const patience = { rounds: 50, pauseMs: 100 };

/**
 * Examines one recording without disturbing anybody: it claims nothing and works on a read-only
 * disk. What looks damaged while somebody changes it is looked at again when they are done.
 *
 * @throws ERR_NOT_FOUND where neither a folder nor the catalogue knows the name
 */
export async function validateRecording(
	library: Library,
	name: string,
	context: ExamineContext,
): Promise<Examined> {
	let once = context;
	for (let round = 0; ; round += 1) {
		const examined = await examineRecording(library, name, once);
		if (examined.findings.length === 0) return examined;
		if (!(await wasBeingChanged(library, name, examined))) return examined;
		if (round === patience.rounds) {
			const message = "another process keeps changing it; it was not judged";
			return {
				...examined,
				findings: [finding(name, null, "busy", message, "Validate it later.")],
			};
		}
		// Its bytes count as read already.
		once = { ...context, onBytes: undefined };
		await sleep(patience.pauseMs, undefined, { signal: context.signal });
	}
}

async function wasBeingChanged(
	library: Library,
	name: string,
	{ shelf, metadata }: Examined,
): Promise<boolean> {
	for (const change of await library.catalogue.openChanges()) {
		if (change.name !== name || isAbandoned(library, name)) continue;
		if (await isWriterAlive(library.layout, change.writer)) return true;
	}
	const [now] = await findOnShelves(library.layout, name);
	if (now !== (shelf ?? undefined)) return true;
	if (metadata === null || now === undefined) return false;
	try {
		const { revision } = await readMetadata(recordingFolder(library.layout, now, name));
		return revision !== metadata.revision;
	} catch {
		// It could be read a moment ago: look again.
		return true;
	}
}

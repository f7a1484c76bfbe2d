import type { Layout } from "../archive/layout.ts";
import { recordingFolder } from "../archive/layout.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import { exportTranscript } from "../export/formats.ts";
import { type Recording, shelfOf } from "../recording.ts";

/**
 * A recording's text as a file of that format.
 *
 * @throws ERR_STATE where there is no text; ERR_UNSUPPORTED where the format needs times it lacks
 */
export async function exportRecording(
	layout: Layout,
	{ metadata }: Recording,
	format: string,
): Promise<string> {
	const transcript = await readTranscript(
		recordingFolder(layout, shelfOf(metadata), metadata.name),
	);
	if (transcript === null) {
		throw new OnwaxError("ERR_STATE", `${metadata.name} has no text yet.`, {
			hint: "`onwax retry` asks an engine for it.",
		});
	}
	return exportTranscript(format, { transcript, metadata });
}

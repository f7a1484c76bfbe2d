import type { Layout } from "../archive/layout.ts";
import { recordingFolder } from "../archive/layout.ts";
import { readTranscript, transcriptFilename } from "../archive/transcript-file.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { exportTranscript } from "../export/formats.ts";
import { type Recording, shelfOf } from "../recording.ts";
import type { Transcript } from "../transcript.ts";

/**
 * A recording's text as a file of that format.
 *
 * @throws ERR_STATE where there is no text; ERR_DAMAGED where it cannot be read; ERR_UNSUPPORTED
 * where the format needs times it lacks
 */
export async function exportRecording(
	layout: Layout,
	recording: Recording,
	format: string,
): Promise<string> {
	const { metadata } = recording;
	const transcript = await keptTranscript(layout, recording);
	if (transcript === null) {
		throw new OnwaxError("ERR_STATE", `${metadata.name} has no text yet.`, {
			hint: "`onwax retry` asks an engine for it.",
		});
	}
	return exportTranscript(format, { transcript, metadata });
}

/**
 * A recording's transcript from its folder; null where it has none.
 *
 * @throws ERR_DAMAGED where metadata.json lists one that is gone or cannot be read as one
 */
export async function keptTranscript(
	layout: Layout,
	{ metadata }: Recording,
): Promise<Transcript | null> {
	const folder = recordingFolder(layout, shelfOf(metadata), metadata.name);
	const transcript = await readTranscript(folder).catch((error: unknown) => {
		throw toOnwaxError(error, "ERR_IO");
	});
	if (transcript === null && !metadata.files[transcriptFilename]) return null;
	if (typeof transcript?.text === "string" && Array.isArray(transcript.segments)) return transcript;
	throw new OnwaxError("ERR_DAMAGED", `The text of ${metadata.name} is damaged.`, {
		hint: `Run \`onwax validate ${metadata.name} --repair\`.`,
	});
}

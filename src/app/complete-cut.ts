import { readTranscript } from "../archive/transcript-file.ts";
import { toOnwaxError } from "../errors.ts";
import { changeRecording, type Held } from "../library/change.ts";
import type { FileFacts, Metadata } from "../recording.ts";
import { hashBeginning } from "../uploads/hash-beginning.ts";
import type { Beginning } from "../uploads/upload-file.ts";
import type { App } from "./open-app.ts";

/*
 * A recording was made of what had come of an upload, because no more came for so long. Then its sender
 * came back and sent all of it. Two recordings of one thing are nobody's wish: the whole one takes over
 * what the short one was called, and the short one goes to the trash.
 */

/**
 * The short recording, where it is here still and this audio begins with exactly its bytes; else null:
 * then they are two things, and both stay.
 */
export async function shorterOf(
	{ library }: App,
	beginning: Beginning | null,
	audio: FileFacts & { path: string },
): Promise<Metadata | null> {
	if (beginning === null || audio.sizeBytes <= beginning.sizeBytes) return null;
	const known = await library.catalogue.get(beginning.name);
	if (known === null) return null;
	const hash = await hashBeginning(audio.path, beginning.sizeBytes);
	return hash.digest("hex") === beginning.sha256 ? known.metadata : null;
}

/**
 * Says on the short recording where the whole one is, and puts it into the trash, but not what a person
 * has worked on: that stays beside the whole one. To be called once the whole one is in the library; it
 * may be called again, after a crash.
 */
export async function setAside(app: App, name: string, whole: string): Promise<void> {
	try {
		await changeRecording(app.library, name, async (held) => {
			const { metadata } = held;
			const isTold = metadata.events.some(
				({ kind, message }) => kind === "completed" && message.startsWith(`${whole} `),
			);
			if (isTold) return null;
			const stays = metadata.deletedAt === null && (await isWorkedOn(held));
			const what = stays ? " This one was worked on, so it stays as well." : "";
			const message = `${whole} has all of this, and what came after it.${what}`;
			const at = new Date().toISOString();
			return {
				fields: {
					events: [...metadata.events, { at, kind: "completed", message }],
					...(stays ? {} : { deletedAt: metadata.deletedAt ?? at }),
				},
			};
		});
	} catch (error) {
		// Purged meanwhile, or nobody can say what it is: the whole one is safe, and names it.
		if (!["ERR_NOT_FOUND", "ERR_DAMAGED"].includes(toOnwaxError(error).code)) throw error;
		app.library.log.warn({ recording: name, whole, error: String(error) }, "was not set aside");
	}
}

/** Its name, tags and description are taken over; these are what would be lost with it. */
async function isWorkedOn({ folder, metadata }: Held): Promise<boolean> {
	if (metadata.archived || metadata.retention !== null) return true;
	const transcript = await readTranscript(folder);
	if (transcript === null) return metadata.transcription !== null;
	const { edit, edits = [], speakerNames = {} } = transcript;
	return edit !== null || edits.length > 0 || Object.keys(speakerNames).length > 0;
}

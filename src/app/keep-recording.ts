import type { BegunCapture } from "../capture/begin-capture.ts";
import { finishCapture } from "../library/finish-capture.ts";
import { createPublisher } from "../library/publisher.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";
import type { Metadata } from "../recording.ts";
import type { App } from "./open-app.ts";

/**
 * Makes a recording of what was recorded: one file, hashed, published, in the catalogue. When this
 * returns it is acknowledged.
 *
 * @returns null where not one sample had come: then nothing is left of it either
 * @throws why that could not be done; the audio stays where it is, and the next start does it
 */
export async function keepRecording(app: App, capture: BegunCapture): Promise<Metadata | null> {
	const { library } = app;
	try {
		const staged = await finishCapture(capture.folder, capture.intent, library.appVersion, false);
		if (staged === null) return null;
		const publisher = createPublisher(library, (tx, published) =>
			enqueueAll(tx, published, jobsAfterPublish),
		);
		await publisher.publish(staged);
		return staged.metadata;
	} catch (error) {
		library.leaveForHealing();
		throw error;
	}
}

import { createPublisher } from "../library/publisher.ts";
import type { Staged } from "../library/stage.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";
import type { App } from "./open-app.ts";

/**
 * Publishes it: when this returns, it is acknowledged.
 *
 * @throws why that could not be done; the recording stays where it is, and the next start does it
 */
export async function keepRecording({ library }: App, staged: Staged): Promise<void> {
	try {
		const publisher = createPublisher(library, (tx, published) =>
			enqueueAll(tx, published, jobsAfterPublish),
		);
		await publisher.publish(staged);
	} catch (error) {
		library.leaveForHealing();
		throw error;
	}
}

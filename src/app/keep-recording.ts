import type { Staged } from "../library/stage.ts";
import type { App } from "./open-app.ts";
import { publisherOf } from "./publisher.ts";

/**
 * Publishes it: when this returns, it is acknowledged.
 *
 * @throws why that could not be done; the recording stays where it is, and the next start does it
 */
export async function keepRecording(app: App, staged: Staged): Promise<void> {
	try {
		await publisherOf(app).publish(staged);
	} catch (error) {
		app.library.leaveForHealing();
		throw error;
	}
}

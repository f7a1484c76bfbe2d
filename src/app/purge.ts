import { OnwaxError } from "../errors.ts";
import { purgeRecording } from "../library/remove.ts";
import type { Recording } from "../recording.ts";
import { snapshotBeforePurge } from "./destruction-snapshot.ts";
import type { App } from "./open-app.ts";

/**
 * Destroys recordings that are in the trash, for good. What is known about them, and the catalogue,
 * are copied to `backups/` before the first one goes (D1.18).
 *
 * @throws ERR_STATE where one is not in the trash: then none is destroyed
 */
export async function purgeRecordings(
	app: App,
	recordings: readonly Recording[],
	onPurged: (name: string) => void,
	signal: AbortSignal,
): Promise<void> {
	for (const { metadata } of recordings) requireTrashed(metadata);
	const doomed = recordings.map(({ metadata }) => metadata);
	if (doomed.length === 0) return;
	await snapshotBeforePurge(app.library, doomed);
	for (const { name } of doomed) {
		signal.throwIfAborted();
		await purgeRecording(app.library, name);
		onPurged(name);
	}
}

/** @throws ERR_STATE */
export function requireTrashed({ name, deletedAt }: Recording["metadata"]): void {
	if (deletedAt !== null) return;
	throw new OnwaxError("ERR_STATE", `${name} is not in the trash.`, {
		hint: `Only what is in the trash can be purged: \`onwax trash ${name}\` first.`,
	});
}

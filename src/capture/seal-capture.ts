import { tmpdir } from "node:os";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
import type { RecordingEvent } from "../recording.ts";
import type { BegunCapture } from "./begin-capture.ts";
import type { StopReason } from "./capture.ts";
import { type Rescued, rescue } from "./rescue.ts";

export type Sealed = {
	reason: StopReason;
	/** Null where nothing was to be kept: nobody spoke, or not one sample came. */
	capture: BegunCapture | null;
	/** What the disk refused to the end, and where that went instead. */
	unsaved: { error: OnwaxError; rescued: Rescued | null } | null;
};

const sealPatienceMs = 5000;

/** Writes the last of it, or saves elsewhere what the disk refuses. Never throws. */
export async function sealCapture(
	reason: StopReason,
	capture: BegunCapture | null,
	lastEvent: RecordingEvent | null,
): Promise<Sealed> {
	if (capture === null) return { reason, capture, unsaved: null };
	if (lastEvent) capture.note(lastEvent);
	await capture.closeNotes();
	try {
		await capture.log.seal(sealPatienceMs);
		return { reason, capture, unsaved: null };
	} catch (thrown) {
		const error = toOnwaxError(thrown, "ERR_IO");
		const frames = capture.log.unsynced();
		const rescued = await rescue(capture, frames, tmpdir()).catch(() => null);
		return { reason, capture, unsaved: { error, rescued } };
	}
}

import type { RecordingEvent } from "../recording.ts";
import type { Notice } from "./capture.ts";

/** A device that comes and goes all day must not fill metadata.json. */
const mostEvents = 200;

export type NoticeEvents = {
	/** What is to be written down of a notice; null where that is only counted any more. */
	eventOf(notice: Notice): RecordingEvent | null;
	/** What was only counted, in one event; null where nothing was. */
	rest(): RecordingEvent | null;
};

/**
 * Makes metadata's events of notices. Their time is the wall clock's at the beginning plus what has
 * passed since on a monotonic one: a clock that is set meanwhile changes nothing.
 *
 * @param elapsedMs since `startedAt`, monotonic
 */
export function noticeEvents(startedAt: Date, elapsedMs: () => number): NoticeEvents {
	let written = 0;
	let counted = 0;
	const now = () => new Date(startedAt.getTime() + elapsedMs()).toISOString();
	return {
		eventOf(notice) {
			if (written >= mostEvents) {
				counted += 1;
				return null;
			}
			written += 1;
			const kind = notice.phase === "ends" ? `${notice.kind}-ended` : notice.kind;
			const message = `${clock(notice.positionSeconds)} ${notice.message}`;
			return { at: now(), kind, message };
		},
		rest() {
			if (counted === 0) return null;
			return {
				at: now(),
				kind: "more",
				message: `${counted} further events were not written down.`,
			};
		},
	};
}

/** `h:mm:ss` */
function clock(seconds: number): string {
	const whole = Math.max(0, Math.floor(seconds));
	const pair = (value: number) => String(value).padStart(2, "0");
	return `${Math.floor(whole / 3600)}:${pair(Math.floor(whole / 60) % 60)}:${pair(whole % 60)}`;
}

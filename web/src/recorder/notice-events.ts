import type { Notice } from "./guard.ts";

/** As metadata.json keeps it. */
export type RecordingEvent = { at: string; kind: string; message: string };

/** A device that comes and goes all day must not fill metadata.json. */
export const mostEvents = 200;

/** What is kept of a notice, in the form that `onwax record` gives it. `startedAt`: ISO 8601. */
export function eventOf(notice: Notice, startedAt: string, elapsedMs: number): RecordingEvent {
	const { kind, phase, message, atSeconds } = notice;
	return {
		at: new Date(Date.parse(startedAt) + elapsedMs).toISOString(),
		kind: phase === "ends" ? `${kind}-ended` : kind,
		message: `${clock(atSeconds)} ${message}`,
	};
}

/** `h:mm:ss` */
function clock(seconds: number): string {
	const whole = Math.max(0, Math.floor(seconds));
	const pair = (value: number) => String(value).padStart(2, "0");
	return `${Math.floor(whole / 3600)}:${pair(Math.floor(whole / 60) % 60)}:${pair(whole % 60)}`;
}

/** Each line begins anew, so that one which a crash tore spoils no other. */
export function eventLine(event: RecordingEvent): string {
	return `\n${JSON.stringify(event)}`;
}

export function parseEvents(text: string): RecordingEvent[] {
	return text.split("\n").flatMap((line) => {
		try {
			return [JSON.parse(line) as RecordingEvent];
		} catch {
			return [];
		}
	});
}

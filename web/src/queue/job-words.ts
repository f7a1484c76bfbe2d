import type { Job } from "../../../src/server/contract/jobs.ts";
import { formatTime } from "../design/format.ts";

/** What is done, as a person would say it. */
const doing: Record<Job["kind"], string> = {
	transcribe: "Turning into text",
	compress: "Making it smaller",
	peaks: "Drawing the waveform",
	chat: "Writing a title and a summary",
	speakers: "Telling speakers apart",
	copy: "Copying elsewhere",
	scrub: "Reading every byte again",
	purge: "Deleting for good",
};

export function workOf({ kind }: Pick<Job, "kind">): string {
	return doing[kind];
}

/** Of these a text or a part of it comes; all else puts the audio in order, and nobody waits for it. */
const endable: readonly Job["kind"][] = ["transcribe", "chat", "speakers"];

/** Whether somebody may want to end it. */
export function canEnd({ kind, state }: Pick<Job, "kind" | "state">): boolean {
	return state !== "parked" && endable.includes(kind);
}

/** Whether somebody did: then nothing has failed. */
export function isCancelled({ reason }: Pick<Job, "reason">): boolean {
	return reason?.code === "ERR_CANCELLED";
}

/** When a waiting job is tried, as of now: `next`, `in 20 seconds`, `at 14:05`. */
export function whenOf({ nextRunAt }: Pick<Job, "nextRunAt">, now: number): string {
	if (nextRunAt === null) return "";
	const seconds = Math.round((Date.parse(nextRunAt) - now) / 1000);
	if (seconds <= 1) return "as soon as there is time";
	if (seconds < 90) return `in ${seconds} seconds`;
	return `at ${formatTime(nextRunAt)}`;
}

import type { TranscriptJson } from "../../../src/server/contract/transcript.ts";
import { formatDuration } from "../design/format.ts";

export type Doubt = NonNullable<TranscriptJson["coverage"]>["doubts"][number];

/** `12 s`, `3 min 20 s` */
export function inWords(seconds: number): string {
	const whole = Math.max(1, Math.round(seconds));
	if (whole < 60) return `${whole} s`;
	return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? "" : ` ${whole % 60} s`}`;
}

/** What is doubtful there, in a few words. */
export function doubtWords({ kind, startSeconds, endSeconds }: Doubt): string {
	const length = inWords(endSeconds - startSeconds);
	if (kind === "gap") return `${length} of speech without words`;
	if (kind === "loop") return "The same words again and again";
	return "Words where nobody seems to speak";
}

export function doubtPlace({ startSeconds, endSeconds }: Doubt): string {
	return `${formatDuration(startSeconds)} to ${formatDuration(endSeconds)}`;
}

/** Why it is still open, in a sentence; null where there is nothing to say. */
export function doubtReason({ reason, askedAgain }: Doubt): string | null {
	if (reason !== null) return `Asked again without success: ${reason}`;
	if (askedAgain > 0) {
		return `The engine was asked again ${askedAgain === 1 ? "once" : `${askedAgain} times`}, and nothing came of it.`;
	}
	return null;
}

/** How much of what was spoken has words; null where there is nothing to say. */
export function coverageWords(coverage: {
	speechSeconds: number;
	coveredSeconds: number;
	gaps: number;
	loops: number;
	unheard: number;
	failedWindows: number;
}): string | null {
	const { speechSeconds, coveredSeconds, gaps, loops, unheard, failedWindows } = coverage;
	const parts: string[] = [];
	if (gaps > 0) {
		const missing = inWords(Math.max(1, speechSeconds - coveredSeconds));
		parts.push(
			`${missing} of ${inWords(speechSeconds)} of speech ${gaps === 1 ? "is" : "are"} without words`,
		);
	}
	if (loops > 0) parts.push(counted(loops, "place repeats itself", "places repeat themselves"));
	if (unheard > 0) {
		parts.push(`${counted(unheard, "place has", "places have")} words where nobody seems to speak`);
	}
	if (failedWindows > 0) {
		parts.push(`no answer was had for ${counted(failedWindows, "part", "parts")} of it`);
	}
	return parts.length === 0 ? null : `${parts.join(", ")}.`;
}

function counted(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}

import type { Job } from "../job.ts";
import { longestPrompt } from "../transcribe/prompt.ts";

/** What whoever sent the audio said about it; it counts for one job. */
export type TranscribeHints = {
	/** BCP 47. */
	language: string | null;
	/** Words or sentences of the kind that is spoken. */
	prompt: string | null;
	/**
	 * Goes on by itself where an engine fails that may answer later, instead of waiting for a person:
	 * nobody watches this recording who could ask again.
	 */
	goesOn: boolean;
};

export function hintParameters(hints: TranscribeHints): Record<string, string> {
	const { language, prompt, goesOn } = hints;
	return {
		...(language === null ? {} : { language }),
		// Engines that read a prompt read its end.
		...(prompt === null ? {} : { prompt: prompt.slice(-longestPrompt) }),
		...(goesOn ? { goesOn: "yes" } : {}),
	};
}

export function hintsOf({ parameters }: Pick<Job, "parameters">): TranscribeHints {
	const { language = null, prompt = null, goesOn } = parameters;
	return { language, prompt, goesOn: goesOn === "yes" };
}

const longestPauseSeconds = 3600;
const shortestPauseSeconds = 30;
const goesOnForSeconds = 3 * 24 * 3600;

/**
 * When to try again what has been waiting since `createdAt`: half as long as it has waited so far.
 * Null: it has waited long enough for a person to be told.
 */
export function nextPauseSeconds(createdAt: string, nowMs: number): number | null {
	const waitedSeconds = Math.max(0, (nowMs - Date.parse(createdAt)) / 1000);
	if (waitedSeconds > goesOnForSeconds) return null;
	return Math.min(Math.max(waitedSeconds / 2, shortestPauseSeconds), longestPauseSeconds);
}

import { isWorthTaking, judgeAgain } from "../coverage/after-asking.ts";
import { type Asking as DoubtfulPlace, gapsToAsk } from "../coverage/gaps-to-ask.ts";
import type { Heard } from "../coverage/heard.ts";
import type { Coverage, EngineOutput } from "../transcript.ts";
import { placeAnswer } from "../windows/place-answer.ts";
import { type Asking, askStretch, isWindowsOwn } from "./ask-windows.ts";

/** Where so many places in a row brought nothing, the next ones are not asked for: it costs as much as all did. */
const enoughInVain = 3;
/** A stretch as an engine hears it best: long enough for context, short enough to be about the gap. */
const longestSeconds = 30;

/**
 * Asks the engine again for speech without words and for loops (U5): each place on its own, and
 * where nothing comes of that, once more in the engine's other way. What it takes over is kept beside
 * what stood there before; what stays open stays in the coverage. An engine that fails here never
 * costs the text that there is.
 *
 * @throws ERR_INTERRUPTED, and errors of the disk
 */
export async function askAgain(
	asking: Asking,
	heard: Heard,
	first: { output: EngineOutput; coverage: Coverage },
): Promise<{ output: EngineOutput; coverage: Coverage }> {
	let { output, coverage } = first;
	let leftSeconds = asking.audio.durationSeconds;
	let inVain = 0;
	const limitSeconds = asking.engine.input.maxSeconds ?? Number.POSITIVE_INFINITY;
	const hasWords = output.segments.some(({ words }) => words.length > 0);
	const limits = {
		durationSeconds: asking.audio.durationSeconds,
		// A text whose words have no times can only be replaced as a whole.
		maxSeconds: hasWords ? Math.min(longestSeconds, limitSeconds) : limitSeconds,
		speech: heard.speech,
	};
	for (const place of gapsToAsk(coverage, limits)) {
		// Asking again is never to cost more than asking did.
		leftSeconds -= place.endSeconds - place.startSeconds;
		if (leftSeconds < 0) break;
		let isAnswered = false;
		for (const setting of ["usual", "other"] as const) {
			const { answer, failure, isOver } = await askFor(asking, place, setting);
			const placed =
				answer !== null && isWorthTaking(answer) ? placeAnswer(output, place, answer) : null;
			if (placed) output = { ...output, ...placed.output };
			coverage = judgeAgain(heard, output, coverage, place, { failure, placed });
			if (isOver) return { output, coverage };
			isAnswered = placed !== null;
			if (isAnswered) break;
		}
		inVain = isAnswered ? 0 : inVain + 1;
		if (inVain >= enoughInVain) break;
	}
	return { output, coverage };
}

async function askFor(asking: Asking, place: DoubtfulPlace, setting: "usual" | "other") {
	// Once is enough: what matters is there already.
	const policy = { ...asking.policy, maxAttempts: 1 };
	const outcome = await askStretch({ ...asking, policy }, place, setting);
	if (outcome.kind === "done") return { answer: outcome.output, failure: null, isOver: false };
	const isOver = outcome.kind === "postponed" || !isWindowsOwn(outcome.error);
	return { answer: null, failure: outcome.error.message, isOver };
}

import type { OfflineResult } from "./sherpa-native.ts";
import type { Recognised, RecognisedToken } from "./speech.ts";

/** Where a model does not say how long a token lasts, and no other one follows soon. */
const longestTokenSeconds = 0.32;

/**
 * What sherpa-onnx answered, in order.
 *
 * @param startSeconds where the file's own sound began in what was heard
 */
export function toRecognised(
	result: OfflineResult,
	startSeconds: number,
	durationSeconds: number,
): Recognised {
	const inFile = (seconds: number) =>
		Math.min(durationSeconds, Math.max(0, seconds - startSeconds));
	return {
		text: result.text.trim(),
		tokens: timedTokens(result).map((token) => ({
			text: token.text,
			startSeconds: inFile(token.startSeconds),
			endSeconds: inFile(token.endSeconds),
		})),
		segments: (result.segment_texts ?? []).flatMap((text, index) => {
			const start = result.segment_timestamps?.[index];
			const length = result.segment_durations?.[index];
			if (start === undefined || length === undefined || text.trim() === "") return [];
			const times = { startSeconds: inFile(start), endSeconds: inFile(start + length) };
			return [{ text: text.trim(), ...times }];
		}),
		language: /^(?:<\|)?([a-z]{2,3})(?:\|>)?$/.exec(result.lang ?? "")?.[1] ?? null,
	};
}

/** None where times are missing, or where a token is only part of a character. */
function timedTokens({ tokens = [], timestamps = [], durations = [] }: OfflineResult) {
	if (timestamps.length !== tokens.length) return [];
	if (tokens.some((text) => text.includes("\ufffd"))) return [];
	const timed: RecognisedToken[] = [];
	for (const [index, text] of tokens.entries()) {
		const startSeconds = timestamps[index] ?? 0;
		const length = durations[index];
		const told = length !== undefined && length > 0 ? length : longestTokenSeconds;
		const next = timestamps[index + 1] ?? Number.POSITIVE_INFINITY;
		// SenseVoice's signs of language and mood.
		if (/^<\|.*\|>$/.test(text)) continue;
		const endSeconds = Math.max(startSeconds, Math.min(startSeconds + told, next));
		timed.push({ text, startSeconds, endSeconds });
	}
	return timed;
}

import type { Segment, Word } from "../transcript.ts";

/**
 * Segments as the rest of the program trusts them: starts never decrease, words lie inside their
 * segment, no end comes before its start. Windows tell the same moment a little differently, so that after
 * joining two a word may begin before the one in front of it.
 */
export function inOrder(segments: readonly Segment[]): Segment[] {
	let earliest = 0;
	return segments.map((segment) => {
		const first = segment.words[0]?.startSeconds ?? segment.startSeconds;
		const startSeconds = Math.max(earliest, Math.min(segment.startSeconds, first));
		earliest = startSeconds;
		let endSeconds = Math.max(startSeconds, segment.endSeconds);
		const words = segment.words.map((word): Word => {
			earliest = Math.max(earliest, word.startSeconds);
			const end = Math.max(earliest, word.endSeconds);
			endSeconds = Math.max(endSeconds, end);
			return { ...word, startSeconds: toMilliseconds(earliest), endSeconds: toMilliseconds(end) };
		});
		return {
			...segment,
			startSeconds: toMilliseconds(startSeconds),
			endSeconds: toMilliseconds(endSeconds),
			words,
		};
	});
}

function toMilliseconds(seconds: number): number {
	return Math.round(seconds * 1000) / 1000;
}

import type { Segment, Word } from "../transcript.ts";
import { cutText } from "./cut-text.ts";
import { type LabelledTurn, speakerFinder } from "./speaker-turns.ts";

/**
 * Labels the segments of a transcript with who speaks. A segment in which two do is cut where they
 * change; what the engine gave no times of words for is one speaker's as a whole. Words, their order
 * and their times stay as they are, and so does the text, white space at a cut aside. Labels that
 * are there already are not looked at, and go; doing it twice gives the same as doing it once.
 * Without turns nothing is known, and nothing is changed.
 */
export function assignSpeakers(
	segments: readonly Segment[],
	turns: readonly LabelledTurn[],
): Segment[] {
	if (turns.length === 0) return [...segments];
	const speakerDuring = speakerFinder(turns);
	return segments.flatMap((segment) => {
		const runs = runsOf(segment.words, speakerDuring);
		if (runs.length < 2) return labelled(segment, runs[0]?.speaker ?? speakerDuring(segment));
		const texts = cutText(
			segment.text,
			runs.map(({ words }) => words.map(({ text }) => text)),
		);
		// Where words and text do not meet nothing is cut: the text must stay what it is.
		if (texts === null) return labelled(segment, speakerDuring(segment));
		return runs.map((run, i) => partOf(segment, run, texts[i] ?? "", i, runs.length));
	});
}

type Run = { speaker: string | null; words: Word[] };

/** Words of one speaker after each other. Who says a word between them is not known better. */
function runsOf(words: readonly Word[], speakerDuring: (word: Word) => string | null): Run[] {
	const runs: Run[] = [];
	for (const word of words) {
		const speaker = speakerDuring(word);
		const run = runs.at(-1);
		if (run && (speaker === null || run.speaker === null || speaker === run.speaker)) {
			run.words.push(word);
			run.speaker ??= speaker;
		} else runs.push({ speaker, words: [word] });
	}
	return runs;
}

function partOf(segment: Segment, run: Run, text: string, index: number, count: number): Segment {
	const startSeconds =
		index === 0 ? segment.startSeconds : (run.words[0]?.startSeconds ?? segment.startSeconds);
	const spokenUntil = Math.max(startSeconds, ...run.words.map(({ endSeconds }) => endSeconds));
	const endSeconds = index === count - 1 ? Math.max(segment.endSeconds, startSeconds) : spokenUntil;
	return labelled({ ...segment, text, startSeconds, endSeconds, words: run.words }, run.speaker);
}

function labelled({ speaker: _, ...segment }: Segment, speaker: string | null): Segment {
	return speaker === null ? segment : { ...segment, speaker };
}

import type { Provenance, Segment, Span, Word } from "../transcript.ts";
import { type HeardWord, heardWords, sharedTime } from "./heard-words.ts";
import { type SpokenWord, spokenWords } from "./spoken-words.ts";
import { differencesOf } from "./word-alignment.ts";

/** A word of the edited text: where it is heard, and which heard word it is, if it is one. */
type Placed = Span & { written: SpokenWord; segmentIndex: number; heard: HeardWord | null };

/**
 * The segments of a text that a person wrote over the one that these segments say. Words that both
 * have keep their times, provenance and segment; words in the place of others take the time of
 * those; new ones share the time between their neighbours. White space aside, the segments then
 * say the edited text. Starts that never decrease do not after it either.
 */
export function editedSegments(segments: readonly Segment[], text: string): Segment[] {
	const heard = heardWords(segments);
	if (heard.length === 0) return [];
	const placed = place(heard, spokenWords(text), segments);
	const edited: Segment[] = [];
	for (const { from, to } of runsOf(placed, isOtherSegment)) {
		const own = placed.slice(from, to);
		const [first, last] = [own[0] as Placed, own.at(-1) as Placed];
		const segment = segments[first.segmentIndex] as Segment;
		const said = text.slice(first.written.start, last.written.end).replace(/\s+/g, " ");
		const words = segment.words.length === 0 ? [] : wordsOf(own, text, segment);
		edited.push({ ...segment, text: said, words });
	}
	return withBorders(edited);
}

function place(
	heard: readonly HeardWord[],
	written: readonly SpokenWord[],
	segments: readonly Segment[],
): Placed[] {
	const keys = (words: readonly { key: string }[]) => words.map(({ key }) => key);
	const placed: Placed[] = [];
	let next = 0;
	const keepUpTo = (aStart: number, bStart: number) => {
		for (; next < aStart; next++) {
			const one = heard[next] as HeardWord;
			const word = written[placed.length] as SpokenWord;
			placed.push({ ...spanOf(one), segmentIndex: one.segmentIndex, heard: one, written: word });
		}
		if (placed.length !== bStart) throw new Error("the alignment does not lead to the text");
	};
	for (const { aStart, aEnd, bStart, bEnd } of differencesOf(keys(heard), keys(written))) {
		keepUpTo(aStart, bStart);
		const words = written.slice(bStart, bEnd);
		const gone = heard.slice(aStart, aEnd);
		const put =
			gone.length > 0
				? inPlaceOf(gone, words)
				: between(heard[aStart - 1], heard[aStart], words, segments);
		// One by one: hundreds of thousands of words are more than a call takes arguments.
		for (const one of put) placed.push(one);
		next = aEnd;
	}
	keepUpTo(heard.length, written.length);
	return placed;
}

/** As many words: each stands for its own. Else they are shared out over those there were. */
function inPlaceOf(gone: readonly HeardWord[], words: readonly SpokenWord[]): Placed[] {
	const others = words.map((written, index) => {
		const other = gone[Math.floor((index * gone.length) / words.length)] as HeardWord;
		return { ...spanOf(other), segmentIndex: other.segmentIndex, heard: null, written };
	});
	if (gone.length === words.length) return others;
	return Array.from(runsOf(others, isOtherSegment), ({ from, to }) => {
		const own = others.slice(from, to);
		const there = gone.filter((one) => one.segmentIndex === own[0]?.segmentIndex);
		const { startSeconds } = there[0] as HeardWord;
		const { endSeconds } = there.at(-1) as HeardWord;
		return sharedOut({ startSeconds, endSeconds }, own);
	}).flat();
}

/** New words, within what their neighbours leave. */
function between(
	before: HeardWord | undefined,
	after: HeardWord | undefined,
	words: readonly SpokenWord[],
	segments: readonly Segment[],
): Placed[] {
	const segmentIndex = before?.segmentIndex ?? after?.segmentIndex ?? 0;
	const own = segments[segmentIndex] as Segment;
	const latest = after?.startSeconds ?? Math.max(own.endSeconds, before?.endSeconds ?? 0);
	const earliest = before?.endSeconds ?? own.startSeconds;
	const startSeconds = Math.min(earliest, latest);
	// What was added at a segment's end is said in it, where it has time left, not in the pause after it.
	const isIn = after?.segmentIndex !== segmentIndex && own.endSeconds > startSeconds;
	const endSeconds = isIn ? Math.min(own.endSeconds, latest) : latest;
	const added = words.map((written) => ({ segmentIndex, heard: null, written }));
	return sharedOut({ startSeconds, endSeconds }, added);
}

function sharedOut(span: Span, words: readonly Omit<Placed, keyof Span>[]): Placed[] {
	const lengths = words.map(({ written }) => written.end - written.start);
	const spans = sharedTime(span, lengths);
	return words.map((word, index) => ({ ...word, ...(spans[index] as Span) }));
}

function isOtherSegment(a: Placed, b: Placed): boolean {
	return a.segmentIndex !== b.segmentIndex;
}

function spanOf({ startSeconds, endSeconds }: Span): Span {
	return { startSeconds, endSeconds };
}

/** Written together is one word; of scripts without spaces, what the engine timed as one. */
function wordsOf(placed: readonly Placed[], text: string, segment: Segment): Word[] {
	const isApart = (a: Placed, b: Placed) => {
		if (a.written.end < b.written.start) return true;
		if (!a.written.isUnspaced && !b.written.isUnspaced) return false;
		return a.heard === null || b.heard === null || a.heard.wordIndex !== b.heard.wordIndex;
	};
	return Array.from(runsOf(placed, isApart), ({ from, to }): Word => {
		const own = placed.slice(from, to);
		const [first, last] = [own[0] as Placed, own.at(-1) as Placed];
		const said = text.slice(first.written.start, last.written.end);
		const provenance = provenanceOf(own, segment);
		const { startSeconds } = first;
		const endSeconds = Math.max(last.endSeconds, startSeconds);
		const word = { text: said, startSeconds, endSeconds };
		return provenance.length > 0 ? { ...word, provenance } : word;
	});
}

/** Only where no part of the word is the person's own. */
function provenanceOf(own: readonly Placed[], segment: Segment): Provenance[] {
	const found = new Set<number>();
	for (const { heard } of own) {
		if (heard === null || heard.wordIndex === null) return [];
		found.add(heard.wordIndex);
	}
	return [...found].flatMap((index) => segment.words[index]?.provenance ?? []);
}

/** Words lie in their segments, and no segment starts before the words of the one before have ended. */
function withBorders(segments: Segment[]): Segment[] {
	let earliest = 0;
	return segments.map((segment) => {
		const [first, last] = [segment.words[0], segment.words.at(-1)];
		const latest = first?.startSeconds ?? Number.POSITIVE_INFINITY;
		const startSeconds = Math.min(Math.max(segment.startSeconds, earliest), latest);
		const endSeconds = Math.max(segment.endSeconds, last?.endSeconds ?? 0, startSeconds);
		earliest = last?.endSeconds ?? startSeconds;
		return { ...segment, startSeconds, endSeconds };
	});
}

/** Runs of neighbours: a new one begins where `isBorder` says so of two. */
function* runsOf<T>(
	items: readonly T[],
	isBorder: (before: T, item: T) => boolean,
): Generator<{ from: number; to: number }> {
	let from = 0;
	for (let to = 1; to <= items.length; to++) {
		if (to < items.length && !isBorder(items[to - 1] as T, items[to] as T)) continue;
		yield { from, to };
		from = to;
	}
}

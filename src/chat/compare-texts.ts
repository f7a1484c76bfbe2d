import { alignWords, type Unmatched } from "./align-words.ts";

/** More than this part of the words gone, or come from nowhere, is another text. */
const largestShare = 0.3;
/** A sentence of which so much is missing is missing. */
const sentenceShare = 0.6;
/** So many missing words close together are something that was said; so many new ones were not. */
const dense = { missing: 5, added: 6, within: 8 };
/** A word that moved no further than this is still there. */
const nearbyWords = 20;
/** Sounds, not words: cleaning up takes them out. */
const fillers = new Set(
	"um umm uh uhh uhm er erm eh ah oh hm hmm hmmm mhm mm äh ähm öh öhm hä euh heu bah este".split(
		" ",
	),
);

/**
 * What is wrong with a cleaned-up text, as one sentence; null where it says what was said. Stutters,
 * fillers and single words may go, and single words may be written otherwise; a sentence may not be
 * missing, nor a stretch of words, nor may one have been added.
 */
export function whatIsWrong(said: string, cleaned: string): string | null {
	const before = wordsOf(said);
	const after = wordsOf(cleaned);
	const { onlyA, onlyB } = alignWords(before.words, after.words);
	const lost = missing(before.words, onlyA, after.words);
	const added = missing(after.words, onlyB, before.words);

	const sentence = before.sentences.find((one) => isGone(one, lost));
	if (sentence) return `a sentence is missing: “${quote(before.words, sentence)}”`;
	const gone = denseStretch(lost, dense.missing);
	if (gone) return `words are missing: “${quote(before.words, gone)}”`;
	const more = denseStretch(added, dense.added);
	if (more) return `words were added: “${quote(after.words, more)}”`;
	if (isMuch(lost, before.words)) {
		return `${percent(lost.size, before.words)} of the words are missing`;
	}
	if (isMuch(added, after.words)) {
		return `${percent(added.size, after.words)} of the words were not said`;
	}
	return null;
}

/** Of a few words each is a large part: the rule is for texts. */
function isMuch({ size }: ReadonlySet<number>, words: readonly string[]): boolean {
	return size >= dense.missing && size > words.length * largestShare;
}

type Stretch = { from: number; to: number };

/** Words without case and punctuation, and which of them make a sentence. */
function wordsOf(text: string): { words: string[]; sentences: Stretch[] } {
	const words: string[] = [];
	const sentences: Stretch[] = [];
	for (const { segment } of new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(
		text.normalize("NFC"),
	)) {
		const from = words.length;
		for (const word of new Intl.Segmenter(undefined, { granularity: "word" }).segment(segment)) {
			const plain = word.segment.toLowerCase().replaceAll("’", "'");
			if (word.isWordLike && !fillers.has(plain)) words.push(plain);
		}
		if (words.length > from) sentences.push({ from, to: words.length });
	}
	return { words, sentences };
}

/** Indexes of unmatched words that are nowhere near on the other side either. */
function missing(
	words: readonly string[],
	unmatched: readonly Unmatched[],
	others: readonly string[],
): Set<number> {
	const indexes = new Set<number>();
	for (const { from, to, at } of unmatched) {
		const nearby = new Set(others.slice(Math.max(0, at - nearbyWords), at + nearbyWords));
		for (let index = from; index < to; index++) {
			if (!nearby.has(words[index] ?? "")) indexes.add(index);
		}
	}
	return indexes;
}

/** Common words are nearby in any text; a single word may be an exclamation that stood for nothing. */
function isGone({ from, to }: Stretch, lost: ReadonlySet<number>): boolean {
	const count = countIn(lost, { from, to });
	return count >= 2 && count >= (to - from) * sentenceShare;
}

/** The first stretch with so many of these words in it; one that is found by chance does not break it. */
function denseStretch(indexes: ReadonlySet<number>, least: number): Stretch | null {
	const sorted = [...indexes].sort((a, b) => a - b);
	for (const [place, from] of sorted.entries()) {
		const last = sorted[place + least - 1];
		if (last !== undefined && last - from < dense.within) return { from, to: last + 1 };
	}
	return null;
}

function countIn(indexes: ReadonlySet<number>, { from, to }: Stretch): number {
	let count = 0;
	for (let index = from; index < to; index++) if (indexes.has(index)) count += 1;
	return count;
}

function quote(words: readonly string[], { from, to }: Stretch): string {
	const shown = words.slice(from, Math.min(to, from + 8)).join(" ");
	return to - from > 8 ? `${shown} …` : shown;
}

function percent(part: number, whole: readonly string[]): string {
	return `${Math.round((part / Math.max(1, whole.length)) * 100)} %`;
}

import type { RawSegment, RawWord } from "./raw-output.ts";

const longestSegmentSeconds = 15;
const pauseSeconds = 1;

/** Where an engine gives words but no segments: a new one after a sentence, a pause, or 15 s. */
export function segmentsFromWords(words: readonly RawWord[]): RawSegment[] {
	const groups: RawWord[][] = [];
	for (const word of words) {
		const group = groups.at(-1);
		const first = group?.[0];
		const last = group?.at(-1);
		const continues =
			first !== undefined &&
			last !== undefined &&
			!/[.?!。？！]$/u.test(last.text) &&
			word.startSeconds - last.endSeconds < pauseSeconds &&
			word.endSeconds - first.startSeconds <= longestSegmentSeconds;
		if (group && continues) group.push(word);
		else groups.push([word]);
	}
	return groups.map((group) => ({
		text: joinWords(group),
		startSeconds: group[0]?.startSeconds ?? Number.NaN,
		endSeconds: group.at(-1)?.endSeconds ?? Number.NaN,
		words: group,
	}));
}

/** Words as a line of text: with spaces, except in scripts that have none. */
export function joinWords(words: readonly { text: string }[]): string {
	const parts: string[] = [];
	let last = "";
	for (const { text } of words) {
		const word = text.trim();
		if (word === "") continue;
		// Only the last word is looked at: reading the whole line each time would take its time.
		if (last !== "" && !(hasNoSpaces(word) && endsWithoutSpace(last))) parts.push(" ");
		parts.push(word);
		last = word;
	}
	return parts.join("");
}

/** Written without spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese. */
const unspaced =
	"[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u3000-\\u303f\\uff00-\\uff65ー]";
const beginsUnspaced = new RegExp(`^${unspaced}`, "u");
const endsUnspaced = new RegExp(`${unspaced}$`, "u");

export function hasNoSpaces(word: string): boolean {
	return beginsUnspaced.test(word);
}

function endsWithoutSpace(word: string): boolean {
	return endsUnspaced.test(word);
}

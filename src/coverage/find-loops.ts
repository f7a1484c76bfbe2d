import { isUnspaced, tokensOf } from "../catalogue/words.ts";

/** A phrase that is said again and again: `from` and `to` are indexes of words, `to` not included. */
export type Loop = { from: number; to: number; phraseLength: number; times: number };

/** Longer phrases are refrains, which people sing. */
const longestPhrase = 12;

/** In scripts without spaces a character stands for a word; phrases have more of those. */
const longestPhraseCharacters = 24;

/** People say a thing three times; machines that are stuck go on. */
const timesOfPhrase = 4;

/** `no no no no no` is said by people, too, as is `はいはいはい`. */
const timesOfOne = 6;
const oneWordCharacters = 3;

/**
 * Where the same phrase of 1 to 12 words follows itself at least four times, a single word six times: what
 * recognition models do when they are stuck. Loops do not overlap; the shortest phrase explains each. A last
 * repetition may be cut short.
 *
 * @param words as `loopWordsOf` gives them: what is compared is the text, as it is
 */
export function findLoops(words: readonly string[]): Loop[] {
	const used = new Uint8Array(words.length);
	const loops: Loop[] = [];
	for (let length = 1; length <= longestPhraseCharacters; length++) {
		let from = 0;
		for (let index = length; index <= words.length; index++) {
			if (index < words.length && words[index] === words[index - length]) continue;
			const times = Math.floor((index - from) / length);
			if (times >= timesOfPhrase && isLoop(words.slice(from, from + length), times)) {
				if (used.subarray(from, index).every((one) => one === 0)) {
					loops.push({ from, to: index, phraseLength: length, times });
					used.fill(1, from, index);
				}
			}
			from = index - length + 1;
		}
	}
	return loops.sort((a, b) => a.from - b.from);
}

/** True where a text goes round in circles. */
export function hasLoop(text: string): boolean {
	return findLoops(loopWordsOf(text)).length > 0;
}

/** A text as loops are looked for in it: its words without case and accents; characters where a script has no spaces. */
export function loopWordsOf(text: string): string[] {
	return tokensOf(text).flatMap(({ word }) => (isUnspaced(word) ? [...word] : [word]));
}

function isLoop(phrase: readonly string[], times: number): boolean {
	if (phrase.every((word) => isUnspaced(word)))
		return times >= (phrase.length <= oneWordCharacters ? timesOfOne : timesOfPhrase);
	if (phrase.length > longestPhrase) return false;
	return times >= (phrase.length === 1 ? timesOfOne : timesOfPhrase);
}

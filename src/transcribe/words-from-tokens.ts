import type { RecognisedToken } from "../speech/speech.ts";
import type { RawWord } from "./engine-output.ts";
import { hasNoSpaces } from "./segments-from-words.ts";

/** `▁` is how SentencePiece writes a space. */
const wordStart = /^[\s▁]/u;
const punctuation = /^[\p{P}\p{S}]+$/u;

/**
 * Words of the pieces that a model spells them in. A piece that begins with a space begins a word,
 * the others go on with it; signs (`,` `'s`) belong to the word before. In scripts without spaces
 * every piece is a word.
 */
export function wordsFromTokens(tokens: readonly RecognisedToken[]): RawWord[] {
	const words: RawWord[] = [];
	let isOpen = false;
	for (const token of tokens) {
		const text = token.text.replaceAll("▁", " ").trim();
		const word = words.at(-1);
		const begins = wordStart.test(token.text);
		if (text === "") {
			isOpen &&= !begins;
			continue;
		}
		const isSign = punctuation.test(text);
		const joins =
			word !== undefined &&
			(isSign ? belongsBefore(text, begins) : isOpen && !begins && !hasNoSpaces(text));
		if (joins) {
			word.text += text;
			// The time of a sign is where the voice has already stopped.
			if (!isSign) word.endSeconds = token.endSeconds;
		} else {
			words.push({ text, startSeconds: token.startSeconds, endSeconds: token.endSeconds });
		}
		isOpen = !hasNoSpaces(text);
	}
	return words;
}

function belongsBefore(sign: string, afterSpace: boolean): boolean {
	if (/^[\p{Ps}\p{Pi}¿¡$£€#@]+$/u.test(sign)) return false;
	// A dash between two words is a word of its own, one inside a word is not.
	return !afterSpace || /^[\p{Pe}\p{Pf}.,!?;:…%。、，！？]+$/u.test(sign);
}

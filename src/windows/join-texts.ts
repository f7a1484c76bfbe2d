import { isUnspaced } from "../catalogue/words.ts";

/** Marks of full width: they bring their own space. */
const fullWidth = /[\u3000-\u303f\uff00-\uffef]/u;

/**
 * Texts one after the other, with a space between two; none between characters of scripts that are
 * written without.
 */
export function joinTexts(texts: readonly string[]): string {
	const parts: string[] = [];
	let last = "";
	for (const piece of texts) {
		const text = piece.trim();
		if (text === "") continue;
		if (last !== "" && !(doesWithout(last) && doesWithout(firstCharacter(text)))) parts.push(" ");
		parts.push(text);
		last = lastCharacter(text);
	}
	return parts.join("");
}

function doesWithout(character: string): boolean {
	return isUnspaced(character) || fullWidth.test(character);
}

function firstCharacter(text: string): string {
	return String.fromCodePoint(text.codePointAt(0) ?? 0);
}

/** Marks that combine with a letter do not count: Thai vowels stand above theirs. */
function lastCharacter(text: string): string {
	return text.match(/[^\p{M}]\p{M}*$/u)?.[0] ?? "";
}

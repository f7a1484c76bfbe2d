/**
 * The replacement in the case that its place asks for. `to` is taken as written, unless it is all
 * lower case and the speech was written otherwise than the rule's `from`: then ALL CAPS stay all
 * caps, and a capital at the start of a sentence stays a capital.
 */
export function followCase(
	text: string,
	start: number,
	matched: string,
	rule: { from: string; to: string },
): string {
	const { from, to } = rule;
	if (matched === from || to !== to.toLowerCase()) return to;
	const letters = matched.match(/\p{L}/gu) ?? [];
	const isUpper = (letter: string) => letter !== letter.toLowerCase();
	if (letters.length >= 2 && letters.every(isUpper)) return to.toUpperCase();
	const first = letters[0];
	if (first === undefined || !isUpper(first) || !startsSentence(text, start)) return to;
	return to.replace(/\p{L}/u, (letter) => letter.toUpperCase());
}

const opening = /[\s"'“‘«„‚¿¡([{]/u;
const closing = /["'”’»)\]}]/u;

function startsSentence(text: string, start: number): boolean {
	let at = start;
	let spaces = 0;
	while (at > 0 && opening.test(text.charAt(at - 1))) {
		at--;
		if (text.charAt(at) === "\n") return true;
		if (/\s/.test(text.charAt(at))) spaces++;
	}
	if (at === 0) return true;
	if (spaces === 0) return /[。！？]/u.test(text.charAt(at - 1));
	while (at > 0 && closing.test(text.charAt(at - 1))) at--;
	return /[.!?…。！？]/u.test(text.charAt(at - 1));
}

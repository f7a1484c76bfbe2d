// Written as escapes on purpose: the characters themselves cannot be seen in an editor.
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;
const spacesOfControl = /[\t\v\f]/g;
// C0 without newline, DEL, C1 (U+009B starts a terminal sequence) and the byte order mark.
// U+001F must never come through: the search index separates fields with it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ufeff]/g;

/**
 * Text from outside as the program stores it: well-formed UTF-16 in NFC, newline as the only
 * control character, no spaces around lines, at most one empty line in a row.
 */
export function cleanText(text: string): string {
	return text
		.toWellFormed()
		.replace(lineBreaks, "\n")
		.replace(spacesOfControl, " ")
		.replace(controls, "")
		.normalize("NFC")
		.split("\n")
		.map((line) => line.trim())
		.join("\n")
		.replace(/\n{3,}/g, "\n\n")
		.trim();
}

/** The same on one line: words, segments, messages. */
export function cleanLine(text: string): string {
	return cleanText(text).replace(/\s+/g, " ");
}

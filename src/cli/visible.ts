/**
 * What must never reach a terminal as it is: control characters (among them those that start escape
 * sequences), the marks that turn the direction of writing around, and halves of characters.
 */
const unsafe = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Text from outside on one line of a terminal: unsafe characters are shown by their escapes. */
export function visible(text: string): string {
	return text.replace(unsafe, escapeOf);
}

/** The same for running text, whose line breaks stay; a tab becomes a space. */
export function visibleText(text: string): string {
	return text
		.replaceAll("\r\n", "\n")
		.replace(unsafe, (character) =>
			character === "\n" ? "\n" : character === "\t" ? " " : escapeOf(character),
		);
}

/** JSON says the same with escapes for everything that a terminal could take for a command. */
export function safeJson(value: unknown): string {
	return JSON.stringify(value).replace(
		/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
		(character) => `\\u${hex(character, 4)}`,
	);
}

const named: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u001b": "\\e" };

function escapeOf(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	return named[character] ?? (code < 0x100 ? `\\x${hex(character, 2)}` : `\\u${hex(character, 4)}`);
}

function hex(character: string, digits: number): string {
	return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, "0");
}

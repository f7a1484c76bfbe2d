/** Where in a text: both counted from 1, `column` in UTF-16 units. */
export type TextPosition = { line: number; column: number };

export function positionOf(text: string, offset: number): TextPosition {
	const before = text.slice(0, offset);
	const lineStart = before.lastIndexOf("\n") + 1;
	return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

const blank = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them, so they are named
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

/**
 * Offset of the first place where `text` stops being JSON (RFC 8259), or null when it is JSON.
 * `JSON.parse` tells the position of some mistakes only; a person needs it for all of them.
 */
export function jsonErrorOffset(text: string): number | null {
	let at = 0;
	const take = (pattern: RegExp): boolean => {
		pattern.lastIndex = at;
		const found = pattern.exec(text);
		if (found) at += found[0].length;
		return found !== null;
	};
	const takeMark = (mark: string): boolean => {
		take(blank);
		if (text[at] !== mark) return false;
		at++;
		return true;
	};
	/** A key and its colon. */
	const takeKey = (): boolean => {
		take(blank);
		return take(string) && takeMark(":");
	};

	// The closing marks still owed; a stack of our own, so that deep nesting cannot overflow.
	const owed: ("]" | "}")[] = [];
	for (;;) {
		// Here a value is due.
		if (takeMark("[")) {
			if (!takeMark("]")) {
				owed.push("]");
				continue;
			}
		} else if (takeMark("{")) {
			if (!takeMark("}")) {
				if (!takeKey()) return at;
				owed.push("}");
				continue;
			}
		} else if (!take(string) && !take(scalar)) return at;

		// A value has ended: close what ends with it, or go on to the next one.
		for (;;) {
			const closing = owed.at(-1);
			if (closing === undefined) {
				take(blank);
				return at === text.length ? null : at;
			}
			if (takeMark(closing)) owed.pop();
			else if (takeMark(",")) {
				if (closing === "}" && !takeKey()) return at;
				break;
			} else return at;
		}
	}
}

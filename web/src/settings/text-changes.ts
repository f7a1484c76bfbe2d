/** A stretch of two texts: in both, only in the first, or only in the second. */
export type TextChange = { kind: "same" | "out" | "in"; text: string };

/** Beyond this many pairs of words the middle is told as one change. */
const mostPairs = 1_000_000;

/** What became of the first text, word by word; what is not `in` is the first one, in its order. */
export function textChanges(before: string, after: string): TextChange[] {
	const one = wordsOf(before);
	const other = wordsOf(after);
	let start = 0;
	while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
	let end = 0;
	while (
		end < Math.min(one.length, other.length) - start &&
		one[one.length - 1 - end] === other[other.length - 1 - end]
	) {
		end += 1;
	}
	const changes: TextChange[] = [];
	const add = (kind: TextChange["kind"], text: string) => {
		const last = changes.at(-1);
		if (last?.kind === kind) last.text += text;
		else if (text !== "") changes.push({ kind, text });
	};
	add("same", one.slice(0, start).join(""));
	for (const { kind, text } of middle(
		one.slice(start, one.length - end),
		other.slice(start, other.length - end),
	)) {
		add(kind, text);
	}
	add("same", one.slice(one.length - end).join(""));
	return changes;
}

/** Words and the space between them, so that joined they are the text again. */
function wordsOf(text: string): string[] {
	return text.split(/(\s+)/).filter((part) => part !== "");
}

/** By the longest common subsequence. */
function* middle(one: readonly string[], other: readonly string[]): Generator<TextChange> {
	if (one.length * other.length > mostPairs) {
		yield { kind: "out", text: one.join("") };
		yield { kind: "in", text: other.join("") };
		return;
	}
	const width = other.length + 1;
	const common = new Uint32Array((one.length + 1) * width);
	const at = (i: number, j: number) => common[i * width + j] ?? 0;
	for (let i = one.length - 1; i >= 0; i -= 1) {
		for (let j = other.length - 1; j >= 0; j -= 1) {
			common[i * width + j] =
				one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		}
	}
	let i = 0;
	let j = 0;
	while (i < one.length || j < other.length) {
		const left = one[i];
		const right = other[j];
		if (left !== undefined && left === right) {
			yield { kind: "same", text: left };
			i += 1;
			j += 1;
		} else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
			yield { kind: "out", text: left };
			i += 1;
		} else if (right !== undefined) {
			yield { kind: "in", text: right };
			j += 1;
		}
	}
}

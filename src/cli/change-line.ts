import type { TextChange } from "../layers/text-changes.ts";
import { formatDuration } from "./duration.ts";
import type { Sheet, Style } from "./output.ts";
import { oneLine } from "./recording-row.ts";
import { visible } from "./visible.ts";
import { wrap } from "./width.ts";

/**
 * One place where two texts differ: `1:23  …today we use [-cooper netties-] {+Kubernetes+} for all of…`
 *
 * On a terminal that is too narrow for it, it goes on under where it began; elsewhere it is one line.
 */
export function changeLines(out: Sheet, change: TextChange, withTime: boolean): string[] {
	const { context, removed, added, following, startSeconds } = change;
	const words: Part[] = [
		{ text: context && `…${shown(context)}`, style: "dim" },
		{ text: removed && `[-${shown(removed)}-]`, style: "red" },
		{ text: added && `{+${shown(added)}+}`, style: "green" },
		{ text: following && `${shown(following)}…`, style: "dim" },
	];
	const time = startSeconds === null ? "" : formatDuration(Math.trunc(startSeconds));
	const indent = " ".repeat(withTime ? 10 : 2);
	const first = withTime ? `${out.paint("dim", time.padStart(8))}  ` : indent;
	const room = out.isTerminal ? out.columns - indent.length : Number.POSITIVE_INFINITY;
	const parts = words.filter(({ text }) => text !== "");
	return painted(out, parts, room).map((line, index) => `${index === 0 ? first : indent}${line}`);
}

type Part = { text: string; style: Style };

/** The parts with a space between them, in lines: broken first, because colours have no width. */
function painted(out: Sheet, parts: readonly Part[], room: number): string[] {
	const left = [...parts];
	return wrap(parts.map(({ text }) => text).join(" "), room).map((line) => {
		const pieces: string[] = [];
		let rest = line.trimStart();
		for (let part = left.shift(); part; part = left.shift()) {
			const text = rest.slice(0, part.text.length);
			pieces.push(out.paint(part.style, text));
			rest = rest.slice(text.length).trimStart();
			const after = part.text.slice(text.length).trimStart();
			if (after !== "") left.unshift({ ...part, text: after });
			if (rest === "") break;
		}
		return pieces.join(" ");
	});
}

function shown(text: string): string {
	return visible(oneLine(text)).replace(/\s+/gu, " ").trim();
}

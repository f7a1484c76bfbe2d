import type { Snippet } from "../catalogue/snippet.ts";
import type { Output } from "./output.ts";
import { visible } from "./visible.ts";
import { displayWidth } from "./width.ts";

/** A piece of text on one line of at most `room` columns, with what was found standing out. */
export function highlighted({ out }: Output, snippet: Snippet, room: number): string {
	const { text, highlights } = out.isTerminal ? shortened(snippet, room) : snippet;
	let shown = "";
	let reached = 0;
	for (const [start, end] of highlights) {
		shown += flat(text.slice(reached, start));
		shown += out.paint(["bold", "yellow"], flat(text.slice(start, end)));
		reached = end;
	}
	return shown + flat(text.slice(reached));
}

/** The part around the first find; what is wide (Chinese, emoji) counts double for all of it. */
function shortened(snippet: Snippet, room: number): Snippet {
	const { text, highlights } = snippet;
	const width = displayWidth(flat(text));
	if (width <= room) return snippet;
	const characters = Math.max(8, Math.trunc((room - 2) * (text.length / Math.max(1, width))));
	const found = highlights[0]?.[0] ?? 0;
	const latest = Math.max(0, text.length - characters);
	const start = Math.min(latest, Math.max(0, found - Math.trunc(characters / 3)));
	// Not in the middle of a character that takes two places.
	const from = text.slice(start, start + 1).isWellFormed() ? start : start + 1;
	const cut = text.slice(from, from + characters).toWellFormed();
	const before = from > 0 && !cut.startsWith("…") ? "…" : "";
	const after = from + characters < text.length ? "…" : "";
	const shift = before.length - from;
	const end = before.length + cut.length;
	return {
		text: before + cut + after,
		highlights: highlights
			.filter(([left, right]) => left + shift >= before.length && right + shift <= end)
			.map(([left, right]) => [left + shift, right + shift]),
	};
}

/** Line breaks become spaces; spaces at the ends stay, for pieces are put together again. */
function flat(text: string): string {
	return visible(text.replace(/\s+/g, " "));
}

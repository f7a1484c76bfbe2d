import type { Paragraph } from "./paragraphs.ts";

/** UTF-16 offsets into the paragraph's text: `[start, end)`. */
export type Found = { paragraph: number; start: number; end: number };

const mostFound = 2000;

/** Every place that says these words, whatever their capitals and the white space between them. */
export function findIn(paragraphs: readonly Paragraph[], query: string): Found[] {
	const words = query.trim().split(/\s+/).filter(Boolean);
	if (words.length === 0) return [];
	const pattern = new RegExp(words.map(escaped).join("\\s+"), "giu");
	const found: Found[] = [];
	for (const { index, text } of paragraphs) {
		for (const match of text.matchAll(pattern)) {
			found.push({ paragraph: index, start: match.index, end: match.index + match[0].length });
			if (found.length === mostFound) return found;
		}
	}
	return found;
}

function escaped(text: string): string {
	return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** The same stretch of the text as it is shown; null where it is shown otherwise by now. */
export function rangeOf(element: Element, { start, end }: Found): Range | null {
	const range = document.createRange();
	const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT, (node) =>
		node.parentElement?.closest("[data-aside]")
			? NodeFilter.FILTER_REJECT
			: NodeFilter.FILTER_ACCEPT,
	);
	let at = 0;
	let isBegun = false;
	for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
		const { length } = node as Text;
		if (!isBegun && start < at + length) {
			range.setStart(node, start - at);
			isBegun = true;
		}
		if (isBegun && end <= at + length) {
			range.setEnd(node, end - at);
			return range;
		}
		at += length;
	}
	return null;
}

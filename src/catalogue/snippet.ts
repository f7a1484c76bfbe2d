import type { Query } from "./query.ts";
import { termStandsAt } from "./query.ts";
import type { SearchableFields } from "./search-words.ts";
import { searchableFields } from "./search-words.ts";
import { type Token, tokensOf } from "./words.ts";

/** A piece of a recording's text around what was found. */
export type Snippet = {
	text: string;
	/** UTF-16 offsets into `text`, rising, not touching each other: `[start, end)`. */
	highlights: [number, number][];
};

export type SearchableField = (typeof searchableFields)[number];

const wordsBefore = 8;
const wordsInAll = 28;

type Found = { term: number; first: number; last: number };

/**
 * The piece with the most of what was asked for. Among fields that say equally much, the title
 * goes before the description, the tags and the transcript.
 */
export function snippetOf(
	query: Query,
	fields: SearchableFields,
): { field: SearchableField; snippet: Snippet } {
	let best: { field: SearchableField; snippet: Snippet; terms: number } | null = null;
	for (const field of searchableFields) {
		const text = fields[field];
		if (text === "") continue;
		const tokens = tokensOf(text);
		const { window, terms } = densest(findAll(query, tokens));
		if (best !== null && terms <= best.terms) continue;
		best = { field, snippet: cut(text, tokens, window), terms };
	}
	return best ?? { field: "title", snippet: { text: "", highlights: [] } };
}

function findAll(query: Query, tokens: Token[]): Found[] {
	const words = tokens.map((token) => token.word);
	const found: Found[] = [];
	for (let at = 0; at < words.length; at += 1) {
		for (const [i, term] of query.required.entries()) {
			if (!termStandsAt(term, words, at)) continue;
			found.push({ term: i, first: at, last: at + term.words.length - 1 });
		}
	}
	return found;
}

/** The window of neighbouring finds with the most different terms; the earliest of equals. */
function densest(found: Found[]): { window: Found[]; terms: number } {
	let best: { window: Found[]; terms: number } = { window: [], terms: 0 };
	let end = 0;
	for (const [start, first] of found.entries()) {
		while ((found[end]?.first ?? Infinity) - first.first < wordsInAll - wordsBefore) end += 1;
		const window = found.slice(start, end);
		const terms = new Set(window.map((one) => one.term)).size;
		if (terms > best.terms) best = { window, terms };
	}
	return best;
}

function cut(text: string, tokens: Token[], window: Found[]): Snippet {
	const from = Math.max(0, (window[0]?.first ?? 0) - wordsBefore);
	const to = Math.min(tokens.length, from + wordsInAll);
	const start = from === 0 ? 0 : (tokens[from]?.start ?? 0);
	const end = to === tokens.length ? text.length : (tokens[to - 1]?.end ?? text.length);
	const before = start > 0 ? "…" : "";
	const after = end < text.length ? "…" : "";
	const shift = before.length - start;
	const highlights: [number, number][] = [];
	for (const { first, last } of window) {
		const left = tokens[first];
		const right = tokens[Math.min(last, to - 1)];
		if (!left || !right || left.start >= end) continue;
		const previous = highlights.at(-1);
		if (previous && left.start + shift <= previous[1]) {
			previous[1] = Math.max(previous[1], right.end + shift);
		} else {
			highlights.push([left.start + shift, right.end + shift]);
		}
	}
	return { text: before + text.slice(start, end) + after, highlights };
}

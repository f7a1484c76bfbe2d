import type { Query } from "./query.ts";
import { termStandsAt } from "./query.ts";
import type { SearchableFields } from "./search-words.ts";
import { searchableFields } from "./search-words.ts";
import type { Range } from "./spoken-ranges.ts";
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
 *
 * @param spoken where those speak who were asked for: only there is looked, then
 */
export function snippetOf(
	query: Query,
	fields: SearchableFields,
	spoken: readonly Range[] | null = null,
): { field: SearchableField; snippet: Snippet } {
	if (spoken !== null)
		return { field: "transcript", snippet: spokenSnippet(query, fields, spoken) };
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

function spokenSnippet(
	query: Query,
	{ transcript }: SearchableFields,
	spoken: readonly Range[],
): Snippet {
	const tokens = tokensOf(transcript);
	const isSpoken = (first: number, last: number) =>
		spoken.some(
			([start, end]) =>
				(tokens[first]?.start ?? 0) >= start && (tokens[last]?.end ?? Infinity) <= end,
		);
	const found = findAll(query, tokens).filter(({ first, last }) => isSpoken(first, last));
	const begins = tokens.findIndex(({ start }) => start >= (spoken[0]?.[0] ?? 0));
	return cut(transcript, tokens, densest(found).window, Math.max(0, begins));
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

/** @param otherwise the word to begin with where nothing was found */
function cut(text: string, tokens: Token[], window: Found[], otherwise = 0): Snippet {
	const [first] = window;
	const from = first === undefined ? otherwise : Math.max(0, first.first - wordsBefore);
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

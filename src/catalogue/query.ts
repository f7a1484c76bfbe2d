import { isUnspaced, wordsOf } from "./words.ts";

/** One thing to be found: a word, or several words in this order. */
export type Term = {
	/** At least one. */
	words: string[];
	/** The last word need only begin like this. */
	prefix: boolean;
};

/** What a person asked for. All of `required`, `tags` and `speakers`, none of the others. */
export type Query = {
	required: Term[];
	excluded: Term[];
	/** As they are stored: NFC, lower case. */
	tags: string[];
	excludedTags: string[];
	/** Words of what they are called; where there are any, one of them says what is `required`. */
	speakers: Term[];
	excludedSpeakers: Term[];
};

/** More than this in one question is cut off: it could only make an answer slower. */
const mostCharacters = 10_000;
const mostTerms = 32;
const mostWordsInTerm = 64;

/** `-`, then `tag:` or `speaker:`, then a quoted phrase or anything up to a space, then `*`. */
const part = /(-?)(tag:|speaker:)?(?:"([^"]*)(?:"|$)|([^\s"]+))(\*?)/giu;

/**
 * Reads a question: bare words, `"a phrase"`, `begin*`, `tag:x`, `speaker:x`, and `-` before any of them.
 * Whatever else there is stands for itself; nothing is a mistake, and nothing throws.
 *
 * `lastIsPrefix` is for asking while somebody types: the last bare word may go on.
 */
export function parseQuery(text: string, lastIsPrefix = false): Query {
	const query: Query = {
		...{ required: [], excluded: [] },
		...{ tags: [], excludedTags: [] },
		...{ speakers: [], excludedSpeakers: [] },
	};
	let lastBare: Term | null = null;
	let terms = 0;
	for (const match of text.slice(0, mostCharacters).normalize("NFC").matchAll(part)) {
		const [, minus, facet, quoted, bare, star] = match;
		const content = quoted ?? bare ?? "";
		lastBare = null;
		if (terms >= mostTerms) break;
		if (facet?.toLowerCase() === "tag:") {
			const wanted = content.trim().toLowerCase();
			if (wanted === "") continue;
			(minus === "-" ? query.excludedTags : query.tags).push(wanted);
			terms += 1;
			continue;
		}
		const words = wordsOf(content).slice(0, mostWordsInTerm);
		if (words.length === 0) continue;
		const isBare = quoted === undefined;
		const term: Term = {
			words,
			// A dictionary cuts a longer run elsewhere than a short question: let the end be open.
			prefix: star === "*" || content.endsWith("*") || (isBare && isUnspaced(content)),
		};
		if (facet === undefined) (minus === "-" ? query.excluded : query.required).push(term);
		else (minus === "-" ? query.excludedSpeakers : query.speakers).push(term);
		terms += 1;
		if (isBare && minus === "") lastBare = term;
	}
	if (lastIsPrefix && lastBare !== null && !/\s$/u.test(text)) lastBare.prefix = true;
	return query;
}

export function isEmptyQuery(query: Query): boolean {
	return Object.values(query).every((parts) => parts.length === 0);
}

export function termStandsAt(term: Term, words: readonly string[], at: number): boolean {
	const last = term.words.length - 1;
	for (let i = 0; i <= last; i += 1) {
		const word = words[at + i];
		const wanted = term.words[i];
		if (word === undefined || wanted === undefined) return false;
		if (word === wanted) continue;
		if (i !== last || !term.prefix || !word.startsWith(wanted)) return false;
	}
	return true;
}

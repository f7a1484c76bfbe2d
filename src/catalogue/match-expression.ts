import type { Filter } from "./catalogue.ts";
import type { Query, Term } from "./query.ts";
import {
	anyStateEntries,
	pairEntry,
	speakerEntry,
	stateEntry,
	statusEntries,
	tagEntry,
} from "./search-words.ts";

/** Answers which indexed words begin like this: in their order, `most` at most. */
export type WordsBeginning = (beginning: string, most: number) => Promise<string[]>;

/** What FTS5 is asked, and what must then be looked at in the text itself. */
export type MatchExpression = {
	fts: string;
	/** Must stand in the text: FTS5 can only say where they may. */
	confirm: Term[];
	/** Must not stand in the text. */
	refuse: Term[];
	/** All of them speak, and what is `said` one of them says. Null where FTS5 can tell it. */
	speech: { speakers: Term[]; said: Term[] } | null;
	/** None of them speaks. */
	silent: Term[];
};

/** Letters of a beginning that the migration's `prefix = '3 4'` answers directly. */
const prefixIndexes = [3, 4];
const longestPrefixIndex = 4;
const mostExpanded = 500;
/** One or two letters begin too many words: the first ones must do, the word itself among them. */
const mostExpandedShort = 100;
/** A few pairs of a long phrase single its recordings out. */
const mostPairs = 12;

/**
 * Builds FTS5's expression out of the query's words and the filter's facets. Every string in it is
 * exactly one entry of the index (see search-words.ts), so there is nothing that FTS5 could take
 * for syntax.
 *
 * A beginning longer than the prefix indexes is spelled out as the words that begin so: FTS5 itself
 * would merge all their lists before the first answer (200 ms for a common word in a million).
 */
export async function matchExpression(
	query: Query,
	filter: Filter,
	wordsBeginning: WordsBeginning,
): Promise<MatchExpression> {
	const having: string[] = [];
	const lacking: string[] = [];
	const confirm: Term[] = [];
	const refuse: Term[] = [];
	const silent: Term[] = [];

	for (const term of query.required) {
		const { entries, exact } = await entriesOf(term, wordsBeginning);
		having.push(...entries);
		if (!exact) confirm.push(term);
	}
	for (const term of query.excluded) {
		const { entries, exact } = await entriesOf(term, wordsBeginning);
		if (exact) lacking.push(...entries);
		else refuse.push(term);
	}
	for (const term of query.speakers) having.push(...speakerEntries(term));
	for (const term of query.excludedSpeakers) {
		if (term.words.length === 1) lacking.push(...speakerEntries(term));
		else silent.push(term);
	}
	for (const tag of [...query.tags, ...(filter.tags ?? [])]) having.push(string(tagEntry(tag)));
	for (const tag of query.excludedTags) lacking.push(string(tagEntry(tag)));
	if (filter.state) having.push(string(stateEntry(filter.state)));
	const status = statusEntries(filter.status ?? null);
	having.push(...status.having.map(string));
	lacking.push(...status.lacking.map(string));
	if (having.length === 0) having.push(anyOf(anyStateEntries()));

	const fts = [`(${having.join(" AND ")})`, ...lacking].join(" NOT ");
	const { speakers, required } = query;
	const isExact = required.length === 0 && speakers.every(({ words }) => words.length === 1);
	if (isExact) return { fts, confirm, refuse, speech: null, silent };
	// What one of them says stands in the text.
	const isSpoken = speakers.length > 0;
	const speech = isSpoken ? { speakers, said: required } : null;
	return { fts, confirm: isSpoken ? [] : confirm, refuse, speech, silent };
}

/** Few words are in names: FTS5 may merge their lists. */
function speakerEntries({ words, prefix }: Term): string[] {
	const last = words.length - 1;
	return words.map((word, i) => {
		const entry = string(speakerEntry(word));
		return prefix && i === last ? `${entry} *` : entry;
	});
}

/** One term alone, for counting it. */
export async function termExpression(term: Term, wordsBeginning: WordsBeginning): Promise<string> {
	const { entries } = await entriesOf(term, wordsBeginning);
	return entries.join(" AND ");
}

async function entriesOf(
	{ words, prefix }: Term,
	wordsBeginning: WordsBeginning,
): Promise<{ entries: string[]; exact: boolean }> {
	const entries: string[] = [];
	const whole = prefix ? words.slice(0, -1) : words;
	if (whole.length === 1) entries.push(string(whole[0] ?? ""));
	const step = Math.max(1, Math.ceil((whole.length - 1) / mostPairs));
	for (let i = 1; i < whole.length; i += step) {
		entries.push(string(pairEntry(whole[i - 1] ?? "", whole[i] ?? "")));
	}
	if (!prefix) return { entries, exact: words.length === 1 };

	const beginning = words.at(-1) ?? "";
	const letters = [...beginning];
	if (prefixIndexes.includes(letters.length)) {
		entries.push(`${string(beginning)} *`);
		return { entries, exact: words.length === 1 };
	}
	const short = letters.length < longestPrefixIndex;
	const most = short ? mostExpandedShort : mostExpanded;
	const found = await wordsBeginning(beginning, most + 1);
	if (!short && found.length > most) {
		entries.push(`${string(letters.slice(0, longestPrefixIndex).join(""))} *`);
		return { entries, exact: false };
	}
	entries.push(found.length === 0 ? string(beginning) : anyOf(found.slice(0, most)));
	return { entries, exact: words.length === 1 };
}

function string(entry: string): string {
	return `"${entry.replaceAll('"', '""')}"`;
}

function anyOf(entries: string[]): string {
	return `(${entries.map(string).join(" OR ")})`;
}

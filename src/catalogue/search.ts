import type { SpokenBy } from "../recording.ts";
import type { SearchHit, SearchOptions } from "./catalogue.ts";
import {
	type MatchExpression,
	matchExpression,
	termExpression,
	type WordsBeginning,
} from "./match-expression.ts";
import { isEmptyQuery, parseQuery, type Term } from "./query.ts";
import { rank } from "./rank.ts";
import type { Reader } from "./reader.ts";
import { fromRow, recordingColumns, type StoredRecording } from "./recording-row.ts";
import { fieldsOf, type SearchableFields, searchableFields, shownTitle } from "./search-words.ts";
import { snippetOf } from "./snippet.ts";
import { isCalled, spokenRanges } from "./spoken-ranges.ts";
import { type TermCounter, termCounter } from "./term-count.ts";

/** Best means: best of these. Counting in every match would take as long as a scan. */
const bestOfMatches = 400;
const bestOfCharacters = 4_000_000;
const candidatesAtOnce = 100;

/** How common a word is, is judged by this many newest recordings; a rare one is counted out. */
const windowRecordings = 2048;
const enoughInWindow = 16;
const countedOut = 1000;

export async function search(
	reader: Reader,
	text: string,
	options: SearchOptions,
): Promise<SearchHit[]> {
	const query = parseQuery(text, options.lastIsPrefix);
	if (isEmptyQuery(query) || options.limit < 1) return [];
	const expression = await matchExpression(query, options, (...args) => beginning(reader, ...args));
	const seqs =
		options.best && query.required.length > 0
			? await best(reader, expression, query.required, options.limit)
			: await newest(reader, expression, options.limit);
	const rows = await reader.all<StoredRecording & { seq: number }>(
		`SELECT seq, ${recordingColumns} FROM recordings WHERE ${inSeqs}`,
		[JSON.stringify(seqs)],
	);
	const bySeq = new Map(rows.map((row) => [row.seq, row]));
	const hits: SearchHit[] = [];
	for (const seq of seqs) {
		const row = bySeq.get(seq);
		if (!row) continue;
		const recording = fromRow(row);
		const speakers = recording.transcript?.speakers ?? [];
		const spoken = query.speakers.length > 0 ? spokenRanges(query.speakers, speakers) : null;
		hits.push({ recording, ...snippetOf(query, fieldsOf(recording), spoken) });
	}
	return hits;
}

/** Matches, newest first, as numbers; read in growing pages where some have to be looked at. */
async function newest(
	reader: Reader,
	expression: MatchExpression,
	limit: number,
): Promise<number[]> {
	const confirm = expression.confirm.map(termCounter);
	const refuse = expression.refuse.map(termCounter);
	const { speech, silent } = expression;
	if (confirm.length + refuse.length + silent.length === 0 && speech === null) {
		return page(reader, expression.fts, null, limit);
	}
	const said = speech?.said.map(termCounter) ?? [];
	const found: number[] = [];
	let before: number | null = null;
	for (let size = limit; found.length < limit; size = Math.min(size * 2, 1000)) {
		const seqs: number[] = await page(reader, expression.fts, before, size);
		for (const { seq, fields, speakers } of await candidates(reader, seqs)) {
			if (!stands(fields, confirm, refuse)) continue;
			if (silent.some((term) => speakers.some((one) => isCalled(one, term)))) continue;
			if (speech === null || say(speech.speakers, said, speakers, fields)) found.push(seq);
		}
		if (seqs.length < size) break;
		before = seqs.at(-1) ?? null;
	}
	return found.slice(0, limit);
}

async function best(
	reader: Reader,
	expression: MatchExpression,
	terms: Term[],
	limit: number,
): Promise<number[]> {
	const matched = await newest(reader, expression, Math.max(bestOfMatches, limit));
	const read: Candidate[] = [];
	let characters = 0;
	for (let i = 0; i < matched.length && characters < bestOfCharacters; i += candidatesAtOnce) {
		for (const candidate of await candidates(reader, matched.slice(i, i + candidatesAtOnce))) {
			read.push(candidate);
			characters += candidate.fields.transcript.length;
		}
	}
	const total = await countRecordings(reader);
	const ranked = await Promise.all(
		terms.map(async (term) => ({
			counter: termCounter(term),
			documents: await countDocuments(reader, term, total),
		})),
	);
	const order = rank(
		read.map(({ fields }) => fields),
		ranked,
		total,
	);
	const ordered = order.map((i) => read[i]?.seq ?? 0);
	// What was not read because it would take too long follows, newest first.
	return [...ordered, ...matched.slice(read.length)].slice(0, limit);
}

function stands(fields: SearchableFields, confirm: TermCounter[], refuse: TermCounter[]): boolean {
	const inFields = (counter: TermCounter) =>
		searchableFields.some((field) => counter.standsIn(fields[field]));
	return confirm.every(inFields) && !refuse.some(inFields);
}

/** Whether all these speak, and one of them says each of the words. */
function say(
	wanted: readonly Term[],
	said: readonly TermCounter[],
	speakers: readonly SpokenBy[],
	{ transcript }: SearchableFields,
): boolean {
	const ranges = spokenRanges(wanted, speakers);
	if (ranges === null) return false;
	const pieces = ranges.map(([start, end]) => transcript.slice(start, end));
	return said.every((counter) => pieces.some((piece) => counter.standsIn(piece)));
}

async function page(
	reader: Reader,
	fts: string,
	before: number | null,
	limit: number,
): Promise<number[]> {
	const rows = await reader.all<{ seq: number }>(
		`SELECT rowid AS seq FROM search WHERE search MATCH ? AND rowid < ?
		ORDER BY rowid DESC LIMIT ?`,
		[fts, before ?? Number.MAX_SAFE_INTEGER, limit],
	);
	return rows.map(({ seq }) => seq);
}

type Candidate = { seq: number; fields: SearchableFields; speakers: SpokenBy[] };
type CandidateRow = {
	seq: number;
	title: string | null;
	original_filename: string | null;
	description: string | null;
	tags: string;
	text: string | null;
	speakers: string | null;
};

/** What they are judged by, in the order asked for. */
async function candidates(reader: Reader, seqs: number[]): Promise<Candidate[]> {
	const rows = await reader.all<CandidateRow>(
		`SELECT seq, title, original_filename, description, tags, text, speakers
		FROM recordings WHERE ${inSeqs} ORDER BY seq DESC`,
		[JSON.stringify(seqs)],
	);
	return rows.map(({ seq, description, text, tags, speakers, ...row }) => ({
		seq,
		fields: {
			title: shownTitle(row.title, row.original_filename),
			description: description ?? "",
			// As JSON: quotes and brackets part words as well as anything.
			tags,
			transcript: text ?? "",
		},
		speakers: speakers === null ? [] : JSON.parse(speakers),
	}));
}

const inSeqs = "seq IN (SELECT value FROM json_each(?))";

async function countRecordings(reader: Reader): Promise<number> {
	const [row] = await reader.all<{ n: number | null }>("SELECT sum(recordings) AS n FROM tallies");
	return row?.n ?? 0;
}

async function countDocuments(reader: Reader, term: Term, total: number): Promise<number> {
	const fts = await termExpression(term, (...args) => beginning(reader, ...args));
	const count = async (newerThan: number, most: number) => {
		const [row] = await reader.all<{ n: number }>(
			`SELECT count(*) AS n FROM (SELECT 1 FROM search WHERE search MATCH ? AND rowid > ?
				ORDER BY rowid DESC LIMIT ?)`,
			[fts, newerThan, most],
		);
		return row?.n ?? 0;
	};
	if (total > windowRecordings) {
		const [oldest] = await reader.all<{ seq: number }>(
			// FTS5's own table of lengths has the same numbers in a hundredth of the room.
			"SELECT id AS seq FROM search_docsize ORDER BY id DESC LIMIT 1 OFFSET ?",
			[windowRecordings],
		);
		const inWindow = await count(oldest?.seq ?? 0, windowRecordings);
		if (inWindow >= enoughInWindow) return (inWindow / windowRecordings) * total;
	}
	return count(0, countedOut);
}

/** Goes from word to word by seeking, never through a word's list of recordings. */
const beginning = async (
	reader: Reader,
	...[start, most]: Parameters<WordsBeginning>
): Promise<string[]> => {
	const found: string[] = [];
	for (let from = start; found.length < most; ) {
		const [row] = await reader.all<{ term: string }>(
			"SELECT term FROM search_terms WHERE term >= ? LIMIT 1",
			[from],
		);
		if (!row?.term.startsWith(start)) break;
		found.push(row.term);
		// The least string that is greater: no word contains a control character.
		from = `${row.term}\u0001`;
	}
	return found;
};

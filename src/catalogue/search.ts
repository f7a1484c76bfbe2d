import type { CatalogueDatabase, SearchHit, SearchOptions } from "./catalogue.ts";
import { sql } from "./kysely.ts";
import {
	type MatchExpression,
	matchExpression,
	termExpression,
	type WordsBeginning,
} from "./match-expression.ts";
import { isEmptyQuery, parseQuery, type Term } from "./query.ts";
import { rank } from "./rank.ts";
import { fromRow, recordingColumns } from "./recording-row.ts";
import { fieldsOf, type SearchableFields, searchableFields } from "./search-words.ts";
import { snippetOf } from "./snippet.ts";
import { type TermCounter, termCounter } from "./term-count.ts";

/** Best means: best of these. Counting in every match would take as long as a scan. */
const bestOfMatches = 400;
const bestOfCharacters = 4_000_000;
const candidatesAtOnce = 100;

/** How common a word is, is judged by this many newest recordings; a rare one is counted out. */
const windowRecordings = 4096;
const enoughInWindow = 16;
const countedOut = 1000;

export async function search(
	db: CatalogueDatabase,
	text: string,
	options: SearchOptions,
): Promise<SearchHit[]> {
	const query = parseQuery(text, options.lastIsPrefix);
	if (isEmptyQuery(query) || options.limit < 1) return [];
	const expression = await matchExpression(query, options, (...args) => beginning(db, ...args));
	const seqs =
		options.best && query.required.length > 0
			? await best(db, expression, query.required, options.limit)
			: await newest(db, expression, options.limit);
	const rows = await db
		.selectFrom("recordings")
		.select(["seq", ...recordingColumns])
		.where(inSeqs(seqs))
		.execute();
	const bySeq = new Map(rows.map((row) => [row.seq, row]));
	const hits: SearchHit[] = [];
	for (const seq of seqs) {
		const row = bySeq.get(seq);
		if (!row) continue;
		const recording = fromRow(row);
		hits.push({ recording, ...snippetOf(query, fieldsOf(recording)) });
	}
	return hits;
}

/** Matches, newest first, as numbers; read in growing pages where some have to be looked at. */
async function newest(
	db: CatalogueDatabase,
	expression: MatchExpression,
	limit: number,
): Promise<number[]> {
	const confirm = expression.confirm.map(termCounter);
	const refuse = expression.refuse.map(termCounter);
	if (confirm.length + refuse.length === 0) return page(db, expression.fts, null, limit);
	const found: number[] = [];
	let before: number | null = null;
	for (let size = limit; found.length < limit; size = Math.min(size * 2, 1000)) {
		const seqs: number[] = await page(db, expression.fts, before, size);
		for (const { seq, fields } of await candidates(db, seqs)) {
			if (stands(fields, confirm, refuse)) found.push(seq);
		}
		if (seqs.length < size) break;
		before = seqs.at(-1) ?? null;
	}
	return found.slice(0, limit);
}

async function best(
	db: CatalogueDatabase,
	expression: MatchExpression,
	terms: Term[],
	limit: number,
): Promise<number[]> {
	const matched = await newest(db, expression, Math.max(bestOfMatches, limit));
	const read: Candidate[] = [];
	let characters = 0;
	for (let i = 0; i < matched.length && characters < bestOfCharacters; i += candidatesAtOnce) {
		for (const candidate of await candidates(db, matched.slice(i, i + candidatesAtOnce))) {
			read.push(candidate);
			characters += candidate.fields.transcript.length;
		}
	}
	const total = await countRecordings(db);
	const ranked = await Promise.all(
		terms.map(async (term) => ({
			counter: termCounter(term),
			documents: await countDocuments(db, term, total),
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

async function page(
	db: CatalogueDatabase,
	fts: string,
	before: number | null,
	limit: number,
): Promise<number[]> {
	const older = before === null ? sql`` : sql`AND rowid < ${before}`;
	const { rows } = await sql<{ seq: number }>`
		SELECT rowid AS seq FROM search WHERE search MATCH ${fts} ${older}
		ORDER BY rowid DESC LIMIT ${limit}`.execute(db);
	return rows.map(({ seq }) => seq);
}

type Candidate = { seq: number; fields: SearchableFields };

/** What they are judged by, in the order asked for. */
async function candidates(db: CatalogueDatabase, seqs: number[]): Promise<Candidate[]> {
	const rows = await db
		.selectFrom("recordings")
		.select(["seq", "title", "description", "text"])
		.select(sql<string>`metadata ->> '$.tags'`.as("tags"))
		.where(inSeqs(seqs))
		.orderBy("seq", "desc")
		.execute();
	return rows.map(({ seq, title, description, text, tags }) => ({
		seq,
		fields: {
			title: title ?? "",
			description: description ?? "",
			// As JSON: quotes and brackets part words as well as anything.
			tags,
			transcript: text ?? "",
		},
	}));
}

const inSeqs = (seqs: number[]) =>
	sql<boolean>`seq IN (SELECT value FROM json_each(${JSON.stringify(seqs)}))`;

async function countRecordings(db: CatalogueDatabase): Promise<number> {
	const row = await db
		.selectFrom("tallies")
		.select(({ fn }) => fn.sum<number>("recordings").as("recordings"))
		.executeTakeFirst();
	return row?.recordings ?? 0;
}

async function countDocuments(db: CatalogueDatabase, term: Term, total: number): Promise<number> {
	const fts = await termExpression(term, (...args) => beginning(db, ...args));
	const count = async (newerThan: number, most: number) => {
		const { rows } = await sql<{ n: number }>`
			SELECT count(*) AS n FROM (SELECT 1 FROM search WHERE search MATCH ${fts}
				AND rowid > ${newerThan} ORDER BY rowid DESC LIMIT ${most})`.execute(db);
		return rows[0]?.n ?? 0;
	};
	if (total > windowRecordings) {
		const oldest = await db
			.selectFrom("recordings")
			.select("seq")
			.orderBy("seq", "desc")
			.limit(1)
			.offset(windowRecordings)
			.executeTakeFirst();
		const inWindow = await count(oldest?.seq ?? 0, windowRecordings);
		if (inWindow >= enoughInWindow) return (inWindow / windowRecordings) * total;
	}
	return count(0, countedOut);
}

/** Goes from word to word by seeking, never through a word's list of recordings. */
const beginning = async (
	db: CatalogueDatabase,
	...[start, most]: Parameters<WordsBeginning>
): Promise<string[]> => {
	const found: string[] = [];
	for (let from = start; found.length < most; ) {
		const row = await db
			.selectFrom("search_terms")
			.select("term")
			.where("term", ">=", from)
			.limit(1)
			.executeTakeFirst();
		if (!row?.term.startsWith(start)) break;
		found.push(row.term);
		// The least string that is greater: no word contains a control character.
		from = `${row.term}\u0001`;
	}
	return found;
};

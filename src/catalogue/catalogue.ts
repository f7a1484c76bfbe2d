import type { Kysely } from "kysely";
import type { Job } from "../job.ts";
import type { Recording, Sha256, Shelf, Source, State, Status } from "../recording.ts";
import type { VerbStatistics } from "./query-statistics.ts";
import type { CatalogueTables } from "./schema.ts";
import type { SearchableField, Snippet } from "./snippet.ts";

export type CatalogueDatabase = Kysely<CatalogueTables>;

/**
 * The catalogue: an index of the folders, and the queue of jobs. It may be deleted and is then
 * rebuilt, so it is never asked what is true, only where to look.
 *
 * Contract, for every driver:
 * - A promise that has resolved after a change means: the change survives a power cut.
 * - A change is whole or absent. Changes wait for each other, also across processes; one that has
 *   waited too long throws ERR_LIBRARY_BUSY (retryable).
 * - Reading never waits for a change, and sees what was committed last: inside a transaction, only
 *   the `tx` sees the transaction's own changes.
 * - Every verb may throw ERR_CATALOGUE (damaged: move it aside and rebuild), ERR_IO, ERR_DISK_FULL;
 *   a changing verb also ERR_READ_ONLY.
 * - "Newest first" is by the time in the name. "Kept" means: not in the trash.
 */
export type Catalogue = {
	/** False where the data folder cannot be written: reading works, changing throws ERR_READ_ONLY. */
	writable: boolean;

	/**
	 * Makes the catalogue say this about these recordings, whatever it said before (by name); all in
	 * one transaction, with whatever `inSameTransaction` does. `inSameTransaction` may run again when
	 * the database asks for a retry, so it changes nothing but through `tx`.
	 *
	 * @throws {OnwaxError} ERR_CONFLICT when another name has one of these ids; ERR_NAME
	 */
	put(
		recordings: readonly Recording[],
		inSameTransaction?: (tx: CatalogueDatabase) => Promise<void>,
	): Promise<void>;

	/** The same as `put`, as one step of a transaction that the caller runs. */
	putWithin(tx: CatalogueDatabase, recordings: readonly Recording[]): Promise<void>;

	/** Forgets these recordings; names it does not know are no mistake. Their jobs stay. */
	remove(
		names: readonly string[],
		inSameTransaction?: (tx: CatalogueDatabase) => Promise<void>,
	): Promise<void>;

	get(name: string): Promise<Recording | null>;

	/**
	 * The names a person can mean by an exact name, an id, a unique beginning of a name, or `last`
	 * (the newest kept one). None: not found. More than one: ambiguous; eleven at most are told.
	 */
	resolve(reference: string): Promise<string[]>;

	list(options: ListOptions): Promise<ListPage>;

	/** Never throws for what a person typed; see query.ts for the language. */
	search(query: string, options: SearchOptions): Promise<SearchHit[]>;

	/** The names that came in with these contents, of all that are known, trash included. */
	findByOriginalSha256(sha256s: readonly Sha256[]): Promise<Map<Sha256, string>>;

	/** Every recording's place, in order of names, read in pages: for comparing with the folders. */
	shelves(): AsyncIterable<Placed>;

	/** Every tag of a kept recording, in order, and how many have it. */
	tags(): Promise<TagCount[]>;

	/** What is to be done for this recording, is being done, or was given up; oldest first. */
	jobsOf(name: string): Promise<JobOfRecording[]>;

	/** One entry for each combination of status and state that occurs. */
	counts(): Promise<Count[]>;

	/** What is kept and what is in the trash, by month and by where it came from; oldest first. */
	months(): Promise<MonthCount[]>;

	/** Bytes of kept recordings that were made since then; reads each of them. */
	bytesSince(time: Date): Promise<number>;

	/**
	 * Says that `writer` is changing this recording now. Null: it is ours. Else: the writer who holds
	 * it (it may be ourselves, in another task); ask whether that one lives, and take over if not.
	 */
	claimChange(name: string, writer: string): Promise<string | null>;

	/** True when the claim was still `from`'s and is now `to`'s. */
	takeOverChange(name: string, from: string, to: string): Promise<boolean>;

	/** Ends our claim, in the transaction of the change's last step where `tx` is given. */
	releaseChange(name: string, writer: string, tx?: CatalogueDatabase): Promise<void>;

	openChanges(): Promise<OpenChange[]>;

	/** All that is known, in order of names, in a form that two catalogues can be compared by. */
	dump(): AsyncIterable<DumpedRecording>;

	/** Where the feed of changes ends now. */
	feedHead(): Promise<FeedPosition>;

	/** What changed after `after`, by any process, oldest first; the newest ten thousand changes are known. */
	feedAfter(after: FeedPosition, limit: number): Promise<FeedPage>;

	/** @throws {OnwaxError} ERR_CATALOGUE when the file is damaged; takes seconds for a large one. */
	check(): Promise<void>;

	/** Tidies the search index after many changes at once, e.g. a rebuild. Never needed for answers. */
	tidy(): Promise<void>;

	/**
	 * For the queue, which keeps its SQL in jobs/. Statements outside `transaction` are transactions
	 * of their own. One statement at a time: it waits while a transaction is open.
	 */
	db: CatalogueDatabase;

	/**
	 * Runs `change` in one transaction that has the write lock from its beginning. It may run again
	 * when the database asks for a retry (D4.4). Only `tx` may change anything inside: changing the
	 * catalogue in any other way would wait for itself, and throws.
	 */
	transaction<T>(change: (tx: CatalogueDatabase) => Promise<T>): Promise<T>;

	/** Of this process, since opening; by verb of SQL (D4.5). */
	statistics(): Record<string, VerbStatistics>;

	close(): Promise<void>;
};

export type Filter = {
	state?: State | undefined;
	/** Default: kept ones, active or archived. */
	status?: Status | undefined;
	/** All of these. NFC, lower case. */
	tags?: readonly string[] | undefined;
};

export type ListOptions = Filter & {
	limit: number;
	/** The `next` of the page before. */
	before?: string | undefined;
	/**
	 * Only the beginning of each text, so many characters, and of what the engine said and who speaks
	 * nothing: for a list that shows no more.
	 */
	textCharacters?: number | undefined;
};

export type ListPage = {
	recordings: Recording[];
	/** Null: this was the last page. */
	next: string | null;
};

export type SearchOptions = Filter & {
	limit: number;
	/** Ranked by BM25 among the newest few hundred matches, instead of newest first. */
	best?: boolean | undefined;
	/** The last bare word may go on: for asking while somebody types. */
	lastIsPrefix?: boolean | undefined;
};

export type SearchHit = {
	recording: Recording;
	/** Where the snippet is from. */
	field: SearchableField;
	snippet: Snippet;
};

export type TagCount = { tag: string; recordings: number };

export type JobOfRecording = Omit<Job, "recording" | "token"> & {
	/** Null for one that does not wait. */
	dueAt: string | null;
	errorCode: string | null;
	createdAt: string;
	finishedAt: string | null;
};

export type Placed = { name: string; shelf: Shelf };

export type Count = {
	status: Status;
	state: State;
	recordings: number;
	sizeBytes: number;
	durationSeconds: number;
};

export type MonthCount = {
	/** Of the time in the name: `2026-11`. */
	month: string;
	source: Source;
	status: Status;
	recordings: number;
	sizeBytes: number;
	durationSeconds: number;
};

/** A place in the feed. A catalogue that is built anew has another epoch: its numbers begin again. */
export type FeedPosition = { epoch: string; number: number };

/** A recording, or one of its jobs, was added, changed or removed; `name` is the recording's. */
export type FeedEntry = {
	number: number;
	subject: "recording" | "job";
	name: string;
	/** Of a recording: where it lay before the change and after it. Null: it was not there. */
	shelfBefore: Shelf | null;
	shelfAfter: Shelf | null;
};

export type FeedPage = {
	entries: FeedEntry[];
	head: FeedPosition;
	/** False: something between `after` and the first entry is not known any more. */
	complete: boolean;
};

export type OpenChange = { name: string; writer: string; startedAt: string };

/** Every column but the internal number, and the tags as the index has them. */
export type DumpedRecording = Record<string, string | number | null>;

import type { LexiconLayer } from "../transcript.ts";

/** What one application of the lexicons does to one text. */
export type AppliedTo = {
	/** The recording. */
	name: string;
	before: {
		/** Of transcript.json. */
		sha256: string;
		lexicons: LexiconLayer[];
		lexiconError: string | null;
		/** File in the recording's folder that keeps it; null where its layers give the same bytes again. */
		keptAs: string | null;
	};
	after: {
		sha256: string;
		/** What the text stands on then; left out by versions that undid whole texts only. */
		engineFile?: string;
		lexicons?: LexiconLayer[];
	};
};

/** One application of the lexicons to texts that were there. */
export type Application = {
	format: 1;
	/** Sorts by time. */
	id: string;
	startedAt: string;
	/** Null while it goes on, and where it was cut short. */
	finishedAt: string | null;
	undoneAt: string | null;
	/** When it was tried to undo it, where texts were left alone then. */
	undoTriedAt?: string;
	/** The application that was cut short before this one, and is undone with it. */
	continues: string | null;
	lexicons: { name: string; version: number }[];
	recordings: AppliedTo[];
};

type Fields = Record<string, unknown>;

/** Whether a file's JSON is one in all that is read of it: it may have been changed by hand. */
export function isApplication(value: unknown): value is Application {
	const {
		format,
		id,
		startedAt,
		finishedAt,
		undoneAt,
		undoTriedAt,
		continues,
		lexicons,
		recordings,
	} = fieldsOf(value);
	const areTexts = isText(id) && isText(startedAt);
	const mayBeNull = [finishedAt, undoneAt, continues].every(isTextOrNull);
	return (
		format === 1 &&
		areTexts &&
		mayBeNull &&
		(undoTriedAt === undefined || isText(undoTriedAt)) &&
		isListOf(lexicons, isVersion) &&
		isListOf(recordings, isAppliedTo)
	);
}

function isAppliedTo(value: unknown): boolean {
	const { name, before, after } = fieldsOf(value);
	const was = fieldsOf(before);
	const is = fieldsOf(after);
	return (
		isText(name) &&
		isText(was.sha256) &&
		isTextOrNull(was.lexiconError) &&
		isListOf(was.lexicons, isVersion) &&
		isKeptName(was.keptAs) &&
		isText(is.sha256) &&
		(is.engineFile === undefined || isText(is.engineFile)) &&
		(is.lexicons === undefined || isListOf(is.lexicons, isVersion))
	);
}

/** No way out of the recording's folder. */
function isKeptName(value: unknown): boolean {
	return value === null || (isText(value) && /^transcript\.[0-9a-f]{16}\.json$/.test(value));
}

function isVersion(value: unknown): boolean {
	const { name, version } = fieldsOf(value);
	return isText(name) && Number.isInteger(version);
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
	return Array.isArray(value) && value.every(isOne);
}

function fieldsOf(value: unknown): Fields {
	return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function isTextOrNull(value: unknown): boolean {
	return value === null || isText(value);
}

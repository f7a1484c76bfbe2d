import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import { stageFile } from "../import/import-file.ts";
import { type ImportOutcome, publishCopy } from "../import/import-files.ts";
import { createPublisher, type Publisher } from "../library/publisher.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";
import type { TranscriptText } from "../recording.ts";
import { inspectWith } from "./inspect-audio.ts";
import { keepOld } from "./migrate/keep-old.ts";
import { type Suggestion, suggestSettings } from "./migrate/old-config.ts";
import { findOldDatabase, readOldDatabase } from "./migrate/old-database.ts";
import { isFile, readOldLibrary, stateFolders } from "./migrate/old-folders.ts";
import type { OldEntry, OldRecording } from "./migrate/old-recording.ts";
import type { App } from "./open-app.ts";

export type OldLibrary = { path: string; hasConfig: boolean };

/** Where dictation programs of this kind kept their recordings (D0.15); only those that are there. */
export async function findOldLibraries(environment: {
	env: NodeJS.ProcessEnv;
	homeDir?: string;
}): Promise<OldLibrary[]> {
	const { env, homeDir = homedir() } = environment;
	const xdg = env.XDG_DATA_HOME;
	const data = xdg && isAbsolute(xdg) ? xdg : join(homeDir, ".local", "share");
	const found: OldLibrary[] = [];
	for (const path of [join(homeDir, ".dictation"), join(data, "dictation")]) {
		const isLibrary = (await stateFolders(path)).length > 0;
		if (isLibrary) found.push({ path, hasConfig: await isFile(join(path, "config.json")) });
	}
	return found;
}

export type MigrateOptions = {
	signal: AbortSignal;
	/** As soon as each outcome is certain; `kept` survives a power cut from then on. */
	onOutcome: (outcome: ImportOutcome) => void;
};

export type MigrateReport = {
	path: string;
	kept: number;
	/** Here already, e.g. from an earlier migration. */
	known: number;
	/** Folders without audio. */
	passed: number;
	refused: number;
	/** Settings of the old program that have a counterpart; none is written. */
	suggestions: Suggestion[];
};

type Texts = Map<string, TranscriptText>;

/**
 * Takes over another program's library (D0.15, D2.6): folders `pending`, `success` and `failed`, or
 * an SQLite database with a table `recordings`. Everything is copied through the same staging and
 * publishing as an import; nothing in the old place is changed. Running it twice keeps nothing twice.
 *
 * @throws ERR_NOT_FOUND where there is no such library
 */
export async function migrateLibrary(
	app: App,
	path: string,
	options: MigrateOptions,
): Promise<MigrateReport> {
	const { library, config } = app;
	const root = resolve(path);
	await requireThere(root, path);
	const scratch = (await library.writer()).folder;
	const isLibrary = (await stateFolders(root)).length > 0;
	const database = await findOldDatabase(root, scratch);
	if (!isLibrary && database === null) {
		throw new OnwaxError("ERR_NOT_FOUND", `${path} is no library that can be migrated.`, {
			hint: "It has neither pending, success and failed folders nor a database of recordings; `onwax import` takes plain audio files.",
		});
	}
	if (root === resolve(library.layout.data) || root === resolve(library.layout.recordings)) {
		throw new OnwaxError("ERR_USAGE", "That is this library itself.");
	}
	const suggestions = isLibrary ? await suggestSettings(root) : [];
	const report: MigrateReport = {
		path: root,
		kept: 0,
		known: 0,
		passed: 0,
		refused: 0,
		suggestions,
	};
	async function* entries(): AsyncGenerator<OldEntry> {
		if (isLibrary) yield* readOldLibrary(root, config.import.formats);
		// After the folders, which know more: what both have is known by then.
		if (database !== null) yield* readOldDatabase(database, scratch);
	}
	const texts: Texts = new Map();
	const publisher = createPublisher(library, async (tx, published) => {
		await enqueueAll(tx, published, jobsAfterPublish);
		const withText = published.flatMap((metadata) => {
			const transcript = texts.get(metadata.name);
			return transcript ? [{ metadata, transcript }] : [];
		});
		await library.catalogue.putWithin(tx, withText);
	});
	// One after the other: of the same audio in two places, the first one's text is kept.
	for await (const entry of entries()) {
		options.signal.throwIfAborted();
		const outcome = await migrateOne(app, entry, publisher, texts, options.signal);
		report[outcome.kind] += 1;
		options.onOutcome(outcome);
	}
	return report;
}

async function migrateOne(
	app: App,
	entry: OldEntry,
	publisher: Publisher,
	texts: Texts,
	signal: AbortSignal,
): Promise<ImportOutcome> {
	if (entry.kind === "passed") return entry;
	if (entry.kind === "problem") return { ...entry, kind: "refused" };
	const { recording } = entry;
	const { shown } = recording;
	try {
		const staged = await stageOld(app, recording, texts, signal);
		const { name } = staged.metadata;
		try {
			return await publishCopy(publisher, staged, shown);
		} finally {
			texts.delete(name);
		}
	} catch (error) {
		signal.throwIfAborted();
		return { kind: "refused", shown, error: toOnwaxError(error, "ERR_IO") };
	}
}

async function stageOld(app: App, old: OldRecording, texts: Texts, signal: AbortSignal) {
	const { library, config, media } = app;
	const { audioPath, originalFilename, title, description, tags } = old;
	const facts = await stat(audioPath);
	return stageFile(
		{ path: Buffer.from(audioPath), shown: audioPath, sizeBytes: facts.size },
		{
			writer: await library.writer(),
			appVersion: library.appVersion,
			reserveBytes: library.reserveBytes,
			// It was somebody's recording already: no limit on size is imposed afterwards.
			limits: { maxBytes: Number.POSITIVE_INFINITY, formats: config.import.formats },
			inspect: inspectWith(media),
			...{ title, tags, signal },
			about: {
				description,
				createdAt: old.createdAt ?? new Date(Math.min(facts.mtimeMs, Date.now())),
				...(originalFilename === null ? {} : { originalFilename }),
				complete: (folder, metadata) =>
					keepOld(old, folder, metadata, (text) => texts.set(metadata.name, text)),
			},
		},
	);
}

async function requireThere(root: string, shown: string): Promise<void> {
	try {
		await stat(root);
	} catch (error) {
		if (systemErrorCode(error) !== "ENOENT") throw toOnwaxError(error);
		throw new OnwaxError("ERR_NOT_FOUND", `${shown} does not exist.`);
	}
}

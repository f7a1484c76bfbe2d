import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
import { type Found, findFiles } from "../import/find-files.ts";
import { type ImportOutcome, importFiles, outcomeOf } from "../import/import-files.ts";
import { keptForLater, stageStream } from "../import/import-stream.ts";
import { watchFolder } from "../import/watch-folder.ts";
import { markCatalogueDamaged } from "../library/damaged-catalogue.ts";
import { audioFileFacts } from "../recording.ts";
import { inspectWith } from "./inspect-audio.ts";
import type { App } from "./open-app.ts";
import { publisherOf } from "./publisher.ts";

export type ImportOptions = {
	title: string | null;
	tags: string[];
	signal: AbortSignal;
	/** As soon as each outcome is certain; `kept` survives a power cut from then on. */
	onOutcome: (outcome: ImportOutcome) => void;
	onBytes?: (bytes: number) => void;
};

/** Imports files and folders; every entry gets an outcome. */
export async function importPaths(
	app: App,
	paths: readonly string[],
	options: ImportOptions,
): Promise<void> {
	const { formats, except } = whatToFind(app);
	await importFound(app, findFiles(paths, { formats, except }), options);
}

/** Imports what is in a folder and what comes into it, until the signal aborts. */
export async function importWatched(
	app: App,
	folder: string,
	options: ImportOptions,
): Promise<void> {
	const { stableSeconds } = app.config.import;
	const files = watchFolder(folder, { ...whatToFind(app), stableSeconds, signal: options.signal });
	async function* found(): AsyncGenerator<Found> {
		for await (const file of files) yield { kind: "file", file };
	}
	await importFound(app, found(), options);
}

/** Keeps what comes from a stream, also where it breaks off: `cut` then says why. */
export async function importStream(
	app: App,
	stream: Readable,
	options: ImportOptions & { shown: string; originalFilename: string | null },
): Promise<{ cut: OnwaxError | null }> {
	const { shown, originalFilename, title, tags, signal, onBytes } = options;
	try {
		const { library } = app;
		const { staged, cut } = await stageStream(stream, {
			...(await stageContext(app)),
			...{ shown, originalFilename, title, tags, signal, onBytes },
			leaveForHealing: library.leaveForHealing,
		});
		const published = await publisherOf(app)
			.publish(staged)
			.catch((error: unknown) => {
				// It is whole, and exists nowhere else: the next start publishes it.
				library.leaveForHealing();
				throw keptForLater(error, audioFileFacts(staged.metadata).sizeBytes);
			});
		options.onOutcome(outcomeOf(published, shown));
		return { cut };
	} catch (error) {
		const refusal = toOnwaxError(error, "ERR_IO");
		options.onOutcome({ kind: "refused", shown, error: refusal });
		await noteDamage(app, [refusal]);
		return { cut: null };
	}
}

async function importFound(
	app: App,
	found: AsyncIterable<Found>,
	options: ImportOptions,
): Promise<void> {
	const { title, tags, signal, onBytes } = options;
	const refusals: OnwaxError[] = [];
	await importFiles(found, {
		context: { ...(await stageContext(app)), title, tags, signal, onBytes },
		publisher: publisherOf(app),
		concurrency: app.config.import.concurrency,
		onOutcome: (outcome) => {
			if (outcome.kind === "refused") refusals.push(outcome.error);
			options.onOutcome(outcome);
		},
	});
	await noteDamage(app, refusals);
}

async function stageContext({ config, library, media }: App) {
	return {
		writer: await library.writer(),
		appVersion: library.appVersion,
		reserveBytes: library.reserveBytes,
		limits: { maxBytes: config.import.maxSizeMb * 1e6, formats: config.import.formats },
		inspect: inspectWith(media),
	};
}

export function whatToFind({ config, library }: App) {
	return { formats: config.import.formats, except: [resolve(library.layout.data)] };
}

/** A catalogue that failed in the middle of an import is built anew by the next start. */
export async function noteDamage({ library }: App, refusals: readonly OnwaxError[]): Promise<void> {
	if (!refusals.some(({ code }) => code === "ERR_CATALOGUE")) return;
	await markCatalogueDamaged(library.layout);
	library.leaveForHealing();
}

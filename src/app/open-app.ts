import { hasDeadWriter, type Writer } from "../archive/writer.ts";
import type { ChatService } from "../chat/chat-service.ts";
import type { Config } from "../config/defaults.ts";
import { OnwaxError } from "../errors.ts";
import { markCatalogueDamaged } from "../library/damaged-catalogue.ts";
import type { HealReport } from "../library/heal.ts";
import type { Library } from "../library/library.ts";
import { openLibrary } from "../library/open.ts";
import type { ReindexReport } from "../library/reindex.ts";
import type { Logger } from "../logger.ts";
import { type Media, openMedia } from "../media/media.ts";
import { openSpeech } from "../speech/open-speech.ts";
import type { Speech } from "../speech/speech.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { type Engines, openEngines } from "./engines.ts";
import { openChat } from "./open-chat.ts";

/** What the edge (command line, server) is told while the library is being opened. */
export type OpenNotices = {
	onRebuild: (why: string) => void;
	onRebuildProgress: (done: number, total: number) => void;
	onRebuilt: (report: ReindexReport) => void;
	onHealed: (report: HealReport) => void;
};

export type App = {
	readonly config: Config;
	readonly library: Library;
	readonly media: Media;
	readonly engines: Engines;
	readonly speech: Speech;
	/** The chat model that may add to texts; null where none is configured. */
	readonly chat: ChatService | null;
	readonly log: Logger;
	close(): Promise<void>;
};

export type AppOptions = {
	config: Config;
	appVersion: string;
	log: Logger;
	environment: Environment;
	notices: OpenNotices;
	/** Read the whole catalogue for damage first. */
	checkCatalogue?: boolean;
	/** This process is a writer already (it recorded). */
	writer?: Writer;
	/** What a crash left is healed at once, or when there is time (`healAfterCrash`). */
	healing?: "now" | "later";
};

/**
 * Composes the program. The library that comes out is in order: a missing or damaged catalogue has
 * been built anew, and what a crashed process left has been healed (every start does that; where
 * nothing crashed it costs one look into an empty folder).
 */
export async function openApp(options: AppOptions): Promise<App> {
	const { config, log, notices } = options;
	const { library, needsReindex } = await openLibrary({
		dataDir: config.dataDir,
		appVersion: options.appVersion,
		reserveBytes: config.minFreeSpaceMb * 1e6,
		slowQueryMs: config.slowQueryMs,
		log,
		onRebuild: notices.onRebuild,
		checkCatalogue: options.checkCatalogue,
		writer: options.writer,
	});
	const media = openMedia({
		baseSeconds: config.media.timeoutSeconds,
		maxRssBytes: config.media.memoryLimitMb * 2 ** 20,
	});
	const speech = openSpeech();
	const app: App = {
		config,
		library,
		media,
		engines: openEngines(config, library.layout.models, options.environment, speech),
		speech,
		chat: await openChat(config, options.environment),
		log,
		async close() {
			await media.close();
			await speech.close();
			await library.close();
		},
	};
	try {
		if (needsReindex) {
			const { reindex } = await import("../library/reindex.ts");
			notices.onRebuilt(await reindex(library, notices.onRebuildProgress));
			const { enqueueMissing } = await import("./missing-jobs.ts");
			await enqueueMissing(app.library);
		}
		if (options.healing !== "later") await healAfterCrash(app, notices);
	} catch (error) {
		await app.close();
		throw error;
	}
	return app;
}

/**
 * Opens the program for as long as `work` takes. Where damage of the catalogue shows only in the
 * middle of it, the next start builds it anew: work that changes things is not simply repeated.
 */
export async function whileOpen<T>(
	options: AppOptions,
	work: (app: App) => Promise<T>,
): Promise<T> {
	const app = await openApp(options);
	try {
		return await work(app);
	} catch (error) {
		if (!(error instanceof OnwaxError) || error.code !== "ERR_CATALOGUE") throw error;
		await markCatalogueDamaged(app.library.layout);
		app.library.leaveForHealing();
		throw new OnwaxError("ERR_CATALOGUE", "The catalogue is damaged; your recordings are not.", {
			hint: "It is only an index. Run the command again: it is built anew from the folders first.",
			cause: error,
		});
	} finally {
		await app.close();
	}
}

/** Heals where some process ended without taking its announcement back. */
export async function healAfterCrash(
	app: App,
	{ onHealed }: Pick<OpenNotices, "onHealed">,
): Promise<void> {
	if (await hasDeadWriter(app.library.layout)) onHealed(await recover(app));
}

/** `onwax recover`: everything that a start does after a crash, whether there was one or not. */
export async function recover(app: App): Promise<HealReport> {
	const [{ heal }, { inspectWith }, { enqueueMissing }, { sweepUnfinished }] = await Promise.all([
		import("../library/heal.ts"),
		import("./inspect-audio.ts"),
		import("./missing-jobs.ts"),
		import("../pipeline/unfinished.ts"),
	]);
	const report = await heal(app.library, inspectWith(app.media));
	await enqueueMissing(app.library);
	await sweepUnfinished(app.library);
	return report;
}

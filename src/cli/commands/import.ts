import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { autoCleanup } from "../../app/cleanup.ts";
import { noEngine } from "../../app/engines.ts";
import { cleanTag, cleanTitle } from "../../app/fields.ts";
import { importPaths, importStream, importWatched } from "../../app/import.ts";
import type { App } from "../../app/open-app.ts";
import { runJobs } from "../../app/run-jobs.ts";
import { OnwaxError, toOnwaxError } from "../../errors.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { importProgress } from "../import-progress.ts";
import { type ImportReport, importReport } from "../import-report.ts";
import { leftOutNote } from "../left-out.ts";
import { offerMigration } from "../offer-migration.ts";
import { collect } from "../parse.ts";
import { withApp } from "../session.ts";
import { visible } from "../visible.ts";
import { retryNotes, waitForText } from "../wait-for-text.ts";

export const summary = "Keep recordings: files, folders, or standard input";

export const examples: Example[] = [
	["onwax import memo.m4a", "keep it, then print its text"],
	["onwax import ~/Recorder --tag field --no-wait", "everything in a folder, text later"],
	["arecord -f cd -d 10 | onwax import - --title Note", "what another program makes"],
	["onwax import --watch ~/Dropbox/Memos", "what comes into a folder, until Ctrl-C"],
];

export type Options = { title?: string; tag?: string[]; wait: boolean; watch?: boolean };

export function define(command: Command, act: Act): void {
	command
		.argument("<path...>", "files or folders; - reads standard input")
		.option("--title <title>", "what to call it")
		.option("--tag <tag>", "a tag; may be repeated", collect)
		.option("--no-wait", "keep the audio, do not wait for the text")
		.option("--watch", "go on with what comes into the folder, until Ctrl-C")
		.action(act(run));
}

export async function run(cli: Cli, paths: string[], options: Options): Promise<ExitStatus> {
	const fields = {
		title: options.title === undefined ? null : cleanTitle(options.title),
		tags: [...new Set((options.tag ?? []).map(cleanTag))],
	};
	const fromStdin = paths.includes("-");
	if (fromStdin && (paths.length > 1 || options.watch)) {
		throw usage("- stands for standard input and goes alone.");
	}
	if (options.watch && paths.length > 1) throw usage("--watch takes one folder.");
	return withApp(cli, async (app) => {
		const report = importReport(cli, app, options.wait);
		const common = { ...fields, signal: cli.signal };
		if (options.watch) return watch(cli, app, report, paths[0] ?? "", common);
		await offerMigration(cli, app.config.dataDir);
		const progress = importProgress(cli, app, fromStdin ? [] : paths);
		try {
			const { onOutcome } = progress.counting(report);
			if (fromStdin) {
				const shown = "standard input";
				const io = { ...common, shown, originalFilename: null, onOutcome };
				const { cut } = await importStream(app, process.stdin, {
					...io,
					onBytes: progress.onBytes,
				});
				if (cut) report.onCut(cut);
			} else {
				await importPaths(app, paths, { ...common, onOutcome, onBytes: progress.onBytes });
			}
		} finally {
			progress.stop();
			if (cli.signal.aborted) report.interrupted();
			await report.noted();
		}
		await report.summary();
		return finish(cli, app, report, options.wait);
	});
}

async function finish(
	cli: Cli,
	app: App,
	report: ImportReport,
	wait: boolean,
): Promise<ExitStatus> {
	const { kept } = report;
	if (!wait || kept.length === 0) return combine(report.statuses);
	const engine = await app.engines.describeDefault();
	try {
		await cleanUp(cli, app);
		await waitForText(cli, app, kept, report);
	} catch (error) {
		if (cli.signal.aborted) report.interrupted();
		throw error;
	}
	if (engine === null && report.waiting > 0) {
		const { message, hint } = noEngine();
		const what = kept.length === 1 ? "The audio is kept" : "All audio is kept";
		cli.output.note(`${what}, without text for now. ${message} ${hint}`);
	}
	return combine(report.statuses);
}

/** Where the configuration asks for it. What was imported is kept, whatever comes of it. */
async function cleanUp(cli: Cli, app: App): Promise<void> {
	try {
		await autoCleanup(app, cli.signal);
	} catch (error) {
		cli.signal.throwIfAborted();
		cli.output.refusal(toOnwaxError(error), "The cleanup after the import");
	}
}

async function watch(
	cli: Cli,
	app: App,
	report: ImportReport,
	folder: string,
	common: { title: string | null; tags: string[] },
): Promise<ExitStatus> {
	await requireFolder(folder);
	cli.output.note(`Watching ${visible(folder)}. Ctrl-C ends it.`);
	// Where one of the two breaks, the other one ends as well.
	const broken = new AbortController();
	const signal = AbortSignal.any([cli.signal, broken.signal]);
	const noteLeftOut = leftOutNote(cli, app);
	const importing = importWatched(app, folder, {
		...common,
		signal,
		onOutcome: report.onOutcome,
	});
	const working = runJobs(app, {
		scope: "all",
		signal,
		onAttemptFailed: retryNotes(cli, app),
		async onJobEnded(name, kind, nothingLeft) {
			if (!report.isMine(name)) return;
			const recording = await app.library.catalogue.get(name);
			if (recording === null) return;
			if (kind === "transcribe") {
				await report.onText(recording);
				await noteLeftOut(recording);
			}
			if (nothingLeft) report.onSettled(recording);
		},
	});
	const both = [importing, working].map((one) =>
		one.catch((error: unknown) => {
			// Ctrl-C is how watching ends: nothing was cut short.
			if (signal.aborted) return;
			broken.abort();
			throw error;
		}),
	);
	const failed = (await Promise.allSettled(both)).find((one) => one.status === "rejected");
	await report.noted();
	await report.summary();
	if (failed) throw failed.reason;
	return exitStatus.done;
}

async function requireFolder(path: string): Promise<void> {
	const facts = await stat(path).catch(() => null);
	if (facts?.isDirectory()) return;
	throw facts
		? usage("--watch takes a folder.")
		: new OnwaxError("ERR_NOT_FOUND", `${path} does not exist.`, { hint: "Check the path." });
}

function usage(message: string): OnwaxError {
	return new OnwaxError("ERR_USAGE", message, {
		hint: "`onwax import --help` shows how it is used.",
	});
}

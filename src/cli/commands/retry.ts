import type { Command } from "commander";
import type { App } from "../../app/open-app.ts";
import { retryAll, retryRecording } from "../../app/retry.ts";
import { OnwaxError } from "../../errors.ts";
import type { Recording, State } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { seconds } from "../parse.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { textReport } from "../text-report.ts";
import { chatWait, waitForText } from "../wait-for-text.ts";

export const summary = "Ask for a text again where there is none";

export const examples: Example[] = [
	["onwax retry --last", "the last one that failed"],
	["onwax retry --all-failed", "all that failed, one after the other"],
	["onwax retry --all", "also those that still wait for an engine"],
	["onwax retry 2026-11-20_19-03", "a certain one"],
];

export type Options = { last?: boolean; allFailed?: boolean; all?: boolean; pause: number };

export function define(command: Command, act: Act): void {
	command
		.argument("[rec...]", referenceHelp)
		.option("--last", "the last one that failed")
		.option("--all-failed", "all that failed")
		.option("--all", "all that failed or wait")
		.option(
			"--pause <time>",
			"between two of many, so that a service is not asked too fast",
			seconds,
			1,
		)
		.action(act(run));
}

export async function run(cli: Cli, references: string[], options: Options): Promise<ExitStatus> {
	const { last, allFailed, all } = options;
	const ways = [references.length > 0, last, allFailed, all].filter(Boolean).length;
	if (ways !== 1) {
		throw new OnwaxError(
			"ERR_USAGE",
			"Say which recordings: REC..., --last, --all-failed or --all.",
			{
				hint: "`onwax list --state failed` shows what failed.",
			},
		);
	}
	return withApp(cli, async (app) => {
		if (allFailed || all) {
			return retryMany(cli, app, all ? ["failed", "pending"] : ["failed"], options.pause);
		}
		const { catalogue } = app.library;
		const names: string[] = [];
		const chosen = last ? await lastFailed(cli, app) : references;
		const status = await eachRecording(cli, catalogue, chosen, async ({ metadata }) => {
			await retryRecording(app, metadata.name);
			names.push(metadata.name);
			return exitStatus.done;
		});
		const report = textReport(cli, app, names.length);
		await waitForText(cli, app, names, report);
		return combine([status, ...report.statuses]);
	});
}

async function lastFailed(cli: Cli, app: App): Promise<string[]> {
	const page = await app.library.catalogue.list({ state: "failed", limit: 1 });
	const names = page.recordings.map(({ metadata }: Recording) => metadata.name);
	if (names.length === 0) cli.output.note("Nothing has failed.");
	return names;
}

async function retryMany(
	cli: Cli,
	app: App,
	states: State[],
	pauseSeconds: number,
): Promise<ExitStatus> {
	const { output, signal } = cli;
	let turns = 0;
	const report = textReport(cli, app, 2);
	const chat = chatWait();
	const stopped = await retryAll(app, {
		states,
		pauseSeconds,
		signal,
		async onTurn(name) {
			turns += 1;
			await waitForText(cli, app, [name], report, chat);
		},
	});
	if (turns === 0) output.note("Nothing to retry.");
	else if (stopped !== null) {
		output.note("Stopped: the others would fail in the same way.");
	} else output.note(`${report.succeeded} of ${turns} have their text now.`);
	return combine(report.statuses);
}

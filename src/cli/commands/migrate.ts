import { resolve } from "node:path";
import type { Command } from "commander";
import { migrateLibrary } from "../../app/migrate.ts";
import { migrationsToOffer, rememberMigration } from "../../app/offered-migration.ts";
import { loadConfig } from "../../config.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { importReport } from "../import-report.ts";
import { withApp } from "../session.ts";
import { visible } from "../visible.ts";

export const summary = "Take over the recordings of an older program";

export const examples: Example[] = [
	["onwax migrate", "which older libraries there are"],
	["onwax migrate ~/.dictation", "copy it into yours; nothing in it is changed"],
];

export function define(command: Command, act: Act): void {
	command
		.argument("[path]", "a folder with pending, success and failed, or a database of recordings")
		.action(act(run));
}

export async function run(cli: Cli, path: string | undefined): Promise<ExitStatus> {
	const { output } = cli;
	if (path === undefined) return offer(cli);
	return withApp(cli, async (app) => {
		const report = importReport(cli, app, false);
		const { kept, known, passed, refused, suggestions } = await migrateLibrary(app, path, {
			signal: cli.signal,
			onOutcome: report.onOutcome,
		}).finally(report.noted);
		if (refused === 0) await rememberMigration(app.config.dataDir, resolve(path));
		await report.summary();
		if (kept + known + passed + refused === 0) output.note("There was nothing in it.");
		if (suggestions.length > 0) {
			output.note("Its settings are not taken over. The like of them here:");
			for (const { key, value } of suggestions) {
				output.note(`  onwax config set ${visible(key)} ${visible(value)}`);
			}
		}
		return combine(report.statuses);
	});
}

async function offer(cli: Cli): Promise<ExitStatus> {
	const { output, environment } = cli;
	const { config } = await loadConfig({ env: environment });
	const paths = await migrationsToOffer(config.dataDir, environment);
	for (const path of paths) {
		output.value({ path });
		output.line(visible(path));
	}
	output.note(
		paths.length > 0
			? "`onwax migrate PATH` takes one over and changes nothing in it."
			: "No older library was found.",
	);
	return exitStatus.done;
}

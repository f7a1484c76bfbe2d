import type { Command } from "commander";
import { rebuildCatalogue } from "../../app/rebuild-catalogue.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { startProgress } from "../progress.ts";
import { withApp } from "../session.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";

export const summary = "Build the catalogue anew from the folders";

export const examples: Example[] = [
	["onwax reindex", "the folders are the truth; the catalogue follows them"],
	["rm library.db && onwax list", "it is also done by itself where the catalogue is missing"],
];

export function define(command: Command, act: Act): void {
	command.action(act(run));
}

export async function run(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(
		cli,
		async (app) => {
			let progress = "Reading the folders…";
			const shown = startProgress(output, () => progress);
			const report = await rebuildCatalogue(app, (done, total) => {
				progress = `${done.toLocaleString("en")} of ${count(total, "recording")}`;
			});
			shown.stop();
			output.value(report);
			output.line(`${count(report.indexed, "recording")} indexed.`);
			if (report.removed.length > 0) {
				output.line(
					`${count(report.removed.length, "entry", "entries")} without a folder removed.`,
				);
			}
			for (const { name, message } of report.problems) {
				output.note(`${name}: ${visible(message)}`);
			}
			return report.problems.length > 0 ? exitStatus.damaged : exitStatus.done;
		},
		{ checkCatalogue: true },
	);
}

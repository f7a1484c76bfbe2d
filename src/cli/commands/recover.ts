import type { Command } from "commander";
import { recover } from "../../app/open-app.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { withApp } from "../session.ts";
import { visible } from "../visible.ts";

export const summary = "Put in order whatever a crash left half done";

export const examples: Example[] = [
	["onwax recover", "every start does it too; harmless where all is well"],
	["onwax recover && onwax validate --all", "after a crash, look at every byte as well"],
];

export function define(command: Command, act: Act): void {
	command.action(act(run));
}

export async function run(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(
		cli,
		async (app, healedAtStart) => {
			const later = await recover(app);
			const reports = [...healedAtStart, later];
			const recovered = reports.flatMap((report) => report.recovered);
			const healed = reports.flatMap((report) => report.healed);
			const problems = reports.flatMap((report) => report.problems);
			const { strangers } = later;
			output.value({ recovered, healed, problems, strangers });
			for (const name of recovered)
				output.line(`${output.out.paint("green", "recovered")}  ${name}`);
			for (const { name, what } of healed) {
				output.line(`${output.out.paint("green", "in order")}   ${name}  ${visible(what)}`);
			}
			for (const { name, message } of problems) {
				output.line(`${output.out.paint("red", "damaged")}    ${name}  ${visible(message)}`);
			}
			for (const path of strangers) {
				output.note(`Not the library's, left alone: ${visible(path)}`);
			}
			if (recovered.length + healed.length + problems.length === 0) output.note("All is in order.");
			return problems.length > 0 ? exitStatus.damaged : exitStatus.done;
		},
		{ checkCatalogue: true },
	);
}

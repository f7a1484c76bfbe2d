import type { Command } from "commander";
import { transcribeAnew } from "../../app/retry.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { shortReference } from "../short-reference.ts";
import { textReport } from "../text-report.ts";
import { waitForText } from "../wait-for-text.ts";

export const summary = "Make a text anew with an engine of your choice";

export const examples: Example[] = [
	["onwax transcribe last --engine openai", "what does another engine hear?"],
	["onwax diff last", "what the new text has that the old one has not"],
	["onwax engine list", "which engines there are"],
];

export function define(command: Command, act: Act): void {
	command
		.argument("<rec...>", referenceHelp)
		.requiredOption("--engine <name>", "a name under engines in the configuration")
		.action(act(run));
}

export async function run(
	cli: Cli,
	references: string[],
	{ engine }: { engine: string },
): Promise<ExitStatus> {
	return withApp(cli, async (app) => {
		const names: string[] = [];
		let hadText = 0;
		await app.engines.engineFor(engine);
		const status = await eachRecording(cli, app.library.catalogue, references, async (one) => {
			await transcribeAnew(app, one.metadata.name, engine);
			names.push(one.metadata.name);
			if (one.transcript !== null) hadText += 1;
			return exitStatus.done;
		});
		const report = textReport(cli, app, names.length);
		await waitForText(cli, app, names, report);
		const { output } = cli;
		if (hadText === 1 && names.length === 1 && report.succeeded === 1 && !output.json) {
			const reference = await shortReference(app.library.catalogue, names[0] ?? "");
			output.note(output.err.paint("dim", `\`onwax diff ${reference}\` compares it with before.`));
		}
		return combine([status, ...report.statuses]);
	});
}

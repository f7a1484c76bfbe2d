import type { Command } from "commander";
import { noteAtTerminal } from "../../app/audit.ts";
import { cancelWork } from "../../app/cancel.ts";
import { recordingJson } from "../../app/recording-json.ts";
import { resolveRecording } from "../../app/resolve.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";

export const summary = "End the work on a text, whoever does it";

export const examples: Example[] = [
	["onwax cancel last", "the audio stays, and what was heard so far"],
	["onwax retry 2026-11-20_19-03", "goes on with it"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).action(act(run));
}

export async function run(cli: Cli, references: string[]): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async (app) => {
		const { catalogue, layout } = app.library;
		const cancelled: string[] = [];
		try {
			return await eachRecording(cli, catalogue, references, async ({ metadata: { name } }) => {
				await cancelWork(app, name);
				cancelled.push(name);
				output.value(recordingJson(layout, await resolveRecording(catalogue, name)));
				output.line(`${output.out.paint("yellow", "cancelled")}  ${name}`);
				return exitStatus.done;
			});
		} finally {
			await noteAtTerminal(app, "cancel", cancelled);
		}
	});
}

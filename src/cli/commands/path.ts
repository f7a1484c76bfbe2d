import type { Command } from "commander";
import { audioPath } from "../../app/recording-json.ts";
import { notFound } from "../../app/resolve.ts";
import type { Act, Cli, Example } from "../command.ts";
import type { ExitStatus } from "../exit-status.ts";
import { exitStatus } from "../exit-status.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withReading } from "../session.ts";

export const summary = "Print the path of the audio file, for scripts";

export const examples: Example[] = [
	["onwax path last", "the newest recording's file"],
	['ffplay "$(onwax path 2026-11-20_19-03)"', "give it to another program"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).action(act(run));
}

export async function run(cli: Cli, references: string[]): Promise<ExitStatus> {
	return withReading(cli, async (reading) => {
		if (reading === null) throw notFound(references[0] ?? "");
		const { layout, catalogue } = reading;
		return eachRecording(cli, catalogue, references, async (recording) => {
			const path = audioPath(layout, recording);
			cli.output.line(path);
			cli.output.value({ name: recording.metadata.name, path });
			return exitStatus.done;
		});
	});
}

import type { Command } from "commander";
import { recordingJson } from "../../app/recording-json.ts";
import { restoreRecording } from "../../library/remove.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";

export const summary = "Take recordings out of the trash";

export const examples: Example[] = [
	["onwax restore 2026-11-20_19-03", "back to where it was"],
	["onwax list --status deleted", "what is in the trash"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).action(act(run));
}

export async function run(cli: Cli, references: string[]): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async ({ library }) =>
		eachRecording(cli, library.catalogue, references, async ({ metadata, transcript }) => {
			const after = await restoreRecording(library, metadata.name);
			output.value(recordingJson(library.layout, { metadata: after, transcript }));
			output.line(`${output.out.paint("green", "restored")}  ${metadata.name}`);
			return exitStatus.done;
		}),
	);
}

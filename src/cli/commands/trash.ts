import type { Command } from "commander";
import { recordingJson } from "../../app/recording-json.ts";
import { trashRecording } from "../../library/remove.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";

export const summary = "Put recordings into the trash";

export const examples: Example[] = [
	["onwax trash last", "the newest one; nothing is destroyed"],
	["onwax list --status deleted", "what is in the trash"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).action(act(run));
}

export async function run(cli: Cli, references: string[]): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async ({ library }) =>
		eachRecording(cli, library.catalogue, references, async ({ metadata, transcript }) => {
			const after = await trashRecording(library, metadata.name);
			output.value(recordingJson(library.layout, { metadata: after, transcript }));
			output.line(`${output.out.paint("yellow", "trashed")}  ${metadata.name}`);
			return exitStatus.done;
		}),
	);
}

import type { Command } from "commander";
import { trashRecording } from "../../library/remove.ts";
import type { Act, Cli, Example } from "../command.ts";
import type { ExitStatus } from "../exit-status.ts";
import { moveRecordings } from "../move-recordings.ts";
import { referenceHelp } from "../references.ts";

export const summary = "Put recordings into the trash";

export const examples: Example[] = [
	["onwax trash last", "the newest one; nothing is destroyed"],
	["onwax list --status deleted", "what is in the trash"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).action(act(run));
}

export async function run(cli: Cli, references: string[]): Promise<ExitStatus> {
	const said = cli.output.out.paint("yellow", "trashed");
	return moveRecordings(cli, references, trashRecording, { action: "trash", said });
}

import type { Command } from "commander";
import { takeFromTrash } from "../../app/take-from-trash.ts";
import type { Act, Cli, Example } from "../command.ts";
import type { ExitStatus } from "../exit-status.ts";
import { moveRecordings } from "../move-recordings.ts";
import { referenceHelp } from "../references.ts";

export const summary = "Take recordings out of the trash";

export const examples: Example[] = [
	["onwax restore 2026-11-20_19-03", "back to where it was"],
	["onwax list --status deleted", "what is in the trash"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).action(act(run));
}

export async function run(cli: Cli, references: string[]): Promise<ExitStatus> {
	const said = cli.output.out.paint("green", "restored");
	return moveRecordings(cli, references, takeFromTrash, { action: "restore", said });
}

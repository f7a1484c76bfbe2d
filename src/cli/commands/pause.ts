import type { Command } from "commander";
import { tell } from "../../capture/control-client.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { notEmpty } from "../parse.ts";
import { captureHelp, capturesMeant, tellPaused } from "../record-running.ts";

export const summary = "Pause what is being recorded";

export const examples: Example[] = [
	["onwax pause", "the microphone is let go; what was said is kept"],
	["onwax resume", "goes on with the same recording"],
];

export function define(command: Command, act: Act): void {
	command.argument("[capture]", captureHelp, notEmpty).action(act(run));
}

export async function run(cli: Cli, reference: string | undefined): Promise<ExitStatus> {
	for (const capture of await capturesMeant(cli, reference, false)) {
		tellPaused(cli, (await tell(capture, "pause", { signal: cli.signal })).snapshot);
	}
	return exitStatus.done;
}

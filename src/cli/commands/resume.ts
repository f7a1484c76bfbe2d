import type { Command } from "commander";
import { tell } from "../../capture/control-client.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { notEmpty } from "../parse.ts";
import { captureHelp, capturesMeant, tellPaused } from "../record-running.ts";

export const summary = "Go on with what was paused";

export const examples: Example[] = [
	["onwax resume", "the one recording that is paused"],
	["onwax resume 2026-11-20_19-03", "of several, that one"],
];

export function define(command: Command, act: Act): void {
	command.argument("[capture]", captureHelp, notEmpty).action(act(run));
}

export async function run(cli: Cli, reference: string | undefined): Promise<ExitStatus> {
	for (const capture of await capturesMeant(cli, reference, false)) {
		tellPaused(cli, (await tell(capture, "resume", { signal: cli.signal })).snapshot);
	}
	return exitStatus.done;
}

import type { Command } from "commander";
import { tell } from "../../capture/control-client.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { notEmpty } from "../parse.ts";
import { captureHelp, capturesMeant, tellStopped } from "../record-running.ts";
import { tellFailure } from "../references.ts";

export const summary = "End what is being recorded";

export const examples: Example[] = [
	["onwax stop", "the one recording that is going on, wherever it was begun"],
	["onwax stop --all", "every one of them"],
];

export function define(command: Command, act: Act): void {
	command
		.argument("[capture]", captureHelp, notEmpty)
		.option("--all", "all that are going on")
		.action(act(run));
}

/** Each answers when its audio is sealed on disk. */
export async function run(
	cli: Cli,
	reference: string | undefined,
	options: { all?: boolean },
): Promise<ExitStatus> {
	const captures = await capturesMeant(cli, reference, options.all ?? false);
	const stopping = captures.map(async (capture): Promise<ExitStatus> => {
		try {
			const { snapshot, reason } = await tell(capture, "stop", { signal: cli.signal });
			tellStopped(cli, snapshot, reason);
			return exitStatus.done;
		} catch (error) {
			cli.signal.throwIfAborted();
			return tellFailure(cli, error);
		}
	});
	return combine(await Promise.all(stopping));
}

import type { Command } from "commander";
import { cleanTag } from "../../app/fields.ts";
import { recordingJson } from "../../app/recording-json.ts";
import { type State, type Status, states, statuses } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { collect, oneOf, wholeNumber } from "../parse.ts";
import { writeTable } from "../recording-row.ts";
import { withReading } from "../session.ts";
import { teachEmpty } from "../teach.ts";

export const summary = "List recordings, newest first";

export const examples: Example[] = [
	["onwax list", "the twenty newest"],
	["onwax list --state failed", "what has no text, and why"],
	["onwax list --tag work --limit 0", "everything with a tag"],
	["onwax list --status deleted", "what is in the trash"],
];

export type ListOptions = { state?: State; status?: Status; tag?: string[]; limit: number };

export function define(command: Command, act: Act): void {
	command
		.option("--state <state>", `only ${states.join(", ")}`, oneOf(states))
		.option(
			"--status <status>",
			`only ${statuses.join(", ")} (deleted: the trash)`,
			oneOf(statuses),
		)
		.option("--tag <tag>", "only with this tag; may be repeated", collect)
		.option("-n, --limit <n>", "so many; 0 for all", wholeNumber, 20)
		.action(act(run));
}

const pageSize = 500;

export async function run(cli: Cli, options: ListOptions): Promise<ExitStatus> {
	const { output } = cli;
	return withReading(cli, async (reading) => {
		const filter = {
			state: options.state,
			status: options.status,
			tags: options.tag?.map(cleanTag),
		};
		let left = options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
		let before: string | undefined;
		let listed = 0;
		let isMore = false;
		while (reading && left > 0 && !output.closed && !cli.signal.aborted) {
			const limit = Math.min(left, pageSize);
			const page = await reading.catalogue.list({ ...filter, limit, before });
			writeTable(output, page.recordings);
			for (const one of page.recordings) output.value(recordingJson(reading.layout, one));
			listed += page.recordings.length;
			left -= page.recordings.length;
			isMore = page.next !== null;
			if (page.next === null) break;
			before = page.next;
		}
		cli.signal.throwIfAborted();
		if (listed === 0) teachEmpty(output, options.state ?? options.status ?? options.tag);
		if (isMore && !output.json && output.err.isTerminal) {
			output.note(output.err.paint("dim", "… and older ones: `onwax list --limit 0` shows all"));
		}
		return exitStatus.done;
	});
}

import type { Command } from "commander";
import { cleanTag } from "../../app/fields.ts";
import { recordingJson } from "../../app/recording-json.ts";
import { type State, type Status, states, statuses } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { collect, oneOf, wholeNumber } from "../parse.ts";
import { isMarked, markLegend, writeTable } from "../recording-row.ts";
import { withReading } from "../session.ts";
import { teachEmpty } from "../teach.ts";

export const summary = "List recordings, newest first";

export const examples: Example[] = [
	["onwax list", "the twenty newest"],
	["onwax list --state failed", "what has no text, and why"],
	["onwax list --incomplete", "texts that lack something that was said"],
	["onwax list --tag work --limit 0", "everything with a tag"],
	["onwax list --status deleted", "what is in the trash"],
];

export type ListOptions = {
	state?: State;
	status?: Status;
	tag?: string[];
	incomplete?: boolean;
	limit: number;
};

export function define(command: Command, act: Act): void {
	command
		.option("--state <state>", `only ${states.join(", ")}`, oneOf(states))
		.option(
			"--status <status>",
			`only ${statuses.join(", ")} (deleted: the trash)`,
			oneOf(statuses),
		)
		.option("--tag <tag>", "only with this tag; may be repeated", collect)
		.option("--incomplete", "only texts that are not whole: speech without words, or a loop")
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
		let hasMarks = false;
		while (reading && left > 0 && !output.closed && !cli.signal.aborted) {
			const limit = options.incomplete ? pageSize : Math.min(left, pageSize);
			const page = await reading.catalogue.list({ ...filter, limit, before });
			const wanted = page.recordings.filter((one) => !options.incomplete || isMarked(one));
			const shown = wanted.slice(0, left);
			if (writeTable(output, shown)) hasMarks = true;
			for (const one of shown) output.value(recordingJson(reading.layout, one));
			listed += shown.length;
			left -= shown.length;
			isMore = page.next !== null || shown.length < wanted.length;
			if (page.next === null) break;
			before = page.next;
		}
		cli.signal.throwIfAborted();
		const { state, status, tag, incomplete } = options;
		if (listed === 0) teachEmpty(output, state ?? status ?? tag ?? incomplete);
		if (hasMarks && !output.json) output.note(markLegend(output));
		if (isMore && !output.json && output.err.isTerminal) {
			output.note(output.err.paint("dim", "… and older ones: `onwax list --limit 0` shows all"));
		}
		return exitStatus.done;
	});
}

import type { Command } from "commander";
import { cleanTag } from "../../app/fields.ts";
import { recordingJson } from "../../app/recording-json.ts";
import type { SearchHit } from "../../catalogue/catalogue.ts";
import { OnwaxError } from "../../errors.ts";
import { type State, states } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { formatDuration } from "../duration.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { highlighted } from "../highlighted.ts";
import type { Output } from "../output.ts";
import { collect, oneOf, wholeNumber } from "../parse.ts";
import { shortNames, titleOf } from "../recording-row.ts";
import { withReading } from "../session.ts";
import { teachEmpty } from "../teach.ts";
import { visible } from "../visible.ts";
import { formatWhen } from "../when.ts";
import { truncate } from "../width.ts";

export const summary = "Search titles, descriptions, tags and transcripts";

export const examples: Example[] = [
	["onwax search country", "a word, newest first"],
	["onwax search '\"next tuesday\"'", "a phrase"],
	["onwax search conf* -cancelled", "a beginning of a word; without another word"],
	["onwax search --best budget", "the best matches first"],
	["onwax search speaker:anna budget", "where Anna says it"],
];

export type SearchOptions = { limit: number; best?: boolean; state?: State; tag?: string[] };

export function define(command: Command, act: Act): void {
	command
		.argument("<query...>", 'words, a "phrase", a beginning*, -without, tag:work, speaker:anna')
		// No short options, and unknown ones are words: `-word` means without that word.
		.allowUnknownOption()
		.option("--limit <n>", "so many; 0 for all", wholeNumber, 20)
		.option("--best", "best matches first, instead of newest")
		.option("--state <state>", `only ${states.join(", ")}`, oneOf(states))
		.option("--tag <tag>", "only with this tag; may be repeated", collect)
		.action(act(run));
}

export async function run(cli: Cli, words: string[], options: SearchOptions): Promise<ExitStatus> {
	const { output } = cli;
	const mistyped = words.find((word) => word.startsWith("--"));
	if (mistyped !== undefined) {
		throw new OnwaxError("ERR_USAGE", `There is no option ${JSON.stringify(mistyped)}.`, {
			hint: "`onwax search --help` shows how it is used.",
		});
	}
	return withReading(cli, async (reading) => {
		if (reading === null) {
			teachEmpty(output, undefined);
			return exitStatus.done;
		}
		const hits = await reading.catalogue.search(words.join(" "), {
			limit: options.limit === 0 ? 1_000_000 : options.limit,
			best: options.best,
			state: options.state,
			tags: options.tag?.map(cleanTag),
		});
		const names = shortNames(
			output.out,
			hits.map(({ recording }) => recording.metadata.name),
		);
		for (const hit of hits) {
			const { snippet, field, recording } = hit;
			output.value({ ...recordingJson(reading.layout, recording), match: { field, ...snippet } });
			writeHit(output, hit, names.get(recording.metadata.name) ?? "");
		}
		if (hits.length === 0) output.note("Nothing found.");
		return exitStatus.done;
	});
}

function writeHit(output: Output, { recording, snippet }: SearchHit, name: string): void {
	const { out } = output;
	const { audio, createdAt } = recording.metadata;
	const facts = [formatDuration(audio.durationSeconds), formatWhen(createdAt)].join("  ");
	const room = out.width - name.length - facts.length - 6;
	const title = truncate(visible(titleOf(recording) ?? ""), Math.max(10, room));
	output.line(`${name}  ${out.paint("dim", facts)}  ${out.paint("bold", title)}`);
	if (snippet.text !== "") output.line(`    ${highlighted(output, snippet, out.width - 4)}`);
}

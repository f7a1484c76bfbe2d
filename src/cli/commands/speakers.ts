import type { Command } from "commander";
import { noteAtTerminal } from "../../app/audit.ts";
import type { App } from "../../app/open-app.ts";
import { resolveRecording } from "../../app/resolve.ts";
import {
	canTellApart,
	type GivenNames,
	nameSpeakers,
	speakersOf,
	tellApart,
} from "../../app/speakers.ts";
import { OnwaxError } from "../../errors.ts";
import type { Recording } from "../../recording.ts";
import type { Speaker } from "../../speakers/describe-speakers.ts";
import type { Act, Cli, Example } from "../command.ts";
import { formatDuration } from "../duration.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { wholeNumber } from "../parse.ts";
import { startProgress } from "../progress.ts";
import { referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";
import { displayWidth, padEnd, truncate } from "../width.ts";

export const summary = "Tell who says what, and name them";

export const examples: Example[] = [
	["onwax speakers last", "who speaks, for how long, and their first words"],
	['onwax speakers last S1=Anna S2="Dr. Who"', "name them"],
	["onwax speakers last S1=", "forget a name"],
	["onwax speakers last --count 3", "tell them apart anew: there are three"],
];

export type Options = { count?: number };

const mostSpeakers = 100;

export function define(command: Command, act: Act): void {
	command
		.argument("<rec>", referenceHelp)
		.argument("[label=name...]", "what to call them; nothing after = forgets a name")
		.option("--count <n>", "listen anew for so many; 0 finds out how many", wholeNumber)
		.action(act(run));
}

export async function run(
	cli: Cli,
	reference: string,
	assignments: string[],
	options: Options,
): Promise<ExitStatus> {
	const given = givenNames(assignments);
	if (given.size > 0 && options.count !== undefined) {
		throw new OnwaxError("ERR_USAGE", "Who is told apart anew may get other labels.", {
			hint: "Run it with --count first, look at the labels, then name them.",
		});
	}
	if ((options.count ?? 0) > mostSpeakers) {
		throw new OnwaxError("ERR_USAGE", `--count takes at most ${mostSpeakers}.`);
	}
	return withApp(cli, async (app) => {
		const { output } = cli;
		const recording = await resolveRecording(app.library.catalogue, reference);
		const { name } = recording.metadata;
		const wanted = options.count ?? app.config.speakers.count;
		if (given.size > 0) {
			const isChanged = await nameSpeakers(app, name, given);
			if (isChanged) await noteAtTerminal(app, "edit", [name], { fields: ["speakers"] });
			else output.note("They are called so already; nothing was changed.");
		} else if (options.count !== undefined || (await isToListen(app, recording))) {
			await listen(cli, app, recording, wanted === 0 ? null : wanted);
		}
		const told = await speakersOf(app, recording);
		if (told === null) throw new OnwaxError("ERR_INTERNAL", "nobody was told apart");
		const { speakers, file } = told;
		if (file === null) {
			output.note("What the models heard is lost; this is what the labels in the text still say.");
		}
		output.value({ name, count: file?.count ?? null, models: file?.models ?? null, speakers });
		write(cli, name, speakers);
		return exitStatus.done;
	});
}

/** Also where only labels are left of what was heard before, and it can be heard again. */
async function isToListen(app: App, recording: Recording): Promise<boolean> {
	const known = await speakersOf(app, recording);
	return known === null || (known.file === null && (await canTellApart(app)));
}

async function listen(
	cli: Cli,
	app: App,
	recording: Recording,
	wanted: number | null,
): Promise<void> {
	const { durationSeconds } = recording.metadata.audio;
	const progress = startProgress(
		cli.output,
		() => `Listening for who speaks, ${formatDuration(durationSeconds)} in all…`,
	);
	try {
		await tellApart(app, recording, wanted, cli.signal);
	} finally {
		progress.stop();
	}
}

/** `S1=Anna` as label and name, `S1=` as a name to be forgotten. */
function givenNames(assignments: readonly string[]): GivenNames {
	return new Map(
		assignments.map((assignment) => {
			const at = assignment.indexOf("=");
			if (at < 1) {
				throw new OnwaxError("ERR_USAGE", `${JSON.stringify(assignment)} is not LABEL=NAME.`, {
					hint: "Such as S1=Anna; `onwax speakers REC` shows the labels.",
				});
			}
			const name = assignment.slice(at + 1);
			return [assignment.slice(0, at).trim(), name.trim() === "" ? null : name];
		}),
	);
}

function write({ output }: Cli, name: string, speakers: readonly Speaker[]): void {
	const { out } = output;
	const people = peopleOf(speakers);
	if (people.length === 0) output.note("Nobody is heard to speak.");
	const rows = people.map(({ labels, name: called, spokenSeconds, turns, firstWords }) => ({
		labels: visible(labels.join(", ")),
		called: called === null ? "" : visible(called),
		facts: `${formatDuration(spokenSeconds)} in ${count(turns, "turn")}`,
		words: visible(firstWords),
	}));
	const widest = (key: "labels" | "called" | "facts") =>
		Math.max(0, ...rows.map((row) => displayWidth(row[key])));
	const labelsWidth = widest("labels");
	const room = Math.max(8, out.width - labelsWidth - widest("facts") - 4);
	const calledWidth = Math.min(widest("called"), room, 30);
	for (const { labels, called, facts, words } of rows) {
		const head = [padEnd(labels, labelsWidth)];
		if (calledWidth > 0) {
			head.push(out.paint("bold", padEnd(truncate(called, calledWidth), calledWidth)));
		}
		output.line([...head, out.paint("dim", facts)].join("  "));
		if (words !== "") output.line(`    ${truncate(words, out.width - 4)}`);
	}
	if (people.length > 0 && speakers.every((speaker) => speaker.name === null)) {
		output.note(`Name them: onwax speakers ${name} ${speakers[0]?.label}=NAME`);
	}
}

type Person = Omit<Speaker, "label" | "firstSeconds"> & { labels: string[] };

/** Who has two labels and one name is one person. */
function peopleOf(speakers: readonly Speaker[]): Person[] {
	const people: Person[] = [];
	for (const { label, name, spokenSeconds, turns, firstWords } of speakers) {
		const same = name === null ? undefined : people.find((one) => one.name === name);
		if (same === undefined) {
			people.push({ labels: [label], name, spokenSeconds, turns, firstWords });
			continue;
		}
		same.labels.push(label);
		same.spokenSeconds += spokenSeconds;
		same.turns += turns;
		same.firstWords ||= firstWords;
	}
	return people;
}

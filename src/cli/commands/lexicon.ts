import type { Command } from "commander";
import { inBulk } from "../../app/bulk.ts";
import {
	addRule,
	defaultLexicon,
	type LexiconInUse,
	removeRule,
	tryLexicons,
} from "../../app/lexicon-rules.ts";
import { readLexicons } from "../../app/lexicons.ts";
import type { App } from "../../app/open-app.ts";
import { type Reapplied, reapplyLexicons } from "../../app/reapply-lexicons.ts";
import { namesIn } from "../../app/retry.ts";
import { OnwaxError } from "../../errors.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus, statusOfCode } from "../exit-status.ts";
import { startProgress } from "../progress.ts";
import { oneLine } from "../recording-row.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { count } from "../size.ts";
import { visible, visibleText } from "../visible.ts";
import { displayWidth, padEnd } from "../width.ts";
import { wordDifference } from "../word-difference.ts";

export const summary = "Correct words that engines keep hearing wrong";

export const examples: Example[] = [
	['onwax lexicon add "cooper netties" Kubernetes', "from now on"],
	['onwax lexicon test "we use cooper netties"', "what becomes of a sentence"],
	["onwax lexicon apply --all --dry-run", "what it would change in the texts there are"],
	["onwax lexicon apply --all", "change it; the engine's text stays"],
];

export function define(command: Command, act: Act): void {
	const inLexicon = ["--lexicon <name>", "which lexicon", defaultLexicon] as const;
	command.command("list").description("Show all corrections").action(act(list));
	command
		.command("add")
		.description("Add a correction, or change the one for the same words")
		.argument("<from>", "a word or phrase as engines hear it")
		.argument("<to>", "what it is to be")
		.option("--regex", "<from> is a regular expression; $1 in <to> is its first group")
		.option("--case-sensitive", "only where capitals are the same")
		.option(...inLexicon)
		.action(act(add));
	command
		.command("remove")
		.description("Remove a correction")
		.argument("<from>", "as it was added")
		.option(...inLexicon)
		.action(act(remove));
	command
		.command("test")
		.description("Correct a sentence, without changing anything")
		.argument("<text>", "")
		.action(act(test));
	command
		.command("apply")
		.description("Correct the texts that are there already")
		.argument("[rec...]", referenceHelp)
		.option("--all", "all of them")
		.option("--dry-run", "show what would change")
		.action(act(apply));
}

export async function list(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async ({ library }) => {
		const { lexicons, broken } = await readLexicons(library.layout.lexicons);
		for (const { name, version, rules } of lexicons) {
			output.value({ name, version, rules });
			writeLexicon(cli, { name, version, rules });
		}
		for (const { error } of broken) output.failure(error);
		if (broken.length > 0) {
			output.note("No text is corrected until it is mended, or its file is moved away.");
			return combine(broken.map(({ error }) => statusOfCode(error.code)));
		}
		if (lexicons.every(({ rules }) => rules.length === 0)) {
			output.note("No corrections yet: `onwax lexicon add FROM TO` adds one.");
		}
		return exitStatus.done;
	});
}

function writeLexicon({ output }: Cli, { name, version, rules }: LexiconInUse): void {
	const { out } = output;
	output.line(`${out.paint("bold", visible(name))}  ${out.paint("dim", `version ${version}`)}`);
	const longest = Math.max(0, ...rules.map(({ from }) => displayWidth(visible(from))));
	for (const { from, to, kind, caseSensitive } of rules) {
		const notes = [kind === "regex" ? "regex" : "", caseSensitive ? "case" : ""].filter(Boolean);
		const more = notes.length > 0 ? `  ${out.paint("dim", notes.join(", "))}` : "";
		const wanted = to === "" ? out.paint("dim", "(nothing)") : visible(to);
		output.line(`  ${padEnd(visible(from), Math.min(longest, 40))}  →  ${wanted}${more}`);
	}
}

export async function add(
	cli: Cli,
	from: string,
	to: string,
	options: { regex?: boolean; caseSensitive?: boolean; lexicon: string },
): Promise<ExitStatus> {
	return withApp(cli, async ({ library }) => {
		const { broken } = await readLexicons(library.layout.lexicons);
		const own = broken.find(({ name }) => name === options.lexicon);
		if (own) throw own.error;
		const { lexicon, warnings } = await addRule(library.layout.lexicons, options.lexicon, {
			from,
			to,
			kind: options.regex ? "regex" : "words",
			...(options.caseSensitive ? { caseSensitive: true } : {}),
		});
		cli.output.value(lexicon);
		cli.output.line(`${visible(from)}  →  ${to === "" ? "(nothing)" : visible(to)}`);
		for (const warning of warnings) cli.output.note(`Note: ${visible(warning)}.`);
		for (const { error } of broken) cli.output.refusal(error);
		cli.output.note(
			broken.length > 0
				? `Added to ${visible(lexicon.name)}, but no text is corrected until that is mended.`
				: "It corrects new texts; `onwax lexicon apply --all` those that are there.",
		);
		return exitStatus.done;
	});
}

export async function remove(
	cli: Cli,
	from: string,
	options: { lexicon: string },
): Promise<ExitStatus> {
	return withApp(cli, async ({ library }) => {
		const lexicon = await removeRule(library.layout.lexicons, options.lexicon, from);
		cli.output.value(lexicon);
		cli.output.line(`${cli.output.out.paint("yellow", "removed")}  ${visible(from)}`);
		return exitStatus.done;
	});
}

export async function test(cli: Cli, text: string): Promise<ExitStatus> {
	return withApp(cli, async (app) => {
		const result = await tryLexicons(app, text);
		cli.output.value({ before: text, after: result.text, lexicons: result.lexicons });
		cli.output.line(visibleText(result.text));
		return exitStatus.done;
	});
}

export type ApplyOptions = { all?: boolean; dryRun?: boolean };

export async function apply(
	cli: Cli,
	references: string[],
	{ all = false, dryRun = false }: ApplyOptions,
): Promise<ExitStatus> {
	if (references.length > 0 === all) {
		throw new OnwaxError("ERR_USAGE", "Say which texts: REC... or --all.");
	}
	return withApp(cli, (app) => {
		if (!all) return applyTo(cli, app, references, dryRun);
		return inBulk(app, async () => applyTo(cli, app, await namesIn(app, ["success"]), dryRun));
	});
}

async function applyTo(
	cli: Cli,
	app: App,
	references: readonly string[],
	dryRun: boolean,
): Promise<ExitStatus> {
	const { output } = cli;
	let looked = 0;
	let changed = 0;
	const progress = startProgress(output, () => `${looked} of ${references.length}`);
	const status = await eachRecording(cli, app.library.catalogue, references, async (recording) => {
		const result = await reapplyLexicons(app, recording, { dryRun });
		looked += 1;
		if (result?.changed) {
			changed += 1;
			tellChange(cli, result, dryRun);
		}
		return exitStatus.done;
	});
	progress.stop();
	const verb = dryRun ? "would change" : "changed";
	output.note(`${changed} of ${count(looked, "text")} ${verb}.`);
	return combine([status]);
}

/** The places that differ, each with a few words around it. */
function tellChange({ output }: Cli, result: Reapplied, dryRun: boolean): void {
	const { out } = output;
	const { name, before, after, replacements, edited } = result;
	output.value({ name, before, after, replacements, edited, applied: !dryRun });
	output.line(out.paint("bold", name) + (edited ? out.paint("dim", "  (under your edit)") : ""));
	for (const { context, removed, added, following } of wordDifference(before, after)) {
		const words = [
			context && out.paint("dim", `…${visible(context)}`),
			removed && out.paint("red", `[-${visible(oneLine(removed))}-]`),
			added && out.paint("green", `{+${visible(oneLine(added))}+}`),
			following && out.paint("dim", `${visible(following)}…`),
		];
		output.line(`  ${words.filter(Boolean).join(" ")}`);
	}
}

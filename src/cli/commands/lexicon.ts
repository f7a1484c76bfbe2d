import type { Command } from "commander";
import { noteSettings } from "../../app/audit.ts";
import {
	addRule,
	defaultLexicon,
	type LexiconInUse,
	removeRule,
	takeOutOfUse,
	tryLexicons,
} from "../../app/lexicon-rules.ts";
import { readLexicons } from "../../app/lexicons.ts";
import { OnwaxError } from "../../errors.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus, statusOfCode } from "../exit-status.ts";
import { apply } from "../lexicon-apply.ts";
import { history, parseVersion, undo } from "../lexicon-versions.ts";
import { referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { visible, visibleText } from "../visible.ts";
import { displayWidth, padEnd } from "../width.ts";

export const summary = "Correct words that engines keep hearing wrong";

export const examples: Example[] = [
	['onwax lexicon add "cooper netties" Kubernetes', "from now on"],
	['onwax lexicon test "we use cooper netties"', "what becomes of a sentence"],
	["onwax lexicon apply --all --dry-run", "what it would change in the texts there are"],
	["onwax lexicon apply --all", "change it; the engine's text stays"],
	["onwax lexicon apply --undo", "and change it back"],
	["onwax lexicon undo", "back to the version before"],
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
		.description("Remove a correction, or take a whole lexicon out of use")
		.argument("[from]", "as it was added")
		.option("--all", "the whole lexicon; its versions stay")
		.option(...inLexicon)
		.action(act(remove));
	command
		.command("history")
		.description("Show the versions of a lexicon, and what each one changed")
		.argument("[name]", "which lexicon; all of them where it is left out")
		.action(act(history));
	command
		.command("undo")
		.description("Put an earlier version of a lexicon in use again")
		.argument("[name]", "which lexicon", defaultLexicon)
		.option("--to <version>", "which version; the one before where it is left out", parseVersion)
		.action(act(undo));
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
		.option("--undo", "give the texts back that the last application changed")
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
	return withApp(cli, async (app) => {
		const { library } = app;
		const { broken } = await readLexicons(library.layout.lexicons);
		const own = broken.find(({ name }) => name === options.lexicon);
		if (own) throw own.error;
		const { lexicon, warnings } = await addRule(library.layout.lexicons, options.lexicon, {
			from,
			to,
			kind: options.regex ? "regex" : "words",
			...(options.caseSensitive ? { caseSensitive: true } : {}),
		});
		const { name, version } = lexicon;
		await noteSettings(app, { lexicon: name, version });
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
	from: string | undefined,
	options: { lexicon: string; all?: boolean },
): Promise<ExitStatus> {
	const { output } = cli;
	if ((from === undefined) !== (options.all ?? false)) {
		throw new OnwaxError("ERR_USAGE", "Say what to remove: FROM, or --all for the whole lexicon.");
	}
	return withApp(cli, async (app) => {
		const folder = app.library.layout.lexicons;
		if (from === undefined) {
			await takeOutOfUse(folder, options.lexicon);
			await noteSettings(app, { outOfUse: options.lexicon });
			output.value({ name: options.lexicon, removed: true });
			output.line(`${output.out.paint("yellow", "out of use")}  ${visible(options.lexicon)}`);
			output.note(`\`onwax lexicon undo ${visible(options.lexicon)}\` brings it back.`);
			return exitStatus.done;
		}
		const lexicon = await removeRule(folder, options.lexicon, from);
		await noteSettings(app, { lexicon: lexicon.name, version: lexicon.version });
		output.value(lexicon);
		output.line(`${output.out.paint("yellow", "removed")}  ${visible(from)}`);
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

import { InvalidArgumentError } from "commander";
import { noteSettings } from "../app/audit.ts";
import { historyOf, undoRules } from "../app/lexicon-rules.ts";
import type { LexiconRule } from "../lexicon/lexicon.ts";
import type { LexiconVersion } from "../lexicon/lexicon-history.ts";
import type { Cli } from "./command.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { withApp } from "./session.ts";
import { visible } from "./visible.ts";

/** `onwax lexicon history`: newest last, nearest to where one reads. */
export async function history(cli: Cli, name: string | undefined): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async ({ library }) => {
		const versions = await historyOf(library.layout.lexicons, name ?? null);
		if (versions.length === 0) {
			output.note("No lexicons yet: `onwax lexicon add FROM TO` begins one.");
		}
		let shown: string | null = null;
		for (const version of versions) {
			output.value(version);
			if (version.name !== shown) output.line(output.out.paint("bold", visible(version.name)));
			shown = version.name;
			writeVersion(cli, version);
		}
		return exitStatus.done;
	});
}

function writeVersion({ output }: Cli, one: LexiconVersion): void {
	const { out } = output;
	const { version, isInUse, restoredFrom, changes } = one;
	const notes = [
		...(restoredFrom === null ? [] : [`version ${restoredFrom} again`]),
		...(isInUse ? ["in use"] : []),
		...(changes === null ? ["cannot be read"] : []),
	];
	const more = notes.length > 0 ? `  ${out.paint("dim", notes.join(", "))}` : "";
	output.line(`  version ${version}${more}`);
	for (const rule of changes?.added ?? [])
		output.line(`    ${out.paint("green", "+")} ${ruleText(rule)}`);
	for (const rule of changes?.changed ?? []) {
		output.line(`    ${out.paint("yellow", "~")} ${ruleText(rule)}`);
	}
	for (const rule of changes?.removed ?? [])
		output.line(`    ${out.paint("red", "-")} ${ruleText(rule)}`);
}

function ruleText({ from, to, kind }: LexiconRule): string {
	const wanted = to === "" ? "(nothing)" : visible(to);
	return `${visible(from)}  →  ${wanted}${kind === "regex" ? "  regex" : ""}`;
}

export async function undo(cli: Cli, name: string, { to }: { to?: number }): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async (app) => {
		const folder = app.library.layout.lexicons;
		const { lexicon, from } = await undoRules(folder, name, to ?? null);
		await noteSettings(app, { lexicon: name, restoredFrom: from });
		output.value({ ...lexicon, restoredFrom: from });
		const what = `${visible(name)}  as in version ${from}, now version ${lexicon.version}`;
		output.line(`${output.out.paint("yellow", "back")}  ${what}`);
		output.note("It corrects new texts; `onwax lexicon apply --all` those that are there.");
		return exitStatus.done;
	});
}

export function parseVersion(text: string): number {
	if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
	throw new InvalidArgumentError(
		"A version is a whole number; `onwax lexicon history` shows them.",
	);
}

import type { Command } from "commander";
import { type Comparison, compareLayers, type Layer } from "../../app/compare.ts";
import { notFound, resolveRecording } from "../../app/resolve.ts";
import { changeLines } from "../change-line.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import type { Sheet } from "../output.ts";
import { referenceHelp } from "../references.ts";
import { withReading } from "../session.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";
import { wrap } from "../width.ts";

export const summary = "Compare what two engines heard, or a text with what was heard";

export const examples: Example[] = [
	["onwax diff last", "the two newest engines"],
	["onwax diff last --from openai --to sherpa", "two of your choice"],
	["onwax diff last --from original --to text", "what lexicons and edits changed"],
];

export type Options = { from?: string; to?: string; exact?: boolean };

export function define(command: Command, act: Act): void {
	const layer = "text, original, the name of an engine, or a file engine.….json";
	command
		.argument("<rec>", referenceHelp)
		.option("--from <layer>", `${layer}; the newest other one where it is left out`)
		.option("--to <layer>", "the same; what the text is made from where it is left out")
		.option("--exact", "capitals and punctuation count as well")
		.action(act(run));
}

export async function run(cli: Cli, reference: string, options: Options): Promise<ExitStatus> {
	const { from = null, to = null, exact = null } = options;
	return withReading(cli, async (reading) => {
		if (reading === null) throw notFound(reference);
		const recording = await resolveRecording(reading.catalogue, reference);
		const comparison = await compareLayers(reading.layout, recording, {
			...{ from, to, isExact: exact },
		});
		tell(cli, recording.metadata.name, comparison);
		return exitStatus.done;
	});
}

function tell({ output }: Cli, name: string, comparison: Comparison): void {
	const { from, to, isExact, errors, changes } = comparison;
	const { out, err } = output;
	output.value({ name, from: jsonOf(from), to: jsonOf(to), exact: isExact, ...errors, changes });
	for (const line of titleLines(out, "-", from)) output.line(out.paint("red", line));
	for (const line of titleLines(out, "+", to)) output.line(out.paint("green", line));
	if (changes.length > 0) output.line();
	const withTimes = changes.some(({ startSeconds }) => startSeconds !== null);
	for (const line of changes.flatMap((change) => changeLines(out, change, withTimes))) {
		output.line(line);
	}
	output.line();
	for (const line of wrap(summaryOf(comparison), out.columns)) output.line(line);
	if (isExact) return;
	const hint = "Capitals and punctuation are left out; --exact shows them.";
	for (const line of wrap(hint, err.columns)) output.note(line);
}

/** An error rate is an engine's: where one side is the text, somebody may have meant each change. */
function summaryOf({ from, to, errors, changes }: Comparison): string {
	const { words, substitutions, deletions, insertions, rate } = errors;
	const all = substitutions + deletions + insertions;
	if (all === 0) {
		return changes.length === 0 ? "No difference." : "The same words; only their spelling differs.";
	}
	if (words === 0) return `The first text has no words; the second one has ${insertions}.`;
	const kinds = [
		substitutions > 0 ? `${substitutions} replaced` : "",
		deletions > 0 ? `${deletions} left out` : "",
		insertions > 0 ? `${insertions} added` : "",
	].filter(Boolean);
	const counted = `f ${count(words, "word")}, ${kinds.join(", ")}.`;
	const isError = rate !== null && from.kind === "engine" && to.kind === "engine";
	return isError ? `Word error rate ${(rate * 100).toFixed(1)} %: o${counted}` : `O${counted}`;
}

/** On a terminal that is too narrow it goes on under where it began. */
function titleLines(out: Sheet, mark: string, layer: Layer): string[] {
	const title = titleOf(layer);
	const lines = out.isTerminal ? wrap(title, out.columns - 2) : [title];
	return lines.map((line, index) => `${index === 0 ? mark : " "} ${line}`);
}

function titleOf({ kind, engine, model, file }: Layer): string {
	const by = model === null ? visible(engine) : `${visible(engine)} (${visible(model)})`;
	return kind === "text" ? "the text as it stands" : `${by}  ${file}`;
}

function jsonOf({ kind, engine, model, file }: Layer) {
	return { layer: kind, engine, model, file };
}

import type { Command } from "commander";
import { type Comparison, compareLayers, type Layer } from "../../app/compare.ts";
import { notFound, resolveRecording } from "../../app/resolve.ts";
import { changeLine } from "../change-line.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { referenceHelp } from "../references.ts";
import { withReading } from "../session.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";

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
	const { out } = output;
	output.value({ name, from: jsonOf(from), to: jsonOf(to), exact: isExact, ...errors, changes });
	output.line(out.paint("red", `- ${titleOf(from)}`));
	output.line(out.paint("green", `+ ${titleOf(to)}`));
	if (changes.length > 0) output.line();
	const withTimes = changes.some(({ startSeconds }) => startSeconds !== null);
	for (const change of changes) output.line(changeLine(out, change, withTimes));
	output.line();
	output.line(summaryOf(comparison));
	if (!isExact) output.note("Capitals and punctuation are left out; --exact shows them.");
}

function summaryOf({ errors, changes }: Comparison): string {
	const { words, substitutions, deletions, insertions, rate } = errors;
	const all = substitutions + deletions + insertions;
	if (all === 0) {
		return changes.length === 0 ? "No difference." : "The same words; only their spelling differs.";
	}
	const kinds = [
		substitutions > 0 ? `${substitutions} replaced` : "",
		deletions > 0 ? `${deletions} left out` : "",
		insertions > 0 ? `${insertions} added` : "",
	].filter(Boolean);
	const percent = rate === null ? "" : `Word error rate ${(rate * 100).toFixed(1)} %: `;
	return `${percent}of ${count(words, "word")}, ${kinds.join(", ")}.`;
}

function titleOf({ kind, engine, model, file }: Layer): string {
	const by = model === null ? visible(engine) : `${visible(engine)} (${visible(model)})`;
	return kind === "text" ? "the text as it stands" : `${by}  ${file}`;
}

function jsonOf({ kind, engine, model, file }: Layer) {
	return { layer: kind, engine, model, file };
}

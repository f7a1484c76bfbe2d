import type { Command } from "commander";
import { validateRecordings } from "../../app/validate.ts";
import { OnwaxError } from "../../errors.ts";
import type { Finding } from "../../library/finding.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { bar, startProgress } from "../progress.ts";
import { findRecordings, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { count, formatSize } from "../size.ts";
import { visible } from "../visible.ts";

export const summary = "Read every byte and compare it with its checksum";

export const examples: Example[] = [
	["onwax validate --all", "the whole library; exit status 5 where something is damaged"],
	["onwax validate last", "one recording"],
	["onwax validate --all --repair", "put right what can be put right"],
];

export type Options = { all?: boolean; repair?: boolean };

export function define(command: Command, act: Act): void {
	command
		.argument("[rec...]", referenceHelp)
		.option("--all", "the whole library")
		.option("--repair", "put right what can be put right")
		.action(act(run));
}

export async function run(cli: Cli, references: string[], options: Options): Promise<ExitStatus> {
	const { output } = cli;
	const { all = false, repair = false } = options;
	if (references.length > 0 === all) {
		throw new OnwaxError("ERR_USAGE", "Say which recordings: REC... or --all.");
	}
	return withApp(cli, async (app) => {
		const { recordings, status } = all
			? { recordings: [], status: exitStatus.done }
			: await findRecordings(cli, app.library.catalogue, references);
		const names = all ? "all" : recordings.map(({ metadata }) => metadata.name);
		if (names.length === 0) return status;
		let [done, total] = [0, 1];
		const progress = startProgress(
			output,
			() => `${bar(done / Math.max(1, total), 16)}  ${formatSize(done)} of ${formatSize(total)}`,
		);
		const report = await validateRecordings(app, {
			names,
			repair,
			signal: cli.signal,
			onFinding: (found) => tell(cli, found),
			onProgress: (doneBytes, totalBytes) => {
				[done, total] = [doneBytes, totalBytes];
			},
		}).finally(() => progress.stop());
		const damaged = report.findings.filter(
			(found) => found.severity === "damaged" && !found.repaired,
		);
		const repaired = report.findings.filter((found) => found.repaired).length;
		const { recordings: looked, files, bytes } = report;
		output.note(
			`${count(looked, "recording")}, ${count(files, "file")}, ${formatSize(bytes)} read: ` +
				`${damaged.length === 0 ? "all is well" : `${count(damaged.length, "thing")} damaged`}` +
				`${repaired > 0 ? `, ${repaired} repaired` : ""}.`,
		);
		return combine([status, damaged.length > 0 ? exitStatus.damaged : exitStatus.done]);
	});
}

function tell({ output }: Cli, found: Finding): void {
	const { out } = output;
	output.value(found);
	const [word, style] = found.repaired
		? (["repaired", "green"] as const)
		: found.severity === "damaged"
			? (["damaged ", "red"] as const)
			: (["note    ", "yellow"] as const);
	const where = [found.recording, found.file].filter((one) => one !== null).join("/");
	output.line(`${out.paint(style, word)}  ${visible(where)}  ${visible(found.message)}`);
	if (found.hint !== null) {
		output.line(`          ${out.paint("dim", visible(found.hint))}`);
	}
}

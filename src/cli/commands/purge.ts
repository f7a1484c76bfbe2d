import type { Command } from "commander";
import { noteAtTerminal } from "../../app/audit.ts";
import type { App } from "../../app/open-app.ts";
import { purgeRecordings, requireTrashed } from "../../app/purge.ts";
import { OnwaxError } from "../../errors.ts";
import { audioFileFacts, type Recording } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { confirm } from "../confirm.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import { writeTable } from "../recording-row.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { count, formatSize } from "../size.ts";

export const summary = "Destroy what is in the trash, for good";

export const examples: Example[] = [
	["onwax purge 2026-11-20_19-03", "asks first"],
	["onwax purge --all --yes", "empties the trash without asking"],
];

export type Options = { all?: boolean; yes?: boolean };

export function define(command: Command, act: Act): void {
	command
		.argument("[rec...]", `${referenceHelp}; only from the trash`)
		.option("--all", "everything in the trash")
		.option("-y, --yes", "do not ask")
		.action(act(run));
}

export async function run(cli: Cli, references: string[], options: Options): Promise<ExitStatus> {
	const { output } = cli;
	if (references.length > 0 === (options.all ?? false)) {
		throw new OnwaxError("ERR_USAGE", "Say which recordings: REC... or --all.", {
			hint: "`onwax list --status deleted` shows what is in the trash.",
		});
	}
	return withApp(cli, async (app) => {
		const { catalogue } = app.library;
		const doomed: Recording[] = [];
		const status = options.all
			? exitStatus.done
			: await eachRecording(cli, catalogue, references, async (recording) => {
					requireTrashed(recording.metadata);
					doomed.push(recording);
					return exitStatus.done;
				});
		if (options.all) doomed.push(...(await everythingInTrash(app)));
		if (doomed.length === 0) {
			if (status === exitStatus.done) output.note("The trash is empty.");
			return status;
		}
		if (!options.yes && !(await isConfirmed(cli, doomed))) {
			output.note("Nothing was destroyed.");
			return combine([status, exitStatus.failed]);
		}
		const purged: string[] = [];
		try {
			await purgeRecordings(
				app,
				doomed,
				(name) => {
					purged.push(name);
					output.value({ name, purged: true });
					output.line(`${output.out.paint("red", "purged")}  ${name}`);
				},
				cli.signal,
			);
		} finally {
			await noteAtTerminal(app, "purge", purged);
		}
		return status;
	});
}

async function everythingInTrash({ library }: App): Promise<Recording[]> {
	const found: Recording[] = [];
	for (let before: string | undefined; ; ) {
		const page = await library.catalogue.list({ status: "deleted", limit: 500, before });
		found.push(...page.recordings);
		if (page.next === null) return found;
		before = page.next;
	}
}

async function isConfirmed(cli: Cli, doomed: readonly Recording[]): Promise<boolean> {
	writeTable(cli.output, doomed);
	const bytes = doomed.reduce((sum, { metadata }) => sum + audioFileFacts(metadata).sizeBytes, 0);
	const what = `${count(doomed.length, "recording")} (${formatSize(bytes)})`;
	return confirm(cli, `Destroy ${what} for good?`);
}

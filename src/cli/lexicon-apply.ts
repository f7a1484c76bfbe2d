import { applyToTexts } from "../app/apply-to-library.ts";
import { openNotes } from "../app/audit.ts";
import { inBulk } from "../app/bulk.ts";
import { changesIn } from "../app/compare.ts";
import type { App } from "../app/open-app.ts";
import type { Reapplied } from "../app/reapply-lexicons.ts";
import { namesIn } from "../app/retry.ts";
import { undoApplying } from "../app/undo-applying.ts";
import { OnwaxError } from "../errors.ts";
import { changeLines } from "./change-line.ts";
import type { Cli } from "./command.ts";
import { combine, type ExitStatus, exitStatus } from "./exit-status.ts";
import { startProgress } from "./progress.ts";
import { eachRecording, tellFailure } from "./references.ts";
import { withApp } from "./session.ts";
import { count } from "./size.ts";
import { formatDate } from "./when.ts";

export type ApplyOptions = { all?: boolean; undo?: boolean; dryRun?: boolean };

/** `onwax lexicon apply`: one bulk operation at a time, so that each has its own record of what it did. */
export async function apply(
	cli: Cli,
	references: string[],
	{ all = false, undo = false, dryRun = false }: ApplyOptions,
): Promise<ExitStatus> {
	const ways = [references.length > 0, all, undo].filter(Boolean).length;
	if (ways !== 1) {
		throw new OnwaxError("ERR_USAGE", "Say which texts: REC..., --all, or --undo.", {
			hint: "--undo gives back the texts that the last application changed.",
		});
	}
	return withApp(cli, (app) => {
		const work = async () => {
			if (undo) return giveBack(cli, app, dryRun);
			if (all) return applyTo(cli, app, await namesIn(app, ["success"]), dryRun);
			const names: string[] = [];
			const status = await eachRecording(cli, app.library.catalogue, references, async (one) => {
				names.push(one.metadata.name);
				return exitStatus.done;
			});
			return combine([status, await applyTo(cli, app, names, dryRun)]);
		};
		return dryRun ? work() : inBulk(app, work);
	});
}

async function applyTo(
	cli: Cli,
	app: App,
	names: readonly string[],
	dryRun: boolean,
): Promise<ExitStatus> {
	const { output, signal } = cli;
	const statuses: ExitStatus[] = [];
	const notes = openNotes(app);
	const detail = { fields: ["lexicons"] };
	let line = "";
	const progress = startProgress(output, () => line);
	try {
		const changed = await applyToTexts(app, names, {
			...{ dryRun, signal },
			onProgress: (phase, done, total) => {
				line = `${phase === "looking" ? "looked at" : "changed"} ${done} of ${total}`;
			},
			onReapplied: (result) => {
				tellChange(cli, result, dryRun);
				if (!dryRun) notes.note("edit", { recording: result.name, detail });
			},
			onLeft: (name) => output.note(`${name}: left alone; it has been changed meanwhile.`),
			onFailed: (name, error) => statuses.push(tellFailure(cli, error, name)),
		});
		progress.stop();
		const verb = dryRun ? "would change" : "changed";
		output.note(`${changed} of ${count(names.length, "text")} ${verb}.`);
		if (changed > 0 && !dryRun) output.note("`onwax lexicon apply --undo` changes it back.");
		return combine(statuses);
	} finally {
		progress.stop();
		await notes.written();
	}
}

async function giveBack(cli: Cli, app: App, dryRun: boolean): Promise<ExitStatus> {
	const { output, signal } = cli;
	const { out } = output;
	const statuses: ExitStatus[] = [];
	let line = "";
	const notes = openNotes(app);
	const detail = { fields: ["lexicons"], undo: true };
	let restoredCount = 0;
	let leftCount = 0;
	const progress = startProgress(output, () => line);
	try {
		const startedAt = await undoApplying(app, {
			...{ dryRun, signal },
			onProgress: (done, total) => {
				line = `${done} of ${total}`;
			},
			onRestored: (name, restored) => {
				output.value({ name, restored, applied: !dryRun });
				if (restored === "restored") {
					restoredCount += 1;
					if (!dryRun) notes.note("edit", { recording: name, detail });
					output.line(`${out.paint("yellow", dryRun ? "would be restored" : "restored")}  ${name}`);
				} else if (restored === "changed") {
					leftCount += 1;
					output.note(`${name}: left alone; it has been changed by something else since.`);
				}
			},
			onFailed: (name, error) => statuses.push(tellFailure(cli, error, name)),
		});
		progress.stop();
		const what = `${count(restoredCount, "text")} ${dryRun ? "would be restored" : "restored"}`;
		const left = leftCount > 0 ? `, ${leftCount} left alone` : "";
		output.note(`${what}${left}: as before the application of ${formatDate(startedAt)}.`);
		return combine(statuses);
	} finally {
		progress.stop();
		await notes.written();
	}
}

/** The places that differ, each with a few words around it. */
function tellChange({ output }: Cli, result: Reapplied, dryRun: boolean): void {
	const { out } = output;
	const { name, before, after, replacements } = result;
	const edited = after.edit !== null;
	const texts = { before: before.text, after: after.text };
	output.value({ name, ...texts, replacements, edited, applied: !dryRun });
	output.line(out.paint("bold", name) + (edited ? out.paint("dim", "  (under your edit)") : ""));
	if (output.json) return;
	for (const line of changesIn(result).flatMap((change) => changeLines(out, change, false))) {
		output.line(line);
	}
}

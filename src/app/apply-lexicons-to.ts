import type { OnwaxError } from "../errors.ts";
import { applyToTexts } from "./apply-to-library.ts";
import { inBulk } from "./bulk.ts";
import type { App } from "./open-app.ts";
import { namesIn } from "./retry.ts";
import { undoApplying } from "./undo-applying.ts";

/** What came of applying the lexicons to texts that are there, or of taking that back. */
export type AppliedReport = {
	dryRun: boolean;
	/** How many texts were looked at. */
	texts: number;
	changed: number;
	/** Changed by something else meanwhile, and left alone. */
	left: string[];
	failed: { name: string; code: string; message: string }[];
	/** The first ones. */
	changes: { name: string; replacements: number; before: string; after: string }[];
};

const mostChangesTold = 100;

/**
 * Applies the lexicons to these texts, or to all; one such thing at a time.
 *
 * @throws ERR_LIBRARY_BUSY; ERR_LEXICON where a lexicon cannot be read, and then nothing is changed
 */
export async function applyLexiconsTo(
	app: App,
	names: readonly string[] | "all",
	{ dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<AppliedReport> {
	const work = async () => {
		const wanted = names === "all" ? await namesIn(app, ["success"]) : names;
		const report = emptyReport(dryRun);
		report.texts = wanted.length;
		report.changed = await applyToTexts(app, wanted, {
			...{ dryRun, signal },
			onProgress: () => {},
			onReapplied({ name, replacements, before, after }) {
				if (report.changes.length >= mostChangesTold) return;
				const texts = { before: before.text, after: after.text };
				report.changes.push({ name, replacements, ...texts });
			},
			onLeft: (name) => report.left.push(name),
			onFailed: (name, error) => report.failed.push(failureOf(name, error)),
		});
		return report;
	};
	return dryRun ? work() : inBulk(app, work);
}

/** Takes the last application back. @throws ERR_STATE where there is none; ERR_LIBRARY_BUSY */
export async function undoLexiconsApplied(
	app: App,
	{ dryRun, signal }: { dryRun: boolean; signal: AbortSignal },
): Promise<AppliedReport> {
	const work = async () => {
		const report = emptyReport(dryRun);
		await undoApplying(app, {
			...{ dryRun, signal },
			onProgress(_done, total) {
				report.texts = total;
			},
			onRestored(name, restored) {
				if (restored === "restored") report.changed += 1;
				if (restored === "changed") report.left.push(name);
			},
			onFailed: (name, error) => report.failed.push(failureOf(name, error)),
		});
		return report;
	};
	return dryRun ? work() : inBulk(app, work);
}

function emptyReport(dryRun: boolean): AppliedReport {
	return { dryRun, texts: 0, changed: 0, left: [], failed: [], changes: [] };
}

function failureOf(name: string, { code, message }: OnwaxError) {
	return { name, code, message };
}

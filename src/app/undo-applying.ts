import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Application } from "../lexicon/application.ts";
import { applicationsToUndo, writeApplication } from "../lexicon/application-file.ts";
import type { App } from "./open-app.ts";
import { type Restored, restoreText } from "./restore-text.ts";

export type UndoTelling = {
	onProgress: (done: number, total: number) => void;
	onRestored: (name: string, restored: Restored) => void;
	onFailed: (name: string, error: OnwaxError) => void;
};

/**
 * Takes the newest application back that was not taken back yet: each text becomes what it was, byte
 * for byte, and below an edit what the edit stands on, unless something else has changed it since.
 * Cut short, it is gone on with the next time. One that left texts alone can be tried again; as long
 * as there is nothing that it would restore, it is the turn of the one before.
 *
 * @returns when the application began
 * @throws ERR_STATE where there is nothing to take back
 */
export async function undoApplying(
	app: App,
	{ dryRun, signal, ...tell }: { dryRun: boolean; signal: AbortSignal } & UndoTelling,
): Promise<string> {
	const folder = app.library.layout.lexicons;
	const applications = await nextToUndo(app, folder);
	const total = applications.reduce((sum, { recordings }) => sum + recordings.length, 0);
	let done = 0;
	for (const application of applications) {
		let isWorthAnotherTry = false;
		let isLeftAlone = false;
		for (const appliedTo of application.recordings) {
			signal.throwIfAborted();
			tell.onProgress(done, total);
			done += 1;
			try {
				const restored = await restoreText(app, appliedTo, dryRun);
				isLeftAlone ||= restored === "changed";
				tell.onRestored(appliedTo.name, restored);
			} catch (thrown) {
				const error = toOnwaxError(thrown);
				isWorthAnotherTry ||= error.code !== "ERR_DAMAGED";
				tell.onFailed(appliedTo.name, error);
			}
		}
		if (dryRun || isWorthAnotherTry) continue;
		const at = new Date().toISOString();
		const outcome = isLeftAlone ? { undoTriedAt: at } : { undoneAt: at };
		await writeApplication(folder, { ...application, ...outcome });
	}
	const first = applications.at(-1);
	if (first) return first.startedAt;
	throw new OnwaxError("ERR_STATE", "No application of the lexicons is left to undo.", {
		hint: "`onwax lexicon undo` takes back a change of a lexicon itself.",
	});
}

/** The newest, and what it continues; one that was tried before only where that would do something now. */
async function nextToUndo(app: App, folder: string): Promise<Application[]> {
	const passedOver = new Set<string>();
	for (;;) {
		const applications = await applicationsToUndo(folder, passedOver);
		const isTried = applications.some(({ undoTriedAt }) => undoTriedAt !== undefined);
		if (!isTried || (await wouldRestore(app, applications))) return applications;
		for (const { id } of applications) passedOver.add(id);
	}
}

async function wouldRestore(app: App, applications: readonly Application[]): Promise<boolean> {
	for (const { recordings } of applications) {
		for (const appliedTo of recordings) {
			// What cannot be read now keeps nobody from the applications before.
			const would = await restoreText(app, appliedTo, true).catch(() => null);
			if (would === "restored") return true;
		}
	}
	return false;
}

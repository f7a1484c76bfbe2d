import { type OnwaxError, toOnwaxError } from "../errors.ts";
import type { Application, AppliedTo } from "../lexicon/application.ts";
import {
	applicationId,
	applicationsToUndo,
	writeApplication,
} from "../lexicon/application-file.ts";
import type { Lexicon } from "../lexicon/lexicon.ts";
import { readLexicons } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { planReapplying, type Reapplied, reapply } from "./reapply-lexicons.ts";

export type ApplyTelling = {
	/** `looking`: what would change. `changing`: the texts for which something does. */
	onProgress: (phase: "looking" | "changing", done: number, total: number) => void;
	onReapplied: (result: Reapplied) => void;
	/** Something else changed it since it was looked at. */
	onLeft: (name: string) => void;
	onFailed: (name: string, error: OnwaxError) => void;
};

/**
 * Applies the lexicons as they are now to texts that are there. First all of them are looked at,
 * then what is to become of each is written down, then they are changed: so it can be undone
 * whenever it ends, be it by a crash.
 *
 * @returns how many texts it changed, or with `dryRun` would change
 * @throws ERR_LEXICON where a lexicon cannot be read; nothing is changed then
 */
export async function applyToTexts(
	app: App,
	names: readonly string[],
	{ dryRun, signal, ...tell }: { dryRun: boolean; signal: AbortSignal } & ApplyTelling,
): Promise<number> {
	const lexicons = await lexiconsInUse(app);
	const planned: AppliedTo[] = [];
	for (const [index, name] of names.entries()) {
		signal.throwIfAborted();
		tell.onProgress("looking", index, names.length);
		try {
			const recording = await app.library.catalogue.get(name);
			const plan = recording && (await planReapplying(app, recording, lexicons));
			if (!plan) continue;
			if (dryRun) tell.onReapplied(plan.reapplied);
			planned.push(plan.appliedTo);
		} catch (thrown) {
			tell.onFailed(name, toOnwaxError(thrown));
		}
	}
	if (dryRun) return planned.length;
	if (planned.length === 0) {
		// Whatever was cut short before has been gone on with by now.
		const [newest] = await applicationsToUndo(app.library.layout.lexicons);
		if (newest?.finishedAt === null) await finish(app, newest);
		return 0;
	}
	const application = await begin(app, lexicons, planned);
	let changed = 0;
	for (const [index, appliedTo] of planned.entries()) {
		signal.throwIfAborted();
		tell.onProgress("changing", index, planned.length);
		try {
			const result = await reapply(app, appliedTo, lexicons);
			if (result === null) tell.onLeft(appliedTo.name);
			else tell.onReapplied(result);
			if (result !== null) changed += 1;
		} catch (thrown) {
			tell.onFailed(appliedTo.name, toOnwaxError(thrown));
		}
	}
	await finish(app, application);
	return changed;
}

async function finish(app: App, application: Application): Promise<void> {
	const finishedAt = new Date().toISOString();
	await writeApplication(app.library.layout.lexicons, { ...application, finishedAt });
}

async function lexiconsInUse(app: App): Promise<Lexicon[]> {
	if (!app.config.lexicon.enabled) return [];
	const { lexicons, broken } = await readLexicons(app.library.layout.lexicons);
	for (const { error } of broken) throw error;
	return lexicons;
}

async function begin(
	app: App,
	lexicons: readonly Lexicon[],
	recordings: AppliedTo[],
): Promise<Application> {
	const folder = app.library.layout.lexicons;
	const [newest] = await applicationsToUndo(folder);
	const startedAt = new Date().toISOString();
	const application: Application = {
		format: 1,
		id: applicationId(startedAt),
		startedAt,
		finishedAt: null,
		undoneAt: null,
		continues: newest !== undefined && newest.finishedAt === null ? newest.id : null,
		lexicons: lexicons.map(({ name, version }) => ({ name, version })),
		recordings,
	};
	await writeApplication(folder, application);
	return application;
}

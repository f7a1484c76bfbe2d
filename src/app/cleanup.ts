import { join } from "node:path";
import type { Deed } from "../audit/audit.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { changeRecording } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import { purgeRecording } from "../library/remove.ts";
import type { Metadata } from "../recording.ts";
import { type Notes, openNotes } from "./audit.ts";
import { inBulk } from "./bulk.ts";
import { rememberRun, requirePlausibleClock } from "./cleanup-clock.ts";
import { rememberCleanup } from "./cleanup-record.ts";
import { snapshotBeforePurge } from "./destruction-snapshot.ts";
import type { App } from "./open-app.ts";
import {
	configuredRetention,
	deletesAnything,
	dueFor,
	lastTouchedAt,
	type Retention,
	retentionOf,
} from "./retention.ts";

export type CleanupOptions = {
	/** For successful and failed recordings alike, in place of the configuration's ages. */
	olderThanDays: number | null;
	/** Says what would go, and changes nothing. */
	dryRun: boolean;
	signal: AbortSignal;
	now?: Date;
	/** Who lets go of them, for the audit log; left out: nobody, it is done by itself. */
	by?: Pick<Deed, "caller" | "address">;
};

export type CleanupReport = {
	scanned: number;
	/** Moved to the trash. */
	trashed: { name: string; reason: string }[];
	/** Destroyed: it had been in the trash for long enough. */
	purged: { name: string; reason: string }[];
	bytesFreed: number;
	errors: { name: string; message: string }[];
};

type Candidate = { metadata: Metadata; action: "trash" | "purge"; reason: string };

const pageSize = 500;

/**
 * Lets go of what is older than the retention says (docs/retention.md): into the trash, and out of
 * the trash for good only what lay there for long enough before this run. Runs alone among bulk
 * operations (D0.12).
 *
 * @throws ERR_LIBRARY_BUSY where another bulk operation runs; ERR_STATE where the clock is not to be
 *   trusted, and then nothing was deleted
 */
export async function cleanup(app: App, options: CleanupOptions): Promise<CleanupReport> {
	if (options.olderThanDays !== null && !(options.olderThanDays >= 0)) {
		throw new OnwaxError("ERR_USAGE", "An age is a number of days, from 0 on.");
	}
	const notes = openNotes(app, options.by ?? { caller: null });
	try {
		return await inBulk(app, () => cleanUnderLock(app, options, notes));
	} finally {
		await notes.written();
	}
}

/** After an import, where the configuration asks for it; null where another one is at work already. */
export async function autoCleanup(app: App, signal: AbortSignal): Promise<CleanupReport | null> {
	if (!app.config.autoCleanup) return null;
	try {
		return await cleanup(app, { olderThanDays: null, dryRun: false, signal });
	} catch (error) {
		if (error instanceof OnwaxError && error.code === "ERR_LIBRARY_BUSY") return null;
		throw error;
	}
}

async function cleanUnderLock(
	app: App,
	options: CleanupOptions,
	notes: Notes,
): Promise<CleanupReport> {
	const { library, config } = app;
	const { signal, dryRun, now = new Date() } = options;
	const configured = configuredRetention(config, options.olderThanDays);
	const report: CleanupReport = { scanned: 0, trashed: [], purged: [], bytesFreed: 0, errors: [] };
	const { candidates, newestAt } = await findDue(library, configured, now, report, signal);
	const statePath = join(library.layout.backups, "cleanup-state.json");
	const deletes = candidates.length > 0 || deletesAnything(configured);
	if (deletes) await requirePlausibleClock(statePath, newestAt, now);
	const doomed = candidates.filter(({ action }) => action === "purge");
	if (doomed.length > 0 && !dryRun) {
		await snapshotBeforePurge(
			library,
			doomed.map(({ metadata }) => metadata),
		);
	}
	for (const { metadata, action, reason } of candidates) {
		signal.throwIfAborted();
		const { name } = metadata;
		try {
			const isDone = dryRun || (await carryOut(library, metadata, configured, now));
			if (!isDone) continue;
			if (!dryRun) notes.note(action, { recording: name, detail: { reason } });
			(action === "purge" ? report.purged : report.trashed).push({ name, reason });
			if (action === "purge") report.bytesFreed += sizeOf(metadata);
		} catch (error) {
			report.errors.push({ name, message: toOnwaxError(error).message });
		}
	}
	if (deletes && !dryRun) await rememberRun(statePath, now);
	if (!dryRun) {
		await rememberCleanup(library.layout, {
			at: now.toISOString(),
			scanned: report.scanned,
			deleted: report.trashed.length + report.purged.length,
			failed: report.errors.length,
			errors: report.errors.map(({ name, message }) => `${name}: ${message}`),
			bytesFreed: report.bytesFreed,
		});
	}
	return report;
}

/** Memory holds what is due, and one page of the rest. */
async function findDue(
	library: Library,
	configured: Retention,
	now: Date,
	report: CleanupReport,
	signal: AbortSignal,
): Promise<{ candidates: Candidate[]; newestAt: string | null }> {
	const candidates: Candidate[] = [];
	let newestAt: string | null = null;
	for (const status of [undefined, "deleted"] as const) {
		for (let before: string | undefined; ; ) {
			signal.throwIfAborted();
			const page = await library.catalogue.list({ status, limit: pageSize, before });
			for (const { metadata } of page.recordings) {
				report.scanned += 1;
				const touchedAt = lastTouchedAt(metadata);
				if (newestAt === null || Date.parse(touchedAt) > Date.parse(newestAt)) newestAt = touchedAt;
				const retention = retentionOf(metadata, configured);
				if (retention === null) {
					const message = `its retention “${metadata.retention}” is not understood; it is kept`;
					report.errors.push({ name: metadata.name, message });
					continue;
				}
				const due = dueFor(metadata, retention, now);
				if (due) candidates.push({ metadata, ...due });
			}
			if (page.next === null) break;
			before = page.next;
		}
	}
	return { candidates, newestAt };
}

/** Decided again while the recording is held: it may have been restored, retried or edited meanwhile. */
async function carryOut(
	library: Library,
	{ name, deletedAt }: Metadata,
	configured: Retention,
	now: Date,
): Promise<boolean> {
	if (deletedAt !== null) {
		const current = await library.catalogue.get(name);
		if (current?.metadata.deletedAt !== deletedAt) return false;
		await purgeRecording(library, name);
		return true;
	}
	let isTrashed = false;
	await changeRecording(library, name, async ({ metadata }) => {
		const retention = retentionOf(metadata, configured);
		if (retention === null || dueFor(metadata, retention, now)?.action !== "trash") return null;
		isTrashed = true;
		return { fields: { deletedAt: now.toISOString() } };
	});
	return isTrashed;
}

function sizeOf(metadata: Metadata): number {
	return Object.values(metadata.files).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

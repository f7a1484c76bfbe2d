import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../errors.ts";
import type { Shelf, Source, State } from "../recording.ts";
import { type DiskState, diskState } from "./disk.ts";
import type { App } from "./open-app.ts";

export type Amount = { recordings: number; sizeBytes: number; durationSeconds: number };

export type StorageUse = {
	disk: DiskState;
	/** Kept recordings. */
	total: Amount;
	byShelf: (Amount & { shelf: Shelf })[];
	byState: (Amount & { state: State })[];
	bySource: (Amount & { source: Source })[];
	/** Oldest first, without empty ones. */
	byMonth: (Amount & { month: string })[];
	trash: Amount;
	others: {
		catalogueBytes: number;
		backupBytes: number;
		logBytes: number;
		modelBytes: number;
		/** Begun and not finished. */
		unfinishedBytes: number;
	};
	forecast: { bytesPerDay: number; daysLeft: number | null };
};

const forecastDays = 30;
/** Further ahead than this, nobody knows. */
const mostDaysLeft = 3650;

/** What takes how much space; reads the sizes of all files beside the recordings. */
export async function storageUse({ library, config }: App, now = new Date()): Promise<StorageUse> {
	const { layout, catalogue } = library;
	const total = nothing();
	const trash = nothing();
	const states = new Map<State, Amount>();
	for (const count of await catalogue.counts()) {
		if (count.status === "deleted") {
			add(trash, count);
			continue;
		}
		add(total, count);
		add(amountOf(states, count.state), count);
	}
	const sources = new Map<Source, Amount>();
	const months = new Map<string, Amount>();
	for (const count of await catalogue.months()) {
		if (count.status === "deleted") continue;
		add(amountOf(sources, count.source), count);
		add(amountOf(months, count.month), count);
	}
	const byState = Array.from(states, ([state, amount]) => ({ state, ...amount }));
	const disk = await diskState(layout.data, config.minFreeSpaceMb * 1e6);
	const since = new Date(now.getTime() - forecastDays * 86_400_000);
	const bytesPerDay = (await catalogue.bytesSince(since)) / forecastDays;
	const daysLeft = Math.max(0, disk.freeBytes - disk.reserveBytes) / bytesPerDay;
	const catalogueFiles = ["", "-wal", "-shm"].map((end) => `${layout.catalogue}${end}`);
	const unfinished = [layout.incoming, layout.unfinished, join(layout.data, "uploads")];
	return {
		disk,
		total,
		// What is kept lies on the shelf of its state.
		byShelf: [
			...byState.map(({ state, ...amount }) => ({ shelf: state, ...amount })),
			{ shelf: "trash" as const, ...trash },
		],
		byState,
		bySource: Array.from(sources, ([source, amount]) => ({ source, ...amount })),
		byMonth: Array.from(months, ([month, amount]) => ({ month, ...amount })),
		trash,
		others: {
			catalogueBytes: await sizeOf(catalogueFiles),
			backupBytes: await sizeOf([layout.backups]),
			logBytes: await sizeOf([layout.logs]),
			modelBytes: await sizeOf([layout.models]),
			unfinishedBytes: await sizeOf(unfinished),
		},
		forecast: { bytesPerDay, daysLeft: daysLeft < mostDaysLeft ? daysLeft : null },
	};
}

function nothing(): Amount {
	return { recordings: 0, sizeBytes: 0, durationSeconds: 0 };
}

function amountOf<Key>(amounts: Map<Key, Amount>, key: Key): Amount {
	const amount = amounts.get(key) ?? nothing();
	amounts.set(key, amount);
	return amount;
}

function add(to: Amount, { recordings, sizeBytes, durationSeconds }: Amount): void {
	to.recordings += recordings;
	to.sizeBytes += sizeBytes;
	to.durationSeconds += durationSeconds;
}

/** Of files, and of all files in folders; what is not there, or goes meanwhile, counts nothing. */
async function sizeOf(paths: readonly string[]): Promise<number> {
	let bytes = 0;
	for (const path of paths) {
		try {
			const facts = await stat(path);
			if (facts.isFile()) bytes += facts.size;
			if (!facts.isDirectory()) continue;
			for (const entry of await readdir(path, { withFileTypes: true })) {
				if (!entry.isSymbolicLink()) bytes += await sizeOf([join(path, entry.name)]);
			}
		} catch (error) {
			if (systemErrorCode(error) !== "ENOENT") throw error;
		}
	}
	return bytes;
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AppendLog, openAppendLog } from "../durable/append-log.ts";
import type { Ballast } from "../durable/ballast.ts";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
import { segmentFilename } from "../library/capture-segments.ts";
import { createFrameQueue } from "./frame-queue.ts";

export type CaptureLogOptions = {
	folder: string;
	/** Stands before the samples of every segment. */
	header: Uint8Array;
	frameBytes: number;
	/** A segment that has grown to this is followed by a new one. */
	segmentBytes: number;
	/** What has come goes to the disk so often. */
	syncEverySeconds: number;
	/** Given up when the disk is full; null where there was no space for one. */
	ballast: Ballast | null;
	/** The disk refused a write or a sync. What it may have lost is written again, and tried until it holds. */
	onTrouble(error: OnwaxError): void;
	/** After trouble: all that has come is on the disk. */
	onTroubleOver(): void;
};

/**
 * Where the frames of a recording in progress go. Nothing is forgotten before it is synced: what is
 * not stays in memory, and where the disk fails a write or a sync it is written again, to a new
 * segment (never to the same file: the kernel may have dropped the pages and called them clean;
 * fsync, ATC'20).
 */
export type CaptureLog = {
	/** Takes whole frames; the bytes are the log's from now on. Never throws. */
	append(frames: Buffer): void;
	/** Digital silence, in place of what could not be heard. */
	appendSilence(frames: number): void;
	/** Frames taken, handed to the kernel, and proof against a power cut. */
	readonly appendedFrames: number;
	readonly writtenFrames: number;
	readonly syncedFrames: number;
	/** On disk, all segments together. */
	readonly sizeBytes: number;
	/** Taken, and not yet handed to the kernel. */
	readonly waitingBytes: number;
	/** In memory because the disk has not confirmed them. */
	readonly heldBytes: number;
	/**
	 * Writes, syncs and closes. Where the disk still refuses after `patienceMs`, throws its error, and
	 * `unsynced()` is what it did not take.
	 */
	seal(patienceMs: number): Promise<void>;
	/** All frames that are not proof against a power cut: those from `syncedFrames` on. */
	unsynced(): Buffer[];
};

const retryMs = 500;
const longestSyncPauseMs = 8000;
/** No microphone reaches this between two syncs: at 192 kHz stereo it takes five seconds. */
const syncAtBytes = 4 * 1024 * 1024;
const mostUnsyncedBytes = 32 * 1024 * 1024;

export async function openCaptureLog(options: CaptureLogOptions): Promise<CaptureLog> {
	const { folder, header, frameBytes, segmentBytes, ballast } = options;
	const queue = createFrameQueue(frameBytes);
	/** What left segments had not synced: goes to the next one, before what waits. */
	let again: Buffer[] = [];
	let segment: AppendLog | null = null;
	let path = "";
	/** The first frame of this segment; where there is none, of the next. */
	let startFrame = 0;
	let earlierBytes = 0;
	/** Why the last segment was left, and how many times that has happened. */
	let refusal: { why: "error" | "full"; count: number } | null = null;
	/** A segment that was left with nothing synced in it: all it had is in `again`. */
	let worthless: string | null = null;
	let trouble: unknown = null;
	let pumping: Promise<void> | null = null;
	let syncing: Promise<void> | null = null;
	let failedSyncs = 0;
	let syncTimer: NodeJS.Timeout | undefined;
	let giveUpAt = Number.POSITIVE_INFINITY;
	let wake: () => void = () => {};

	segment = await openSegment();
	scheduleSync();

	async function openSegment(): Promise<AppendLog> {
		path = join(folder, segmentFilename(startFrame, refusal));
		const log = await openAppendLog(path, { syncEverySeconds: Number.POSITIVE_INFINITY });
		try {
			await log.append(Buffer.from(header));
		} catch (error) {
			await log.abandon().catch(() => undefined);
			await rm(path, { force: true }).catch(() => undefined);
			throw error;
		}
		return log;
	}

	/** Bytes of samples among the first `bytes` of the segment. */
	const samplesIn = (bytes: number) => Math.max(0, bytes - header.length);
	const framesOnDisk = (bytes: number) => startFrame + samplesIn(bytes) / frameBytes;

	/** What the segment holds in memory; its header is not worth keeping. */
	function samplesHeldBy(log: AppendLog): Buffer[] {
		return log.unsynced().slice(log.syncedBytes === 0 ? 1 : 0) as Buffer[];
	}

	/** The disk failed this segment: it counts as far as it was synced, the rest is written again. */
	function leave(log: AppendLog, why: "error" | "full"): void {
		again = [...samplesHeldBy(log), ...again];
		startFrame = framesOnDisk(log.syncedBytes);
		earlierBytes += log.syncedBytes;
		if (samplesIn(log.syncedBytes) === 0) worthless = path;
		refusal = { why, count: (refusal?.count ?? 0) + 1 };
		segment = null;
		// Nothing hangs on it any more, and what it would say has been said.
		log.abandon().catch(() => undefined);
	}

	/** Hands over what waits, one write after the other. */
	async function pump(): Promise<void> {
		while (queue.bytes > 0 || again.length > 0) {
			let log: AppendLog | null = segment;
			try {
				log ??= segment = await openSegment();
				const held = again.shift();
				if (held) await log.append(held);
				else if (log.sizeBytes >= segmentBytes) await roll(log);
				else {
					await log.append(queue.take());
					await syncByAmount(log);
				}
				if (again.length === 0) await removeWorthless();
			} catch (error) {
				// A sync beside this met the same error, and what was appended is in `again`.
				if (log !== null && segment !== log) continue;
				await refused(error);
				if (performance.now() >= giveUpAt) throw error;
			}
		}
	}

	/** From a device that runs fast more comes between two syncs than memory is to hold. */
	async function syncByAmount(log: AppendLog): Promise<void> {
		const heldBytes = log.sizeBytes - log.syncedBytes;
		// A disk in trouble is asked by the clock alone, and must not keep frames from the kernel.
		if (trouble !== null || heldBytes < syncAtBytes) return;
		const done = sync();
		if (heldBytes >= mostUnsyncedBytes) await done;
	}

	/** What it had has been written again: without this, a disk that never syncs would fill with copies. */
	async function removeWorthless(): Promise<void> {
		const left = worthless;
		worthless = null;
		if (left !== null) await rm(left, { force: true }).catch(() => undefined);
	}

	async function roll(log: AppendLog): Promise<void> {
		await log.sync();
		startFrame = framesOnDisk(log.sizeBytes);
		earlierBytes += log.sizeBytes;
		segment = null;
		// All of it is on the disk: closing has nothing to add.
		log.abandon().catch(() => undefined);
	}

	function report(error: unknown): void {
		if (trouble === null) options.onTrouble(toOnwaxError(error, "ERR_IO"));
		trouble = error;
	}

	async function refused(error: unknown): Promise<void> {
		const full = toOnwaxError(error).code === "ERR_DISK_FULL";
		if (segment !== null) leave(segment, full ? "full" : "error");
		report(error);
		// With the ballast gone there is room for what is in memory: go on at once.
		if (full && (await dropBallast())) return;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, retryMs);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	async function dropBallast(): Promise<boolean> {
		return (await ballast?.drop().catch(() => false)) ?? false;
	}

	function start(): void {
		pumping ??= pump().finally(() => {
			pumping = null;
		});
		// Throws only while sealing, which waits for it.
		pumping.catch(() => undefined);
	}

	function scheduleSync(): void {
		const pauseMs = options.syncEverySeconds * 1000 * 2 ** failedSyncs;
		const next = async () => {
			await sync();
			if (giveUpAt === Number.POSITIVE_INFINITY) scheduleSync();
		};
		syncTimer = setTimeout(next, Math.min(pauseMs, longestSyncPauseMs));
	}

	function sync(): Promise<void> {
		syncing ??= syncNow().finally(() => {
			syncing = null;
		});
		return syncing;
	}

	/** Beside the writing: a slow disk must not keep frames from the kernel. */
	async function syncNow(): Promise<void> {
		const log = segment;
		if (log === null || log.syncedBytes === log.sizeBytes) return;
		try {
			await log.sync();
			failedSyncs = 0;
		} catch (error) {
			// Left or rolled meanwhile: the writing has met the same error, or has synced it all.
			if (segment !== log) return;
			failedSyncs += 1;
			leave(log, "error");
			report(error);
			start();
			return;
		}
		if (trouble !== null && again.length === 0) {
			trouble = null;
			options.onTroubleOver();
		}
	}

	return {
		append(frames) {
			queue.put(frames);
			start();
		},
		appendSilence(frames) {
			queue.putSilence(frames);
			start();
		},
		get appendedFrames() {
			return queue.framesTaken;
		},
		get writtenFrames() {
			return segment === null ? startFrame : framesOnDisk(segment.sizeBytes);
		},
		get syncedFrames() {
			return segment === null ? startFrame : framesOnDisk(segment.syncedBytes);
		},
		get sizeBytes() {
			return earlierBytes + (segment?.sizeBytes ?? 0);
		},
		get waitingBytes() {
			return queue.bytes;
		},
		get heldBytes() {
			const held = [...(segment?.unsynced() ?? []), ...again];
			return held.reduce((total, { length }) => total + length, 0);
		},
		async seal(patienceMs) {
			giveUpAt = performance.now() + patienceMs;
			clearTimeout(syncTimer);
			wake();
			for (;;) {
				start();
				await pumping;
				await sync();
				const allSynced = segment === null || segment.syncedBytes === segment.sizeBytes;
				if (queue.bytes === 0 && again.length === 0 && allSynced) break;
				if (trouble === null) continue;
				const leftMs = giveUpAt - performance.now();
				if (leftMs <= 0) throw trouble;
				// A disk that takes a write and refuses the sync says so at once, as often as it is asked.
				await sleep(Math.min(retryMs, leftMs));
			}
			// All of it is on the disk: closing has nothing to add.
			await segment?.abandon().catch(() => undefined);
		},
		unsynced() {
			const held = segment === null ? [] : samplesHeldBy(segment);
			return [...held, ...again, ...queue.drain()];
		},
	};
}

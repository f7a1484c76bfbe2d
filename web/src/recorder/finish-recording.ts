import type { Receipt } from "../../../src/server/contract/receipt.ts";
import type { LocalRecording } from "./messages.ts";
import type { Spool, SpoolStore } from "./spool.ts";
import { createUploader, type Trouble, UploadTrouble } from "./upload.ts";
import { readWavHeader } from "./wav-header.ts";

/** What this tab has the lock of. */
export type Held = {
	spool: Spool;
	/** Try again at once. `isWish`: whatever it waits for. */
	poke(isWish: boolean): void;
	/** Puts it down as it is; somebody goes on later. */
	stop(): void;
	/** Its person gave it up: it is removed here without having arrived. */
	forget(): void;
};

/** While it is being recorded, what comes is gathered for so long. */
const gatherMs = 1000;
const firstPauseMs = 1000;
const longestPauseMs = 30_000;
const refusedPauseMs = 60_000;

export type Uploading = {
	uploadedBytes(): number;
	trouble(): Trouble | null;
	/** Takes the place of who listened before. */
	listen(changed: () => void): void;
	poke(isWish: boolean): void;
	/** No more comes: the receipt is wanted. */
	whole(): void;
	stop(): void;
	/** Null: it was stopped. */
	over: Promise<Receipt | null>;
};

/** Uploads until the receipt has come, whatever happens meanwhile. */
export function startUploading(
	spool: Spool,
	durableBytes: () => number,
	listener: () => void,
): Uploading {
	let changed = listener;
	const uploader = createUploader(spool);
	let trouble: Trouble | null = null;
	let isWhole = false;
	let isStopped = false;
	let wake = () => {};
	let isPoked = false;
	const pause = async (milliseconds: number) => {
		if (isPoked) {
			isPoked = false;
			return;
		}
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, milliseconds);
			wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
		isPoked = false;
	};
	const goOn = () => {
		isPoked = true;
		wake();
	};
	const run = async (): Promise<Receipt | null> => {
		let failures = 0;
		while (!isStopped) {
			try {
				const wasWhole = isWhole;
				const outcome = await uploader.step(durableBytes(), wasWhole);
				failures = 0;
				if (trouble !== null) {
					trouble = null;
					changed();
				}
				if (typeof outcome === "object") return outcome;
				changed();
				const mayGather = !isWhole && durableBytes() - uploader.uploadedBytes() < 256 * 1024;
				if (mayGather && spool.journal.uploadUrl !== null) await pause(gatherMs);
			} catch (error) {
				trouble = troubleOf(error);
				changed();
				const steps = Math.min(longestPauseMs, firstPauseMs * 2 ** failures++);
				const { kind, retryAfterSeconds } = trouble;
				const own = kind === "refused" ? Math.max(steps, refusedPauseMs) : steps;
				await pause(retryAfterSeconds === null ? own : retryAfterSeconds * 1000);
			}
		}
		return null;
	};
	return {
		uploadedBytes: uploader.uploadedBytes,
		trouble: () => trouble,
		listen(next) {
			changed = next;
		},
		poke(isWish) {
			// What arrives wrong fills the library with copies: no network that comes back makes that better.
			if (isWish || trouble?.kind !== "mismatch") goOn();
		},
		whole() {
			isWhole = true;
			goOn();
		},
		stop() {
			isStopped = true;
			goOn();
		},
		over: run(),
	};
}

function troubleOf(error: unknown): Trouble {
	if (error instanceof UploadTrouble) return error.trouble;
	return {
		kind: "refused",
		message: `What lies in this browser could not be read: ${String(error)}`,
		hint: "Save it to a file, and try again.",
		retryAfterSeconds: null,
	};
}

/**
 * For a recording that nobody adds to any more: uploads the rest, compares the receipt, and only then
 * forgets what is here. Ends when that is done, however long it takes.
 *
 * @param started an upload that is going on already
 * @throws where the storage fails: what is here stays, closed, and nothing is done with it any more
 */
export async function finishRecording(
	store: SpoolStore,
	spool: Spool,
	about: About,
): Promise<void> {
	try {
		await bringToItsEnd(store, spool, about);
	} catch (error) {
		about.started?.listen(() => {});
		about.started?.stop();
		await spool.close().catch(() => {});
		throw error;
	}
}

type About = {
	changed(recording: LocalRecording): void;
	held(held: Held): void;
	endedBecause: string | null;
	started?: Uploading;
};

async function bringToItsEnd(store: SpoolStore, spool: Spool, about: About): Promise<void> {
	const { id, startedAt, state } = spool.journal;
	// Sound whose header is damaged is sound all the same.
	const header = readWavHeader(await spool.read(0, 1024)) ?? { bytes: 0, bytesPerSecond: 32_000 };
	const soundBytes = Math.max(0, spool.sizeBytes - header.bytes);
	const { started } = about;
	let uploading: Uploading | null = null;
	let isForgotten = false;
	const tell = (change: Partial<LocalRecording> = {}) =>
		about.changed({
			...{ id, startedAt, title: spool.journal.title },
			phase: state === "cut" ? "cut" : "ended",
			capturedSeconds: soundBytes / header.bytesPerSecond,
			onDiskBytes: spool.sizeBytes,
			uploadedBytes: uploading?.uploadedBytes() ?? 0,
			trouble: uploading?.trouble() ?? null,
			...{ endedBecause: about.endedBecause, receipt: null },
			...change,
		});
	const remove = async () => {
		// What cannot be written any more is not needed any more.
		await spool.close().catch(() => {});
		await store.remove(id);
	};
	if (soundBytes === 0) {
		started?.stop();
		await started?.over;
		await remove();
		return tell({ phase: "empty", onDiskBytes: 0 });
	}
	uploading =
		started ??
		startUploading(
			spool,
			() => spool.sizeBytes,
			() => tell(),
		);
	uploading.listen(() => tell());
	const forget = () => {
		isForgotten = true;
		uploading?.stop();
	};
	about.held({ spool, forget, poke: uploading.poke, stop: uploading.stop });
	uploading.whole();
	tell();
	const receipt = await uploading.over;
	if (receipt === null) {
		if (!isForgotten) return spool.close();
		await remove();
		return tell({ phase: "removed", onDiskBytes: 0 });
	}
	await remove();
	tell({ phase: "kept", receipt, uploadedBytes: receipt.sizeBytes, trouble: null });
}

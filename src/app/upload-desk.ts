import type { Readable } from "node:stream";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { tooLarge } from "../import/limits.ts";
import { wakeWorkers } from "../jobs/wake.ts";
import { observe, type UploadWay } from "../observation.ts";
import { inSpan } from "../telemetry/spans.ts";
import { type StoredReceipt, writeReceipt } from "../uploads/receipt-file.ts";
import type { BodyChecksum } from "../uploads/receive-body.ts";
import { openUploadStore, type Upload, type UploadStore } from "../uploads/store.ts";
import type { UploadFile } from "../uploads/upload-file.ts";
import { finishUpload, limitsOf } from "./finish-upload.ts";
import { noteDamage } from "./import.ts";
import type { App } from "./open-app.ts";
import { type PublishWith, publisherOf } from "./publisher.ts";
import { extensionOfUpload } from "./upload-about.ts";

export type UploadBody = {
	body: Readable;
	/** As announced; null where nothing was. */
	bodyBytes: number | null;
	checksum: BodyChecksum | null;
};

/** What became a recording, and with what. */
export type Making = {
	/** Whether somebody may come and ask for the receipt later. */
	keepsReceipt: boolean;
	/** Of the transcription that follows. */
	parameters?: Record<string, string>;
};

export type NewUpload = Pick<UploadFile, "owner" | "about" | "lengthBytes" | "metadataHeader"> &
	Partial<Pick<UploadFile, "createdAt" | "continues">>;

/** What every way of sending audio goes through: begun, added to, made a recording. */
export type UploadDesk = {
	app(): App;
	/** @throws ERR_LIBRARY_BUSY where another process takes the uploads of this library */
	store(): Promise<UploadStore>;
	/** @throws ERR_TOO_LARGE, ERR_EMPTY, ERR_DISK_FULL, ERR_RATE_LIMIT */
	begin(id: string, upload: NewUpload, how: { isKept: boolean; way: UploadWay }): Promise<Upload>;
	/**
	 * Adds a body; synced and counted when this returns.
	 *
	 * @returns why it broke off, where it did
	 */
	add(upload: Upload, body: UploadBody): Promise<OnwaxError | null>;
	/** Makes a recording of what is complete, or joins whoever does. */
	make(upload: Upload, making: Making): Promise<StoredReceipt>;
	/** Which is being made of that upload just now. */
	beingMade(id: string): Promise<StoredReceipt> | null;
	/** Ends connections, or those of some uploads; what came by them is counted. */
	endConnections(which?: (upload: Upload) => boolean): Promise<void>;
	close(): Promise<void>;
};

/** All browsers that are signed in are the same sender. */
export const browserOwner = "browser";

const openUploadsOfOne = 500;

/** What a person records in a browser may be as long as they like: there is no other copy to be kept. */
export function mostBytesOf(
	{ owner, about }: Pick<UploadFile, "owner" | "about">,
	{ maxBytes }: { maxBytes: number },
): number {
	return owner === browserOwner && about.existsOnlyHere ? Number.POSITIVE_INFINITY : maxBytes;
}

/** @param appNow asked each time: the service may have other settings by then */
export function openUploadDesk(
	appNow: () => App,
	times: { idleSeconds: number; takeOverSeconds: number },
): UploadDesk {
	const { layout, log } = { ...appNow().library };
	const making = new Map<string, Promise<StoredReceipt>>();
	const ways = new WeakMap<Upload, UploadWay>();
	let publisher: PublishWith | null = null;
	let opening: Promise<UploadStore | null> | null = null;

	async function store(): Promise<UploadStore> {
		opening ??= openUploadStore(layout, () => ({
			reserveBytes: appNow().config.minFreeSpaceMb * 1e6,
			...times,
		}));
		const opened = await opening.catch((error: unknown) => {
			opening = null;
			throw error;
		});
		if (opened !== null) return opened;
		opening = null;
		throw new OnwaxError("ERR_LIBRARY_BUSY", "Another Onwax takes the uploads of this library.", {
			retryable: true,
			retryAfterSeconds: 5,
			hint: "One `onwax serve` for a library is enough; end the other one.",
		});
	}

	const wayOf = (upload: Upload) => ways.get(upload) ?? "upload";

	async function failed(upload: Upload, { code }: OnwaxError): Promise<void> {
		observe({ kind: "upload", way: wayOf(upload), outcome: "failed" });
		// It can never become a recording.
		if (code === "ERR_FORMAT_UNKNOWN" || code === "ERR_EMPTY") await (await store()).remove(upload);
	}

	/** The order is the promise: recording, receipt, then the upload's own folder goes. */
	async function makeRecording(upload: Upload, how: Making): Promise<StoredReceipt> {
		const app = appNow();
		const { whole, remove } = await store();
		publisher ??= publisherOf(app);
		try {
			const audio = await whole(upload);
			const receipt = await finishUpload(app, publisher, upload.file, audio, how.parameters);
			if (how.keepsReceipt) await writeReceipt(layout, upload.id, receipt);
			await remove(upload).catch((error: unknown) => {
				// It is kept and told; the next start removes what is left, or whoever opens this id again.
				log.error({ upload: upload.id, error: String(error) }, "an upload's folder stays behind");
			});
			observe({ kind: "upload", way: wayOf(upload), outcome: receipt.known ? "known" : "kept" });
			wakeWorkers();
			return receipt;
		} catch (error) {
			const refusal = toOnwaxError(error, "ERR_IO");
			await failed(upload, refusal);
			await noteDamage(app, [refusal]);
			throw refusal;
		}
	}

	return {
		app: appNow,
		store,
		async begin(id, given, { isKept, way }) {
			const { all, create } = await store();
			const limits = limitsOf(appNow());
			const { owner, lengthBytes, about } = given;
			const maxBytes = mostBytesOf(given, limits);
			const shown = about.originalFilename ?? "What is to be sent";
			if (lengthBytes === 0) {
				throw new OnwaxError("ERR_EMPTY", `${shown} is empty: there is nothing to keep.`);
			}
			if (lengthBytes !== null && lengthBytes > maxBytes) throw tooLarge(shown, limits);
			if (all().filter((one) => one.file.owner === owner).length >= openUploadsOfOne) {
				throw new OnwaxError("ERR_RATE_LIMIT", `${openUploadsOfOne} uploads are open already.`, {
					retryable: true,
					retryAfterSeconds: 60,
					hint: "Finish some of them, or give them up with DELETE.",
				});
			}
			observe({ kind: "upload", way, outcome: "begun" });
			const now = new Date().toISOString();
			const progress = { lastByteAt: now, offsetBytes: 0, cutAt: null };
			const file = { format: 1, createdAt: now, continues: null, ...progress, ...given } as const;
			const upload = await create(id, file, { isKept });
			ways.set(upload, way);
			return upload;
		},
		async add(upload, body) {
			const { append } = await store();
			const limits = limitsOf(appNow());
			const before = upload.file.offsetBytes;
			try {
				const arriving = {
					...body,
					maxBytes: mostBytesOf(upload.file, limits),
					// Somebody's film or text is refused at its beginning, not after all of it has come.
					onHead: (head: Uint8Array) => {
						if (head.length >= 16) extensionOfUpload(upload.file.about, head, limits);
					},
				};
				const span = { "onwax.way": wayOf(upload) };
				return (await inSpan("upload.store", span, () => append(upload, arriving))).cut;
			} catch (error) {
				await failed(upload, toOnwaxError(error));
				throw error;
			} finally {
				const bytes = upload.file.offsetBytes - before;
				if (bytes > 0) observe({ kind: "upload-bytes", way: wayOf(upload), bytes });
			}
		},
		make(upload, how) {
			const running = making.get(upload.id);
			if (running) return running;
			const made = makeRecording(upload, how).finally(() => making.delete(upload.id));
			making.set(upload.id, made);
			return made;
		},
		beingMade: (id) => making.get(id) ?? null,
		async endConnections(which) {
			const opened = await opening?.catch(() => null);
			await opened?.endAll(which);
		},
		async close() {
			const opened = await opening?.catch(() => null);
			await opened?.endAll();
			await Promise.allSettled(making.values());
			opened?.close();
			opening = null;
		},
	};
}

import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { type ErrorCode, OnwaxError, toOnwaxError } from "../errors.ts";
import { tooLarge } from "../import/limits.ts";
import { wakeWorkers } from "../jobs/wake.ts";
import type { Publisher } from "../library/publisher.ts";
import type { Recording, Source } from "../recording.ts";
import {
	readReceipt,
	removeOldReceipts,
	removeReceipt,
	type StoredReceipt,
	writeReceipt,
} from "../uploads/receipt-file.ts";
import type { BodyChecksum } from "../uploads/receive-body.ts";
import {
	isBusy,
	isGone,
	openUploadStore,
	type Upload,
	type UploadStore,
} from "../uploads/store.ts";
import { isComplete, type UploadAbout, type UploadFile } from "../uploads/upload-file.ts";
import { finishUpload, limitsOf, sentAgain } from "./finish-upload.ts";
import { noteDamage } from "./import.ts";
import type { App } from "./open-app.ts";
import { publisherOf } from "./publisher.ts";
import type { Service } from "./service.ts";
import { extensionOfUpload } from "./upload-about.ts";

/** Whose uploads somebody may see. */
export type Asking = { owner: string; seesAll: boolean };

export type UploadBody = {
	body: Readable;
	/** As announced; null where nothing was. */
	bodyBytes: number | null;
	checksum: BodyChecksum | null;
};

/** Audio that comes in one piece. */
export type WholeUpload = {
	owner: string;
	originalFilename: string | null;
	title: string | null;
	tags: string[];
	source: Source;
	/** As announced; null where nothing was. */
	lengthBytes: number | null;
	/** What it must have, in hex; null where the sender did not say. */
	sha256: string | null;
	/** Of the sender's own choice: asking again with the same one gives the same receipt. */
	idempotencyKey: string | null;
};

/** For whoever counts, and for the audit log. */
export type UploadEvent =
	| { type: "begun"; owner: string }
	| { type: "kept"; owner: string; receipt: StoredReceipt }
	| { type: "failed"; owner: string; code: ErrorCode };

export type Uploads = {
	/** Uploads in pieces; @throws ERR_TOO_LARGE, ERR_EMPTY, ERR_DISK_FULL, ERR_RATE_LIMIT */
	begin(
		owner: string,
		upload: { about: UploadAbout; lengthBytes: number | null; metadataHeader: string | null },
	): Promise<Upload>;
	/** @throws ERR_NOT_FOUND also where it is somebody else's */
	find(asking: Asking, id: string): Promise<Upload | StoredReceipt>;
	/** False where another connection is at it, and alive; a silent one is ended. */
	settle(upload: Upload): Promise<boolean>;
	/** Says how long it is; @throws ERR_USAGE where that was said before, and otherwise */
	setLength(upload: Upload, lengthBytes: number): void;
	/** Adds a body; synced and counted when this returns. @throws ERR_CONFLICT at another offset */
	append(upload: Upload, offsetBytes: number, body: UploadBody): Promise<void>;
	/** Where everything has come: makes the recording, or joins whoever does; else null. */
	finish(upload: Upload): Promise<StoredReceipt | null>;
	/** Gives up an upload, or forgets a receipt. A recording stays. */
	forget(asking: Asking, id: string): Promise<void>;
	/** Audio in one piece: in the library when this returns. Where it breaks off nothing is kept. */
	keep(stream: Readable, upload: WholeUpload): Promise<StoredReceipt>;
	expiresAt(upload: Upload): Date;
	readonly maxBytes: number;
	/** @returns what ends the subscription */
	onEvent(listener: (event: UploadEvent) => void): () => void;
	/** Finishes what is complete, ends what has expired. Runs by itself at the start and hourly. */
	sweep(): Promise<void>;
	/**
	 * Ends the connections whose uploads go on later from where they are; what came is counted. The
	 * others would begin anew: they may use what time there is.
	 */
	endConnections(): Promise<void>;
	close(): Promise<void>;
};

const openUploadsOfOne = 500;
const receiptDays = 30;
const sweepEveryMs = 3_600_000;

const ofServices = new WeakMap<Service, Uploads>();

/** The service's uploads: one for all who ask. */
export function uploadsOf(service: Service): Uploads {
	const known = ofServices.get(service);
	if (known) return known;
	const uploads = openUploads(() => service.app);
	ofServices.set(service, uploads);
	return uploads;
}

/** @param appNow asked each time: the service may have other settings by then */
export function openUploads(
	appNow: () => App,
	times: { idleSeconds: number; takeOverSeconds: number } = { idleSeconds: 60, takeOverSeconds: 2 },
): Uploads {
	const { layout, log } = { ...appNow().library };
	const finishing = new Map<string, Promise<StoredReceipt>>();
	const listeners = new Set<(event: UploadEvent) => void>();
	let publisher: Publisher | null = null;
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

	function tell(event: UploadEvent): void {
		for (const listener of listeners) listener(event);
	}

	async function create(
		owner: string,
		id: string,
		upload: Pick<UploadFile, "about" | "lengthBytes" | "metadataHeader">,
		isKept: boolean,
	): Promise<Upload> {
		const { all, create } = await store();
		const limits = limitsOf(appNow());
		const { lengthBytes, about } = upload;
		const shown = about.originalFilename ?? "What is to be sent";
		if (lengthBytes === 0) {
			throw new OnwaxError("ERR_EMPTY", `${shown} is empty: there is nothing to keep.`);
		}
		if (lengthBytes !== null && lengthBytes > limits.maxBytes) throw tooLarge(shown, limits);
		if (all().filter((one) => one.file.owner === owner).length >= openUploadsOfOne) {
			throw new OnwaxError("ERR_RATE_LIMIT", `${openUploadsOfOne} uploads are open already.`, {
				retryable: true,
				retryAfterSeconds: 60,
				hint: "Finish some of them, or give them up with DELETE.",
			});
		}
		const now = new Date().toISOString();
		tell({ type: "begun", owner });
		return create(
			id,
			{
				...{ format: 1, owner, createdAt: now, lastByteAt: now, offsetBytes: 0, cutAt: null },
				...upload,
			},
			{ isKept },
		);
	}

	async function append(upload: Upload, given: UploadBody): Promise<OnwaxError | null> {
		const { append } = await store();
		const limits = limitsOf(appNow());
		const { cut } = await append(upload, {
			...given,
			maxBytes: limits.maxBytes,
			// Somebody's film or text is refused at its beginning, not after all of it has come.
			onHead: (head) => {
				if (head.length >= 16) extensionOfUpload(upload.file.about, head, limits);
			},
		}).catch(async (error: unknown) => {
			await giveUpRefused(upload, error);
			throw error;
		});
		return cut;
	}

	async function giveUpRefused(upload: Upload, error: unknown): Promise<void> {
		const { code } = toOnwaxError(error);
		tell({ type: "failed", owner: upload.file.owner, code });
		if (code === "ERR_FORMAT_UNKNOWN" || code === "ERR_EMPTY") await (await store()).remove(upload);
	}

	/** The order is the promise: recording, receipt, then the upload's own folder goes. */
	async function makeRecording(upload: Upload, keepsReceipt: boolean): Promise<StoredReceipt> {
		const app = appNow();
		const { whole, remove } = await store();
		publisher ??= publisherOf(app);
		try {
			const receipt = await finishUpload(app, publisher, upload.file, await whole(upload));
			if (keepsReceipt) await writeReceipt(layout, upload.id, receipt);
			await remove(upload).catch((error: unknown) => {
				// It is kept and told; the next sweep removes what is left here.
				log.error({ upload: upload.id, error: String(error) }, "an upload's folder stays behind");
			});
			tell({ type: "kept", owner: receipt.owner, receipt });
			wakeWorkers();
			return receipt;
		} catch (error) {
			const refusal = toOnwaxError(error, "ERR_IO");
			await giveUpRefused(upload, refusal);
			await noteDamage(app, [refusal]);
			throw refusal;
		}
	}

	function finishOnce(upload: Upload, keepsReceipt: boolean): Promise<StoredReceipt> {
		const running = finishing.get(upload.id);
		if (running) return running;
		const made = makeRecording(upload, keepsReceipt).finally(() => finishing.delete(upload.id));
		finishing.set(upload.id, made);
		return made;
	}

	function expiresAt({ file }: Upload): Date {
		const { uploadExpiryHours } = appNow().config.server;
		return new Date(Date.parse(file.lastByteAt) + uploadExpiryHours * 3_600_000);
	}

	async function sweepOne(upload: Upload): Promise<void> {
		const { settle, shut, reopen, remove, change } = await store();
		// What comes in one piece is its own connection's business.
		if (!upload.isKept || upload.isRemoved || !(await settle(upload))) return;
		const receipt = await readReceipt(layout, upload.id);
		if (receipt !== null && !finishing.has(upload.id)) return remove(upload);
		if (!isComplete(upload.file)) {
			// Looked at and shut in one: a sender that comes back now is told so, and writes nothing.
			if (expiresAt(upload) > new Date() || !shut(upload)) return;
			const { about, offsetBytes } = upload.file;
			if (!about.existsOnlyHere || offsetBytes === 0) return remove(upload);
			await change(upload, { cutAt: new Date().toISOString() }).catch((error: unknown) => {
				reopen(upload);
				throw error;
			});
		}
		await finishOnce(upload, true);
	}

	async function sweep(): Promise<void> {
		for (const upload of (await store()).all()) {
			await sweepOne(upload).catch((error: unknown) => {
				log.error({ upload: upload.id, error: String(error) }, "an upload waits to be finished");
			});
		}
		await removeOldReceipts(layout, new Date(Date.now() - receiptDays * 24 * 3_600_000));
	}

	async function forSameKey(
		known: StoredReceipt,
		{ metadata: { name, deletedAt } }: Recording,
		stream: Readable,
		given: WholeUpload,
	): Promise<StoredReceipt> {
		const sha256 = given.sha256 ?? (await hashOf(stream, limitsOf(appNow()).maxBytes));
		if (sha256 === known.sha256) {
			await sentAgain(appNow(), { name, inTrash: deletedAt !== null });
			return { ...known, inTrash: false };
		}
		throw new OnwaxError("ERR_CONFLICT", "This idempotency key was used for other audio.", {
			hint: "Use a new key for each recording, and the same one only to ask again.",
		});
	}

	const sweepTimer = setInterval(() => {
		sweep().catch((error: unknown) =>
			log.error({ error: String(error) }, "uploads were not swept"),
		);
	}, sweepEveryMs);
	sweepTimer.unref();

	return {
		begin: (owner, upload) => create(owner, randomBytes(16).toString("hex"), upload, true),
		async find({ owner, seesAll }, id) {
			const upload = (await store()).find(id);
			const found = upload ?? (await readReceipt(layout, id));
			const theirs = found === null ? null : "file" in found ? found.file.owner : found.owner;
			if (found === null || (theirs !== owner && !seesAll)) throw isGone();
			return found;
		},
		async settle(upload) {
			return (await store()).settle(upload);
		},
		setLength(upload, lengthBytes) {
			const { file } = upload;
			if (file.lengthBytes === lengthBytes) return;
			if (file.lengthBytes !== null || lengthBytes < file.offsetBytes) {
				throw new OnwaxError("ERR_USAGE", "The upload has another length already.");
			}
			const limits = limitsOf(appNow());
			if (lengthBytes > limits.maxBytes) throw tooLarge("The upload", limits);
			// On disk with the bytes that come with it.
			upload.file = { ...file, lengthBytes };
		},
		async append(upload, offsetBytes, body) {
			await store();
			if (offsetBytes !== upload.file.offsetBytes) {
				throw new OnwaxError("ERR_CONFLICT", `The upload is at ${upload.file.offsetBytes}.`, {
					retryable: true,
					hint: "Ask for its offset with HEAD, and go on there.",
				});
			}
			await append(upload, body);
		},
		async finish(upload) {
			return isComplete(upload.file) ? finishOnce(upload, true) : null;
		},
		async forget(asking, id) {
			const found = await this.find(asking, id);
			if (!("file" in found)) return removeReceipt(layout, id);
			// What is just becoming a recording becomes one.
			const running = finishing.get(id);
			if (running) await running.then(() => removeReceipt(layout, id));
			else await (await store()).remove(found);
		},
		async keep(stream, given) {
			const { owner, idempotencyKey, lengthBytes, originalFilename, title, tags, source } = given;
			const id =
				idempotencyKey === null ? randomBytes(16).toString("hex") : idOf(owner, idempotencyKey);
			if (idempotencyKey !== null) {
				const { find } = await store();
				const running = finishing.get(id);
				const known = running ? await running : await readReceipt(layout, id);
				const recording = known && (await appNow().library.catalogue.get(known.name));
				// What was purged since is not here: the audio that comes now is all there is.
				if (known !== null && recording !== null) {
					return forSameKey(known, recording, stream, given);
				}
				if (find(id) !== null) throw isBusy();
			}
			const about = {
				...{ originalFilename, title, tags, source },
				...{ recordedAt: null, existsOnlyHere: false },
			};
			const upload = await create(owner, id, { about, lengthBytes, metadataHeader: null }, false);
			try {
				const cut = await append(upload, { body: stream, bodyBytes: lengthBytes, checksum: null });
				if (cut !== null) throw cut;
				const sha256 = upload.hash?.copy().digest("hex");
				if (given.sha256 !== null && given.sha256 !== sha256) {
					throw new OnwaxError(
						"ERR_CHECKSUM",
						"What came does not have the digest that was told.",
						{
							retryable: true,
							hint: "It was damaged on the way, or the digest is of something else.",
						},
					);
				}
				return await finishOnce(upload, idempotencyKey !== null);
			} finally {
				await (await store()).remove(upload);
			}
		},
		expiresAt,
		get maxBytes() {
			return limitsOf(appNow()).maxBytes;
		},
		onEvent(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		sweep,
		async endConnections() {
			const opened = await opening;
			await opened?.endAll(({ isKept }) => isKept);
		},
		async close() {
			clearInterval(sweepTimer);
			const opened = await opening?.catch(() => null);
			await opened?.endAll();
			await Promise.allSettled(finishing.values());
			opened?.close();
			opening = null;
		},
	};
}

/** The same for the same key of the same sender, and not to be guessed by others. */
function idOf(owner: string, key: string): string {
	return createHash("sha256")
		.update(JSON.stringify([owner, key]))
		.digest("hex")
		.slice(0, 32);
}

async function hashOf(stream: Readable, maxBytes: number): Promise<string> {
	const hash = createHash("sha256");
	let sizeBytes = 0;
	for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
		sizeBytes += chunk.length;
		if (sizeBytes > maxBytes)
			throw new OnwaxError("ERR_TOO_LARGE", "More came than is taken here.");
		hash.update(chunk);
	}
	return hash.digest("hex");
}

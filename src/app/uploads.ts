import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { OnwaxError } from "../errors.ts";
import { tooLarge } from "../import/limits.ts";
import type { Recording, RecordingEvent } from "../recording.ts";
import { readReceipt, removeReceipt, type StoredReceipt } from "../uploads/receipt-file.ts";
import { isGone, type Upload } from "../uploads/store.ts";
import { isComplete, type UploadFile } from "../uploads/upload-file.ts";
import { limitsOf, sentAgain } from "./finish-upload.ts";
import type { App } from "./open-app.ts";
import type { Service } from "./service.ts";
import { expiresAt, sweepUploads } from "./sweep-uploads.ts";
import { mostBytesOf, openUploadDesk, type UploadBody } from "./upload-desk.ts";
import { keepWhole, type WholeUpload } from "./whole-upload.ts";

/** Whose uploads somebody may see. */
export type Asking = { owner: string; seesAll: boolean };

/** Audio on its way in: in pieces that are resumed, and in one. */
export type Uploads = {
	/** @throws ERR_TOO_LARGE, ERR_EMPTY, ERR_DISK_FULL, ERR_RATE_LIMIT */
	begin(
		owner: string,
		upload: Pick<UploadFile, "about" | "lengthBytes" | "metadataHeader">,
	): Promise<Upload>;
	/**
	 * A receipt is what was true when it was made: `tell` says whether it is to be told still.
	 * @throws ERR_NOT_FOUND also where it is somebody else's
	 */
	find(asking: Asking, id: string): Promise<Upload | StoredReceipt>;
	/** @throws ERR_NOT_FOUND where the recording of this receipt was purged since */
	requireKept(receipt: StoredReceipt): Promise<Recording>;
	/**
	 * A receipt as it is told. Whoever is told it forgets its copy: so its recording is here, and comes out
	 * of the trash, where the retention would destroy it. @throws as `requireKept`
	 */
	tell(receipt: StoredReceipt): Promise<StoredReceipt>;
	/** False where another connection is at it, and alive; a silent one is ended. */
	settle(upload: Upload): Promise<boolean>;
	/** Says how long it is; @throws ERR_USAGE where that was said before, and otherwise */
	setLength(upload: Upload, lengthBytes: number): void;
	/** What was noted of it while it was recorded, in place of what was said before; ERR_NOT_FOUND where it is whole, or was given up. */
	setEvents(upload: Upload, events: RecordingEvent[]): Promise<void>;
	/** Adds a body; synced and counted when this returns. @throws ERR_CONFLICT at another offset */
	append(upload: Upload, offsetBytes: number, body: UploadBody): Promise<void>;
	/** Where everything has come: makes the recording, or joins whoever does; else null. */
	finish(upload: Upload): Promise<StoredReceipt | null>;
	/**
	 * Opens an upload again of which a recording was made that was cut short: its sender is there after
	 * all. All of it comes anew; what was kept stays until the whole recording takes its place.
	 */
	reopen(id: string, cut: UploadFile, receipt: StoredReceipt): Promise<Upload>;
	/** Gives up an upload, or forgets a receipt. A recording stays. */
	forget(asking: Asking, id: string): Promise<void>;
	/** Audio in one piece: in the library when this returns. Where it breaks off nothing is kept. */
	keep(stream: Readable, upload: WholeUpload): Promise<StoredReceipt>;
	expiresAt(upload: Upload): Date;
	readonly maxBytes: number;
	/** Finishes what is complete, ends what has expired. Runs by itself at the start and hourly. */
	sweep(): Promise<void>;
	/**
	 * Ends the connections whose uploads go on later from where they are; what came is counted. The
	 * others would begin anew: they may use what time there is.
	 */
	endConnections(): Promise<void>;
	close(): Promise<void>;
};

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
	const desk = openUploadDesk(appNow, times);
	const { layout, log } = { ...appNow().library };
	const inPieces = { isKept: true, way: "upload" } as const;

	const sweepTimer = setInterval(() => {
		sweepUploads(desk).catch((error: unknown) =>
			log.error({ error: String(error) }, "uploads were not swept"),
		);
	}, sweepEveryMs);
	sweepTimer.unref();

	return {
		begin: (owner, upload) =>
			desk.begin(randomBytes(16).toString("hex"), { owner, ...upload }, inPieces),
		async find({ owner, seesAll }, id) {
			const upload = (await desk.store()).find(id);
			const found = upload ?? (await readReceipt(layout, id));
			const theirs = found === null ? null : "file" in found ? found.file.owner : found.owner;
			if (found === null || (theirs !== owner && !seesAll)) throw isGone();
			return found;
		},
		async requireKept({ name }) {
			const recording = await appNow().library.catalogue.get(name);
			if (recording === null) throw isGone();
			return recording;
		},
		async tell(receipt) {
			const { name, deletedAt } = (await this.requireKept(receipt)).metadata;
			await sentAgain(appNow(), { name, inTrash: deletedAt !== null });
			return { ...receipt, inTrash: false };
		},
		async settle(upload) {
			return (await desk.store()).settle(upload);
		},
		setLength(upload, lengthBytes) {
			const { file } = upload;
			if (file.lengthBytes === lengthBytes) return;
			if (file.lengthBytes !== null || lengthBytes < file.offsetBytes) {
				throw new OnwaxError("ERR_USAGE", "The upload has another length already.");
			}
			const limits = limitsOf(appNow());
			if (lengthBytes > mostBytesOf(file, limits)) throw tooLarge("The upload", limits);
			// On disk with the bytes that come with it.
			upload.file = { ...file, lengthBytes };
		},
		async append(upload, offsetBytes, body) {
			await desk.store();
			if (offsetBytes !== upload.file.offsetBytes) {
				throw new OnwaxError("ERR_CONFLICT", `The upload is at ${upload.file.offsetBytes}.`, {
					retryable: true,
					hint: "Ask for its offset with HEAD, and go on there.",
				});
			}
			await desk.add(upload, body);
		},
		async finish(upload) {
			return isComplete(upload.file) ? desk.make(upload, { keepsReceipt: true }) : null;
		},
		async setEvents(upload, events) {
			// What it had to say is said: its recording is being made.
			if (isComplete(upload.file)) throw isGone();
			const about = { ...upload.file.about, events };
			await (await desk.store()).change(upload, { about });
		},
		reopen(id, { owner, createdAt, about, lengthBytes, metadataHeader }, receipt) {
			const { name, sha256, sizeBytes } = receipt;
			const continues = { name, sha256, sizeBytes };
			const again = { owner, createdAt, about, lengthBytes, metadataHeader, continues };
			return desk.begin(id, again, inPieces);
		},
		async forget(asking, id) {
			const found = await this.find(asking, id);
			// What is just becoming a recording becomes one.
			const running = desk.beingMade(id);
			if (running) await running;
			else if ("file" in found) await (await desk.store()).remove(found);
			await removeReceipt(layout, id);
		},
		keep: (stream, given) => keepWhole(desk, stream, given),
		expiresAt: (upload) => expiresAt(appNow(), upload),
		get maxBytes() {
			return limitsOf(appNow()).maxBytes;
		},
		sweep: () => sweepUploads(desk),
		endConnections: () => desk.endConnections(({ isKept }) => isKept),
		async close() {
			clearInterval(sweepTimer);
			await desk.close();
		},
	};
}

import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { OnwaxError } from "../errors.ts";
import type { UploadWay } from "../observation.ts";
import type { Source } from "../recording.ts";
import { readReceipt, type StoredReceipt } from "../uploads/receipt-file.ts";
import { isBusy } from "../uploads/store.ts";
import { limitsOf, sentAgain } from "./finish-upload.ts";
import type { UploadDesk } from "./upload-desk.ts";

/** Audio that comes in one piece, from somebody who has it still. */
export type WholeUpload = {
	owner: string;
	originalFilename: string | null;
	title: string | null;
	tags: string[];
	source: Source;
	/** As announced; null where nothing was. */
	lengthBytes: number | null;
	/** Where its length is not known: what it needs at most, if that was told. */
	roomBytes?: number | null;
	/** What it must have, in hex; null where the sender did not say. */
	sha256: string | null;
	/** Of the sender's own choice: asking again with the same one gives the same receipt. */
	idempotencyKey: string | null;
	way?: UploadWay;
	/** It is kept whatever it is: what no decoder reads becomes a failed recording that says so. */
	isAnyFormat?: boolean;
	/**
	 * Resolves with the parameters of the transcription once everything has come that was to come;
	 * what it throws means that the sender broke off, and nothing is kept.
	 */
	complete?: () => Promise<Record<string, string>>;
};

/**
 * Keeps audio whole, or not at all: in the library when this returns, and where it breaks off nothing
 * stays. What is sent again is found by its hash and makes no second recording.
 *
 * @throws ERR_CHECKSUM, ERR_INTERRUPTED, ERR_CONFLICT; what `begin`, `add` and `make` throw
 */
export async function keepWhole(
	desk: UploadDesk,
	stream: Readable,
	given: WholeUpload,
): Promise<StoredReceipt> {
	const { owner, idempotencyKey, lengthBytes, originalFilename, title, tags, source } = given;
	const id =
		idempotencyKey === null ? randomBytes(16).toString("hex") : idOf(owner, idempotencyKey);
	if (idempotencyKey !== null) {
		const told = await toldBefore(desk, id, stream, given);
		if (told !== null) return told;
	}
	const about = {
		...{ originalFilename, title, tags, source, recordedAt: null, existsOnlyHere: false },
		isAnyFormat: given.isAnyFormat ?? false,
	};
	const how = { isKept: false, way: given.way ?? "upload" };
	const upload = await desk.begin(id, { owner, about, lengthBytes, metadataHeader: null }, how);
	try {
		const bodyBytes = lengthBytes ?? given.roomBytes ?? null;
		const cut = await desk.add(upload, { body: stream, bodyBytes, checksum: null });
		if (cut !== null) throw cut;
		const parameters = await given.complete?.();
		const sha256 = upload.hash?.copy().digest("hex");
		if (given.sha256 !== null && given.sha256 !== sha256) {
			throw new OnwaxError("ERR_CHECKSUM", "What came does not have the digest that was told.", {
				retryable: true,
				hint: "It was damaged on the way, or the digest is of something else.",
			});
		}
		const keepsReceipt = idempotencyKey !== null;
		return await desk.make(upload, { keepsReceipt, ...(parameters ? { parameters } : {}) });
	} finally {
		await (await desk.store()).remove(upload);
	}
}

/** The receipt that this key was given before. */
async function toldBefore(
	desk: UploadDesk,
	id: string,
	stream: Readable,
	given: WholeUpload,
): Promise<StoredReceipt | null> {
	const app = desk.app();
	const { find } = await desk.store();
	const known = await (desk.beingMade(id) ?? readReceipt(app.library.layout, id));
	const recording = known && (await app.library.catalogue.get(known.name));
	// What was purged since is not here: the audio that comes now is all there is.
	if (known === null || recording === null) {
		if (find(id) !== null) throw isBusy();
		return null;
	}
	const sha256 = given.sha256 ?? (await hashOf(stream, limitsOf(app).maxBytes));
	if (sha256 !== known.sha256) {
		throw new OnwaxError("ERR_CONFLICT", "This idempotency key was used for other audio.", {
			hint: "Use a new key for each recording, and the same one only to ask again.",
		});
	}
	const { name, deletedAt } = recording.metadata;
	await sentAgain(app, { name, inTrash: deletedAt !== null });
	return { ...known, inTrash: false };
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

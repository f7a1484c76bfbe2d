import type { FileFacts } from "../recording.ts";
import { hashBeginning } from "../uploads/hash-beginning.ts";
import { readReceipt, removeOldReceipts } from "../uploads/receipt-file.ts";
import type { Upload } from "../uploads/store.ts";
import { type Beginning, isComplete } from "../uploads/upload-file.ts";
import type { App } from "./open-app.ts";
import { audioPath } from "./recording-json.ts";
import type { UploadDesk } from "./upload-desk.ts";

const receiptDays = 30;

export function expiresAt({ config }: App, { file }: Upload): Date {
	return new Date(Date.parse(file.lastByteAt) + config.server.uploadExpiryHours * 3_600_000);
}

/** Finishes the uploads that are complete, ends those that have expired, forgets old receipts. */
export async function sweepUploads(desk: UploadDesk): Promise<void> {
	const { layout, log } = desk.app().library;
	for (const upload of (await desk.store()).all()) {
		await sweepOne(desk, upload).catch((error: unknown) => {
			log.error({ upload: upload.id, error: String(error) }, "an upload waits to be finished");
		});
	}
	await removeOldReceipts(layout, new Date(Date.now() - receiptDays * 24 * 3_600_000));
}

async function sweepOne(desk: UploadDesk, upload: Upload): Promise<void> {
	const { settle, shut, reopen, remove, change, whole } = await desk.store();
	const app = desk.app();
	// What comes in one piece is its own connection's business.
	if (!upload.isKept || upload.isRemoved || !(await settle(upload))) return;
	const receipt = await readReceipt(app.library.layout, upload.id);
	const { about, offsetBytes, continues } = upload.file;
	// A crash came between its receipt and its end; but the receipt of its beginning is another one.
	const isTold = receipt !== null && receipt.sha256 !== continues?.sha256;
	if (isTold && desk.beingMade(upload.id) === null) return remove(upload);
	if (!isComplete(upload.file)) {
		// Looked at and shut in one: a sender that comes back now is told so, and writes nothing.
		if (expiresAt(app, upload) > new Date() || !shut(upload)) return;
		try {
			const isNothing = !about.existsOnlyHere || offsetBytes === 0;
			// What is kept has its receipt, to be gone on with.
			if (isNothing || (await isKeptAlready(app, continues, await whole(upload)))) {
				return await remove(upload);
			}
			await change(upload, { cutAt: new Date().toISOString() });
		} catch (error) {
			reopen(upload);
			throw error;
		}
	}
	await desk.make(upload, { keepsReceipt: true });
}

/**
 * What came once more is the beginning of what is kept, by its bytes, and that is not in the trash.
 * False also where nobody can say: nothing is removed that was not compared.
 */
async function isKeptAlready(
	{ library }: App,
	beginning: Beginning | null,
	{ sha256, sizeBytes }: FileFacts,
): Promise<boolean> {
	if (beginning === null || sizeBytes > beginning.sizeBytes) return false;
	const kept = await library.catalogue.get(beginning.name);
	if (kept === null || kept.metadata.deletedAt !== null) return false;
	if (sizeBytes === beginning.sizeBytes) return sha256 === beginning.sha256;
	try {
		const hash = await hashBeginning(audioPath(library.layout, kept), sizeBytes);
		return hash.digest("hex") === sha256;
	} catch (error) {
		library.log.warn({ recording: beginning.name, error: String(error) }, "was not compared");
		return false;
	}
}

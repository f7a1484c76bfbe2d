import { readReceipt, removeOldReceipts } from "../uploads/receipt-file.ts";
import type { Upload } from "../uploads/store.ts";
import { isComplete } from "../uploads/upload-file.ts";
import type { App } from "./open-app.ts";
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
	const { settle, shut, reopen, remove, change } = await desk.store();
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
		// What came of it once more is no more than is kept: its receipt stays, to be gone on with.
		const isKeptAlready =
			continues !== null &&
			offsetBytes <= continues.sizeBytes &&
			(await app.library.catalogue.get(continues.name)) !== null;
		if (!about.existsOnlyHere || offsetBytes === 0 || isKeptAlready) return remove(upload);
		await change(upload, { cutAt: new Date().toISOString() }).catch((error: unknown) => {
			reopen(upload);
			throw error;
		});
	}
	await desk.make(upload, { keepsReceipt: true });
}

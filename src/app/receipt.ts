import type { StoredReceipt } from "../uploads/receipt-file.ts";
import { type Rungs, rungsOf } from "./ladder.ts";
import type { App } from "./open-app.ts";

/** A receipt as it is told: with how safe the recording is by now. */
export type ToldReceipt = Pick<
	StoredReceipt,
	"id" | "name" | "sha256" | "sizeBytes" | "known" | "inTrash" | "receivedAt"
> & { ladder: Rungs };

export async function tellReceipt({ library }: App, receipt: StoredReceipt): Promise<ToldReceipt> {
	const { id, name, sha256, sizeBytes, known, inTrash, receivedAt, durationSeconds } = receipt;
	const recording = await library.catalogue.get(name);
	const ladder =
		recording === null
			? { capturedSeconds: durationSeconds, onDiskBytes: null, sha256, copies: [] }
			: rungsOf(recording.metadata);
	return { id, name, sha256, sizeBytes, known, inTrash, receivedAt, ladder };
}

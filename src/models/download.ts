import { setTimeout as sleep } from "node:timers/promises";
import { hashFile } from "../durable/hash-file.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { backoffSeconds } from "../jobs/backoff.ts";
import type { FileFacts } from "../recording.ts";
import { shownAddress } from "./address.ts";
import { isUnreachable, webPage } from "./download-error.ts";
import type { DownloadOptions, DownloadRequest } from "./download-options.ts";
import { fetchRest } from "./download-part.ts";
import { dropDownload, readDownloadState } from "./download-state.ts";
import { isWebPage } from "./web-page.ts";

/**
 * Downloads a file to its part, going on where an earlier attempt (also of an earlier process) was
 * cut off, and verifies what is then on the disk. The file stays under its part's name: what becomes
 * of it is the caller's to say.
 *
 * Failures that may pass (a cut or silent connection, 5xx, 429) are tried again with backoff; a byte
 * that is new starts the count again. A server that cannot be reached at all is not.
 *
 * @throws ERR_DAMAGED where it is not the file that was expected; nothing of it is left then
 */
export async function download(
	request: DownloadRequest,
	options: DownloadOptions,
): Promise<FileFacts> {
	const resumed = (await readDownloadState(request.places)) !== null;
	await fetchWhole(request, options);
	const facts = await verify(request, options.signal);
	if (facts !== null) return facts;
	if (resumed) {
		// Pieces of two downloads may not fit together; a file in one piece says who is wrong.
		await fetchWhole(request, options);
		const again = await verify(request, options.signal);
		if (again !== null) return again;
	}
	throw new OnwaxError(
		"ERR_DAMAGED",
		`What came from ${shownAddress(request.address)} is not ${request.expected?.because}: its SHA-256 is another one.`,
		{
			hint: "It was not kept. Pull again later or from another place; if the publisher has replaced the file on purpose, see docs/models.md.",
		},
	);
}

/** @returns null where the part is not what was expected; it is removed then */
async function verify(request: DownloadRequest, signal: AbortSignal): Promise<FileFacts | null> {
	if (await isWebPage(request.places.part)) {
		await dropDownload(request.places);
		throw webPage(request.address);
	}
	const facts = await hashFile(request.places.part, { signal });
	if (request.expected === null || facts.sha256 === request.expected.sha256) return facts;
	await dropDownload(request.places);
	return null;
}

async function fetchWhole(request: DownloadRequest, options: DownloadOptions): Promise<void> {
	const { limits, signal } = options;
	let failures = 0;
	let furthestBytes = 0;
	for (;;) {
		signal.throwIfAborted();
		let reachedBytes = 0;
		try {
			return await fetchRest(request, {
				...options,
				onProgress: (received, total) => {
					reachedBytes = received;
					options.onProgress(received, total);
				},
			});
		} catch (thrown) {
			signal.throwIfAborted();
			const error = toOnwaxError(thrown);
			if (error.code === "ERR_TOO_LARGE") await dropDownload(request.places);
			// Starting anew and being cut at the same place for ever is no progress.
			const isProgress = reachedBytes > furthestBytes;
			furthestBytes = Math.max(furthestBytes, reachedBytes);
			failures = isProgress ? 1 : failures + 1;
			if (!error.retryable || error.code === "ERR_DISK_FULL") throw error;
			if (failures >= limits.mostFailures) throw error;
			if (isUnreachable(error) && furthestBytes === 0) throw error;
			const asked = error.retryAfterSeconds;
			if (asked !== null && asked > limits.longestWaitSeconds) throw error;
			const waitSeconds = backoffSeconds(failures, limits.backoff, asked);
			options.onRetry(error, waitSeconds);
			await sleep(waitSeconds * 1000, undefined, { signal }).catch(() => undefined);
		}
	}
}

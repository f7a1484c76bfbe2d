import type { OnwaxError } from "../errors.ts";
import type { Backoff } from "../jobs/backoff.ts";
import type { Workplace } from "./workplace.ts";

export type DownloadRequest = {
	address: string;
	places: Pick<Workplace, "part" | "state">;
	/** What it has to be; null where nobody knows yet. */
	expected: { sha256: string; because: string } | null;
	/** More than this is refused. */
	maxBytes: number;
};

export type DownloadLimits = {
	idleTimeoutMs: number;
	/** In a row, without a byte that is new. */
	mostFailures: number;
	backoff: Backoff;
	/** A server that asks for more is not waited for. */
	longestWaitSeconds: number;
	/** So many bytes at most come twice after a power cut. */
	syncEveryBytes: number;
};

export const defaultLimits: DownloadLimits = {
	idleTimeoutMs: 30_000,
	mostFailures: 6,
	backoff: { baseSeconds: 2, capSeconds: 30 },
	longestWaitSeconds: 120,
	syncEveryBytes: 16 * 2 ** 20,
};

export type DownloadOptions = {
	limits: DownloadLimits;
	signal: AbortSignal;
	/** Bytes that are here, and of the whole file where that is known. */
	onProgress: (receivedBytes: number, totalBytes: number | null) => void;
	/** A failure that may pass, and how long is waited before it is tried again. */
	onRetry: (error: OnwaxError, waitSeconds: number) => void;
	/** Called when the length is known, before anything is written; may throw ERR_DISK_FULL. */
	onLength: (totalBytes: number, receivedBytes: number) => Promise<void>;
};

import { DetailedError, Upload } from "tus-js-client";
import type { Problem } from "../../../src/server/contract/problem.ts";
import type { Receipt } from "../../../src/server/contract/receipt.ts";
import { ApiError, getJson } from "../api/client.ts";

export type Sending = {
	/** Rejects with words for a person. */
	receipt: Promise<Receipt>;
	cancel: () => void;
};

const retryDelaysMs = [0, 500, 1500, 3000, 5000, 10_000, 20_000, 30_000, 60_000, 60_000];

/**
 * Sends one file by tus, and waits for its receipt. Fulfilled means: it is on the service's disk,
 * synced, in the library, and its hash is that of the file here.
 */
export function sendFile(
	file: File,
	on: {
		onSent: (bytes: number) => void;
		onFinishing: () => void;
		/** The way is broken; it is tried again by itself. */
		onWaiting: (reason: string) => void;
	},
): Sending {
	let upload: Upload | null = null;
	let isCancelled = false;
	const hash = hashOf(file);
	hash.sha256.catch(() => {});
	const sent = new Promise<string>((resolve, reject) => {
		upload = new Upload(file, {
			endpoint: "/api/v1/uploads",
			metadata: { filename: file.name, filetype: file.type, source: "browser" },
			retryDelays: retryDelaysMs,
			removeFingerprintOnSuccess: true,
			onProgress: (bytes) => {
				on.onSent(bytes);
				if (bytes >= file.size) on.onFinishing();
			},
			onShouldRetry: (error) => {
				const status = error.originalResponse?.getStatus() ?? 0;
				const mayHelp = status < 400 || status >= 500 || [408, 409, 423, 429, 460].includes(status);
				if (mayHelp && status !== 507) on.onWaiting("The way to Onwax is broken. Trying again.");
				return mayHelp && status !== 507;
			},
			onError: (error) => reject(errorFor(error)),
			onSuccess: () => resolve(upload?.url ?? ""),
		});
		const begin = async (starting: Upload) => {
			const before = await starting.findPreviousUploads();
			const [latest] = before;
			if (latest) starting.resumeFromPreviousUpload(latest);
			if (!isCancelled) starting.start();
		};
		begin(upload).catch(reject);
	});
	const receipt = sent.then(async (url) => {
		on.onFinishing();
		const given = await getJson<Receipt>(url);
		if (given.sha256 !== (await hash.sha256)) {
			throw new Error("What arrived is not what was sent. The file here is whole: send it again.");
		}
		return given;
	});
	return {
		receipt,
		cancel: () => {
			isCancelled = true;
			hash.end();
			// What was sent of it goes with it. If that fails, it expires.
			void upload?.abort(true).catch(() => {});
		},
	};
}

function hashOf(file: File): { sha256: Promise<string>; end: () => void } {
	const worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" });
	const sha256 = new Promise<string>((resolve, reject) => {
		worker.onmessage = ({ data }: MessageEvent<{ sha256?: string; error?: string }>) => {
			worker.terminate();
			if (data.sha256) resolve(data.sha256);
			else reject(new Error(`The file could not be read: ${data.error}`));
		};
		worker.onerror = () => reject(new Error("The file could not be hashed here."));
		worker.postMessage(file);
	});
	return { sha256, end: () => worker.terminate() };
}

function errorFor(error: Error | DetailedError): Error {
	const body = error instanceof DetailedError ? error.originalResponse?.getBody() : undefined;
	if (body) {
		try {
			const problem = JSON.parse(body) as Problem;
			const { title, hint, status } = problem;
			// What is no audio becomes none by a setting that the hint tells of.
			const isAll = hint === null || status === 415;
			if (title) return new ApiError({ ...problem, title: isAll ? title : `${title} ${hint}` });
		} catch {
			// A proxy's page: said below in our own words.
		}
	}
	return new Error("It could not be sent. The file here is untouched: try again.");
}

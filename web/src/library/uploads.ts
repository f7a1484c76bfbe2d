import { useSyncExternalStore } from "react";
import type { Receipt } from "../../../src/server/contract/receipt.ts";
import { ApiError, messageOf } from "../api/client.ts";

/**
 * `sending`: bytes go out. `finishing`: all are there, and the receipt is waited for. `kept`: it has
 * come, and its hash is that of the file here.
 */
export type UploadState = "waiting" | "sending" | "finishing" | "kept" | "failed";

export type Upload = {
	id: string;
	file: File;
	state: UploadState;
	sentBytes: number;
	/** Why it failed, or why it is tried again. */
	reason: string | null;
	/** It failed, and would fail again: this is no audio. */
	isHopeless: boolean;
	receipt: Receipt | null;
};

const mostAtOnce = 3;
const stands = 6_000;

let uploads: readonly Upload[] = [];
let lastId = 0;
const listeners = new Set<() => void>();
const cancels = new Map<string, () => void>();
const arrivals = new Set<(receipt: Receipt) => void>();

function publish(next: readonly Upload[]): void {
	uploads = next;
	for (const listener of listeners) listener();
}

function change(id: string, part: Partial<Upload>): void {
	publish(uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload)));
}

export function useUploads(): readonly Upload[] {
	return useSyncExternalStore(
		(listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		() => uploads,
	);
}

/** Whether leaving the page would break something off. */
export function isUploading(): boolean {
	return uploads.some(({ state }) => state !== "kept" && state !== "failed");
}

/** @returns what ends the listening */
export function onArrival(listener: (receipt: Receipt) => void): () => void {
	arrivals.add(listener);
	return () => arrivals.delete(listener);
}

/** They are sent a few at a time, and go on where they were if the same file is given again. */
export function uploadFiles(files: Iterable<File>): void {
	const added = [...files].map((file): Upload => {
		lastId += 1;
		return {
			id: String(lastId),
			file,
			...{
				state: "waiting" as const,
				sentBytes: 0,
				reason: null,
				isHopeless: false,
				receipt: null,
			},
		};
	});
	publish([...uploads, ...added]);
	sendNext();
}

export function retryUpload(id: string): void {
	change(id, { state: "waiting", reason: null });
	sendNext();
}

/** Breaks it off, and takes its row away. What has arrived of it is removed by the service. */
export function dismissUpload(id: string): void {
	cancels.get(id)?.();
	cancels.delete(id);
	publish(uploads.filter((upload) => upload.id !== id));
	sendNext();
}

function sendNext(): void {
	const busy = uploads.filter(({ state }) => state === "sending" || state === "finishing").length;
	for (const upload of uploads
		.filter(({ state }) => state === "waiting")
		.slice(0, mostAtOnce - busy)) {
		change(upload.id, { state: "sending" });
		void send(upload);
	}
}

async function send({ id, file }: Upload): Promise<void> {
	try {
		const { sendFile } = await import("./send-file.ts");
		if (!uploads.some((upload) => upload.id === id)) return;
		const sending = sendFile(file, {
			onSent: (sentBytes) => change(id, { sentBytes, reason: null }),
			onFinishing: () => change(id, { state: "finishing", sentBytes: file.size }),
			onWaiting: (reason) => change(id, { reason }),
		});
		cancels.set(id, sending.cancel);
		const receipt = await sending.receipt;
		change(id, { state: "kept", receipt, reason: null });
		for (const listener of arrivals) listener(receipt);
		setTimeout(() => dismissUpload(id), stands);
	} catch (error) {
		const isHopeless = error instanceof ApiError && error.status === 415;
		change(id, { state: "failed", reason: messageOf(error), isHopeless });
	} finally {
		cancels.delete(id);
		sendNext();
	}
}

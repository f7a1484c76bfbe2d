import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { step } from "../durable/step.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { writeAll } from "../durable/write-all.ts";
import { changedMeanwhile, cutOff, statusError, tooLarge, webPage } from "./download-error.ts";
import type { DownloadOptions, DownloadRequest } from "./download-options.ts";
import {
	type DownloadState,
	dropDownload,
	readDownloadState,
	writeDownloadState,
} from "./download-state.ts";
import { type Answer, get } from "./http-get.ts";

/**
 * One request for what is still missing (RFC 9110, 14: range requests). Returns when the part is
 * whole and synced; throws otherwise, with what has come so far written down for the next one.
 */
export async function fetchRest(request: DownloadRequest, options: DownloadOptions): Promise<void> {
	const begun = await resumable(request);
	// All of it came, and then the process ended: there is nothing to ask for.
	if (begun !== null && begun.keptBytes === begun.lengthBytes) return;
	const answer = await get(request.address, {
		headers: rangeHeaders(begun, request.address),
		idleTimeoutMs: options.limits.idleTimeoutMs,
		signal: options.signal,
	});
	try {
		const state = await settle(request, begun, answer);
		if (state === "whole") return;
		if (state.lengthBytes !== null) {
			if (state.lengthBytes > request.maxBytes) throw tooLarge(request.address, request.maxBytes);
			await options.onLength(state.lengthBytes, state.keptBytes);
		}
		await receive(request, state, answer, options);
	} finally {
		answer.close();
	}
}

/**
 * What of an earlier attempt can be gone on with: where the server can be asked whether it is still
 * the same file (ETag), or where the hash of the whole will tell in the end.
 */
async function resumable({ address, places, expected }: DownloadRequest) {
	const state = await readDownloadState(places);
	if (state === null) return null;
	if (expected !== null) return state;
	return state.address === address && state.etag !== null ? state : null;
}

function rangeHeaders(begun: DownloadState | null, address: string): Record<string, string> {
	if (begun === null) return {};
	const range = { range: `bytes=${begun.keptBytes}-` };
	const isSamePlace = begun.address === address && begun.etag !== null;
	return isSamePlace ? { ...range, "if-range": String(begun.etag) } : range;
}

/** Judges the answer's head: from where on bytes come, or that there is nothing left to come. */
async function settle(
	{ address, places }: DownloadRequest,
	begun: DownloadState | null,
	{ status, headers }: Answer,
): Promise<DownloadState | "whole"> {
	const etag = strongEtag(headers.etag);
	// Before anything is written: what has come of the file so far stays.
	const isFile = status === 200 || status === 206;
	if (isFile && /^(text\/html|application\/xhtml)/i.test(headers["content-type"] ?? "")) {
		throw webPage(address);
	}
	if (status === 200) {
		const length = headers["content-length"];
		return {
			address,
			etag,
			lengthBytes: length === undefined ? null : Number(length),
			keptBytes: 0,
		};
	}
	if (begun !== null && status === 206) {
		const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
		const lengthBytes = range?.[2] === undefined || range[2] === "*" ? null : Number(range[2]);
		const isOther =
			Number(range?.[1]) !== begun.keptBytes ||
			(begun.lengthBytes !== null && lengthBytes !== null && lengthBytes !== begun.lengthBytes) ||
			(begun.address === address && begun.etag !== null && etag !== null && etag !== begun.etag);
		if (!isOther) {
			return { ...begun, address, etag, lengthBytes: lengthBytes ?? begun.lengthBytes };
		}
		await dropDownload(places);
		throw changedMeanwhile(address);
	}
	if (begun !== null && status === 416) {
		if (headers["content-range"] === `bytes */${begun.keptBytes}`) return "whole";
		await dropDownload(places);
		throw changedMeanwhile(address);
	}
	throw statusError(address, status, headers, Date.now());
}

async function receive(
	{ address, places, maxBytes }: DownloadRequest,
	state: DownloadState,
	answer: Answer,
	{ limits, onProgress }: DownloadOptions,
): Promise<void> {
	const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
	step("download:open");
	const handle = await open(places.part, flags, 0o600);
	let position = state.keptBytes;
	try {
		// From here on an earlier note would speak of bytes that are not there any more.
		if (position === 0) await writeDownloadState(places, state);
		await handle.truncate(position);
		let notedBytes = position;
		onProgress(position, state.lengthBytes);
		for await (const chunk of answer.body) {
			if (position + chunk.length > maxBytes) throw tooLarge(address, maxBytes);
			await writeAll(handle, chunk, position);
			position += chunk.length;
			onProgress(position, state.lengthBytes);
			if (position - notedBytes >= limits.syncEveryBytes) {
				await note(places, state, position);
				notedBytes = position;
			}
		}
		// An answer may be shorter than what was asked for; the next request asks for the rest.
		if (state.lengthBytes !== null && position < state.lengthBytes) throw cutOff(address);
	} finally {
		await finish(handle, places, state, position);
	}
	await syncFolder(dirname(places.part));
}

async function note(
	places: DownloadRequest["places"],
	state: DownloadState,
	keptBytes: number,
): Promise<void> {
	step("download:note");
	await writeDownloadState(places, { ...state, keptBytes });
}

/** However the attempt ended: what came is kept. A failure to note it must not hide the reason. */
async function finish(
	handle: FileHandle,
	places: DownloadRequest["places"],
	state: DownloadState,
	position: number,
): Promise<void> {
	await handle.close();
	await note(places, state, position).catch(() => undefined);
}

function strongEtag(header: string | undefined): string | null {
	return header?.startsWith('"') ? header : null;
}

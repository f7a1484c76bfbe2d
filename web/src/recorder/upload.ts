import { sha256 } from "@noble/hashes/sha2.js";
import type { Problem } from "../../../src/server/contract/problem.ts";
import type { Receipt } from "../../../src/server/contract/receipt.ts";
import type { RecordingEvent } from "./notice-events.ts";
import type { Spool } from "./spool.ts";

const uploadsAddress = "/api/v1/uploads";
const smallestChunkBytes = 128 * 1024;
const largestChunkBytes = 4 * 1024 * 1024;
const replyMs = 120_000;
/** As the service keeps it. A header of any length would be refused. */
const longestTitle = 300;
/** A disk that reads other bytes each time must not fill the library with copies. */
const mostMismatches = 3;
const afterMismatchesSeconds = 24 * 3600;

/** Why it does not go on at this moment. Nothing is lost by any of it: what is here stays. */
export type TroubleKind = "unreachable" | "signed-out" | "refused" | "busy" | "mismatch";
export type Trouble = {
	kind: TroubleKind;
	message: string;
	hint: string | null;
	retryAfterSeconds: number | null;
};

export class UploadTrouble extends Error {
	readonly trouble: Trouble;
	constructor(trouble: Trouble) {
		super(trouble.message);
		this.trouble = trouble;
	}
}

/** Brings one recording to the service, and proves that it has arrived. */
export type Uploader = {
	/** What the service said that it has on disk. */
	uploadedBytes(): number;
	/**
	 * One request further. `durableBytes`: no more than that is sent, so that the service never has
	 * sound that a power cut takes away here.
	 *
	 * @returns the receipt once it names exactly what lies here; else whether anything was done
	 * @throws UploadTrouble
	 */
	step(durableBytes: number, isWhole: boolean): Promise<Receipt | "went-on" | "nothing-to-do">;
};

export function createUploader(spool: Spool): Uploader {
	/** Null: has to be asked for. */
	let offset: number | null = null;
	/** For who is shown it: it is asked for again after every trouble. */
	let lastOffset = 0;
	let chunkBytes = smallestChunkBytes;
	/** What lies between may take less than the service does. */
	let mostBytes = largestChunkBytes;
	/** How often in a row the service was at another place than it had said. */
	let disagreements = 0;
	/** How often in a row it did not have what it had just taken. */
	let losses = 0;
	let sentEvents = 0;
	let hash = sha256.create();
	let hashedBytes = 0;
	/** That it is all was said, and the receipt has not come yet. */
	let saidWhole = false;

	const hashed = (bytes: Uint8Array, at: number) => {
		if (at !== hashedBytes) return;
		hash.update(bytes);
		hashedBytes += bytes.length;
	};
	const title = () => spool.journal.title.slice(0, longestTitle).toWellFormed();
	const begin = async () => {
		const { startedAt, id } = spool.journal;
		const named = title();
		const response = await ask(uploadsAddress, {
			method: "POST",
			headers: {
				"upload-defer-length": "1",
				"upload-metadata": metadata({
					...{ filename: fileName(startedAt), filetype: "audio/wav", source: "browser-recorder" },
					...{ recorder: id, recordedAt: startedAt, ...(named === "" ? {} : { title: named }) },
				}),
			},
		});
		if (!response.ok) throw await refusal(response);
		const address = response.headers.get("location");
		if (address === null) throw await refusal(response);
		const { pathname } = new URL(address, new URL(uploadsAddress, location.href));
		await spool.note({ uploadUrl: pathname, uploadedTitle: named });
		offset = 0;
		sentEvents = 0;
	};
	/** It is not there any more (or never was ours): the sound here is whole, so it is sent anew. */
	const beginAnew = async () => {
		offset = null;
		lastOffset = 0;
		sentEvents = 0;
		await spool.note({ uploadUrl: null, uploadedTitle: null });
	};
	const lost = async () => {
		await beginAnew();
		if (++losses > 1) throw busy("Onwax does not keep what is sent to it.");
	};
	/** Where the service is by its own account. Null: what answered was not Onwax. */
	const offsetOf = (response: Response) => {
		const told = response.headers.get("upload-offset");
		return told === null ? null : Number(told);
	};
	const askOffset = async (address: string) => {
		const response = await ask(address, { method: "HEAD" });
		if (isGone(response)) return lost();
		if (!response.ok) throw await refusal(response);
		offset = offsetOf(response);
		if (offset === null) throw await refusal(response);
		// It was given up and begins again, or kept less than it said: what was noted there is gone as well.
		if (offset === 0 || offset < lastOffset) sentEvents = 0;
		if (!Number.isSafeInteger(offset) || offset < 0 || offset > spool.sizeBytes) await beginAnew();
	};
	/** What the guard said goes with the sound, and never holds it up. */
	const sendEvents = async (address: string) => {
		const events = [...spool.events, ...cutShort(spool)];
		if (events.length === sentEvents) return;
		const response = await ask(`${address}/events`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ events }),
		});
		if (!response.ok && isPassing(response)) throw await refusal(response);
		sentEvents = events.length;
	};
	const send = async (address: string, at: number, until: number, isWhole: boolean) => {
		const bytes = await spool.read(at, Math.min(chunkBytes, until - at));
		if (bytes.length === 0 && at < until)
			throw new Error("the browser's storage gave nothing back");
		const isLast = isWhole && at + bytes.length === until;
		const response = await ask(address, {
			method: "PATCH",
			body: bytes,
			headers: {
				"content-type": "application/offset+octet-stream",
				"upload-offset": String(at),
				"upload-checksum": `sha256 ${btoa(String.fromCharCode(...sha256(bytes)))}`,
				...(isLast ? { "upload-length": String(until) } : {}),
			},
		});
		if (isGone(response)) return lost();
		// Somebody wrote meanwhile, or it was damaged on the way: the service says where to go on.
		if (response.status === 409 || response.status === 460) {
			offset = null;
			// Twice in a row is no accident, and nobody is to be asked without a pause.
			if (++disagreements < 2) return;
			throw busy("Onwax does not take the next part yet.");
		}
		if (response.status === 413 && bytes.length > smallestChunkBytes) {
			mostBytes = Math.max(smallestChunkBytes, bytes.length / 2);
			chunkBytes = mostBytes;
			return;
		}
		if (!response.ok) throw await refusal(response);
		hashed(bytes, at);
		disagreements = 0;
		losses = 0;
		offset = offsetOf(response);
		if (offset === null) throw await refusal(response);
		lastOffset = offset;
		if (offset !== at + bytes.length) offset = null;
		chunkBytes = Math.min(mostBytes, chunkBytes * 2);
	};
	const compare = async (receipt: Receipt): Promise<Receipt> => {
		if (hashedBytes > spool.sizeBytes) {
			hash = sha256.create();
			hashedBytes = 0;
		}
		while (hashedBytes < spool.sizeBytes) {
			const bytes = await spool.read(hashedBytes, largestChunkBytes);
			if (bytes.length === 0) throw new Error("the browser's storage gave nothing back");
			hashed(bytes, hashedBytes);
		}
		const here = hex(hash.clone().digest());
		if (receipt.sha256 === here && receipt.sizeBytes === spool.sizeBytes) return receipt;
		const mismatches = spool.journal.mismatches + 1;
		await spool.note({ mismatches });
		await beginAnew();
		// What was hashed on the way may be what was wrong: the next time it is read from the disk.
		hash = sha256.create();
		hashedBytes = 0;
		throw new UploadTrouble({
			kind: "mismatch",
			message: "What arrived is not what was recorded here. It is kept here, and uploaded anew.",
			hint: mismatches > 1 ? `That happened ${mismatches} times: save it to a file as well.` : null,
			retryAfterSeconds: mismatches >= mostMismatches ? afterMismatchesSeconds : 2,
		});
	};

	/** One that was given while it was recorded. What the service will not have is left as it is. */
	const entitle = async (name: string) => {
		const wanted = title();
		if (wanted === (spool.journal.uploadedTitle ?? "")) return;
		const response = await ask(`/api/v1/recordings/${encodeURIComponent(name)}`, {
			method: "PATCH",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ title: wanted === "" ? null : wanted }),
		});
		if (!response.ok && isPassing(response)) throw await refusal(response);
		await spool.note({ uploadedTitle: wanted });
	};

	return {
		uploadedBytes: () => offset ?? lastOffset,
		async step(durableBytes, isWhole) {
			try {
				const address = spool.journal.uploadUrl;
				if (address === null) {
					await begin();
					return "went-on";
				}
				if (offset === null) {
					await askOffset(address);
					return "went-on";
				}
				if (offset < durableBytes || !isWhole) await sendEvents(address);
				if (offset < durableBytes) {
					await send(address, offset, durableBytes, isWhole);
					return "went-on";
				}
				if (!isWhole) return "nothing-to-do";
				const response = await ask(address, { method: "GET" });
				if (isGone(response)) {
					await lost();
					return "went-on";
				}
				const told = (await response.json().catch(() => null)) as Partial<Receipt> | null;
				if (!response.ok || told === null) throw await refusal(response);
				if (told.sha256) {
					const receipt = await compare(told as Receipt);
					await entitle(receipt.name);
					return receipt;
				}
				if (saidWhole) {
					saidWhole = false;
					throw busy("Onwax is still taking it in.");
				}
				// All of it is there, but nobody said yet that it is all.
				await sendEvents(address);
				await send(address, offset, offset, true);
				saidWhole = true;
				return "went-on";
			} catch (error) {
				chunkBytes = Math.max(smallestChunkBytes, chunkBytes / 4);
				// What a lost reply said has to be asked for.
				if (error instanceof UploadTrouble) {
					lastOffset = offset ?? lastOffset;
					offset = null;
				}
				throw error;
			}
		},
	};
}

/** With all of its body, which is small. */
async function ask(address: string, init: RequestInit): Promise<Response> {
	// Not `AbortSignal.timeout`: its timer, and what hangs on it, would outlive the answer by minutes.
	const given = new AbortController();
	const timer = setTimeout(() => given.abort(), replyMs);
	try {
		const response = await fetch(address, {
			...init,
			headers: { "tus-resumable": "1.0.0", accept: "application/json", ...init.headers },
			credentials: "same-origin",
			cache: "no-store",
			signal: given.signal,
		});
		const { status, headers } = response;
		return new Response((await response.text()) || null, { status, headers });
	} catch {
		throw new UploadTrouble({
			kind: "unreachable",
			message: "Onwax cannot be reached.",
			hint: "What you record is kept in this browser, and goes on its way when Onwax is back.",
			retryAfterSeconds: null,
		});
	} finally {
		clearTimeout(timer);
	}
}

/** Worth another try, in contrast to what will be refused again. */
function isPassing({ status }: Response): boolean {
	return status === 401 || status === 409 || status === 423 || status === 429 || status >= 500;
}

/** As `onwax record` says it of one that was killed. */
function cutShort({ journal: { state }, sizeBytes }: Spool): RecordingEvent[] {
	if (state !== "cut") return [];
	const message = `The page that recorded this was not closed in order; ${sizeBytes} bytes were in the browser. At most the last 250 ms before that are missing.`;
	return [{ at: new Date().toISOString(), kind: "recovered", message }];
}

function isGone({ status }: Response): boolean {
	return status === 404 || status === 410;
}

function busy(message: string): UploadTrouble {
	return new UploadTrouble({ kind: "busy", message, hint: null, retryAfterSeconds: null });
}

async function refusal(response: Response): Promise<UploadTrouble> {
	const { status } = response;
	if (response.ok)
		return new UploadTrouble({
			...{ kind: "unreachable", message: "Something else answers in the place of Onwax." },
			hint: "A network's own sign-in page may be in between. What you record is kept in this browser, and goes on its way when Onwax is back.",
			retryAfterSeconds: null,
		});
	const retryAfter = Number(response.headers.get("retry-after"));
	const retryAfterSeconds = retryAfter > 0 ? Math.min(retryAfter, 300) : null;
	if (status === 401 || status === 403)
		return new UploadTrouble({
			kind: "signed-out",
			message: "You are not signed in any more.",
			hint: "Sign in again in this browser: what you recorded is kept here, and goes on its way then.",
			retryAfterSeconds: null,
		});
	const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
	const isBusy = status === 423 || status === 429 || status === 502 || status === 503;
	return new UploadTrouble({
		kind: isBusy ? "busy" : "refused",
		message: problem?.title ?? `The service answered with the status ${status}.`,
		hint: problem?.hint ?? null,
		retryAfterSeconds,
	});
}

/** What an untitled one is called in the library: `Recording 2026-03-12 14.05.wav`, by the clock of its person. */
function fileName(startedAt: string): string {
	const date = new Date(startedAt);
	const two = (value: number) => String(value).padStart(2, "0");
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `Recording ${day} ${two(date.getHours())}.${two(date.getMinutes())}.wav`;
}

function metadata(values: Record<string, string>): string {
	return Object.entries(values)
		.map(([key, value]) => {
			const bytes = new TextEncoder().encode(value);
			return `${key} ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
		})
		.join(",");
}

function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

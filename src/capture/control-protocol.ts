import type { Readable } from "node:stream";
import type { ErrorCode } from "../errors.ts";
import type { Notice, Snapshot, StopReason } from "./capture.ts";

/**
 * How a recorder is spoken to: JSON values, one per line, in both directions. Each request is
 * answered in its turn by one line, but
 *
 *   `stop`  first by `{"heard":true}`, and again when the audio is sealed on disk;
 *   `watch` by events until the recording ends, and no request after it.
 *
 * In JSON digital silence, -Infinity dB, is null.
 */
export const verbs = ["status", "pause", "resume", "stop", "watch"] as const;
export type Verb = (typeof verbs)[number];

export type Request = { do: Verb; everyMs: number };

export type Answer =
	| { heard: true }
	| { capture: Snapshot; reason: StopReason | null }
	| { error: { code: ErrorCode; message: string; hint: string | null } };

export type WatchEvent =
	| ({ event: "snapshot" } & Snapshot)
	| ({ event: "notice" } & Notice)
	| ({ event: "stopped"; reason: StopReason } & Snapshot);

/** `control.json`: where a recorder listens. The process id is for people. */
export const controlFilename = "control.json";
export type Announcement = { address: string; pid: number; startedAt: string };

const fastestMs = 100;
const usualMs = 500;
const slowestMs = 60_000;

/** @returns what was asked, or in one sentence what is wrong with it */
export function parseRequest(line: string): Request | string {
	const value = parsed(line);
	const wanted = value?.do;
	const verb = verbs.find((one) => one === wanted);
	if (verb === undefined) return `Expected {"do": …} with one of ${verbs.join(", ")}.`;
	const everyMs = value?.everyMs ?? usualMs;
	if (typeof everyMs !== "number" || !(everyMs >= fastestMs && everyMs <= slowestMs)) {
		return `everyMs is a number from ${fastestMs} to ${slowestMs}.`;
	}
	return { do: verb, everyMs };
}

/** Null where the line is no answer of a recorder's. */
export function parseAnswer(line: string): Answer | null {
	const value = parsed(line);
	if (value === null) return null;
	if (value.heard === true) return { heard: true };
	if (isObject(value.error)) {
		const { code, message, hint } = value.error;
		return {
			error: {
				code: String(code) as ErrorCode,
				message: String(message),
				hint: typeof hint === "string" ? hint : null,
			},
		};
	}
	const capture = parseSnapshot(value.capture);
	if (capture === null) return null;
	return { capture, reason: (value.reason as StopReason | undefined) ?? null };
}

export function parseAnnouncement(text: string): Announcement | null {
	const value = parsed(text);
	if (typeof value?.address !== "string") return null;
	return {
		address: value.address,
		pid: Number(value.pid),
		startedAt: String(value.startedAt),
	};
}

/** As it was before it was JSON. What this program reads of it is checked; the rest is taken as it is. */
function parseSnapshot(value: unknown): Snapshot | null {
	if (!isObject(value)) return null;
	const { name, state, device, capturedSeconds, writtenSeconds, syncedSeconds, sizeBytes } = value;
	const texts = [name, state, device];
	const numbers = [capturedSeconds, writtenSeconds, syncedSeconds, sizeBytes];
	const isWhole =
		texts.every((text) => typeof text === "string") &&
		numbers.every((number) => typeof number === "number");
	if (!isWhole) return null;
	const { level, requestedDevice } = value;
	const decibels = (dbfs: unknown) => (typeof dbfs === "number" ? dbfs : Number.NEGATIVE_INFINITY);
	return {
		...(value as Snapshot),
		requestedDevice: typeof requestedDevice === "string" ? requestedDevice : null,
		level: isObject(level)
			? { peakDbfs: decibels(level.peakDbfs), rmsDbfs: decibels(level.rmsDbfs) }
			: null,
		active: Array.isArray(value.active) ? value.active : [],
	};
}

/**
 * The lines of a stream, one at a time: the next one is read when the last was dealt with.
 *
 * @throws RangeError where a line is longer than `longestBytes`
 */
export async function* linesOf(stream: Readable, longestBytes: number): AsyncGenerator<string> {
	let pending = "";
	stream.setEncoding("utf8");
	// Whoever has read enough may have something to say yet.
	for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
		pending += chunk;
		for (let end = pending.indexOf("\n"); end >= 0; end = pending.indexOf("\n")) {
			const line = pending.slice(0, end);
			pending = pending.slice(end + 1);
			if (line.length > longestBytes) throw new RangeError("line too long");
			if (line.trim() !== "") yield line;
		}
		if (pending.length > longestBytes) throw new RangeError("line too long");
	}
}

function parsed(text: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : null;
	} catch {
		return null;
	}
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

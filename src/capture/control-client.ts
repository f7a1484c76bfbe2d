import { readdir, readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import type { Layout } from "../archive/layout.ts";
import { isName } from "../archive/name.ts";
import { listWriters, writerFolder } from "../archive/writer.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Snapshot, StopReason } from "./capture.ts";
import { isControlAddress, isNobodyThere, isRefused } from "./control-address.ts";
import {
	type Answer,
	controlFilename,
	linesOf,
	parseAnnouncement,
	parseAnswer,
	type Verb,
} from "./control-protocol.ts";

/** A capture whose recorder is alive. */
export type LiveCapture = {
	/** Empty where it has none yet: nobody has spoken, or it does not answer. */
	name: string;
	address: string;
	/** As the recorder announced it: when it began, ISO 8601, and its process. */
	startedAt: string;
	pid: number;
	/** Null where it is alive and does not answer (stopped by a signal, say). */
	snapshot: Snapshot | null;
};

export type Told = {
	snapshot: Snapshot;
	/** Why it ended, for `stop`. */
	reason: StopReason | null;
};

/** Longer than any snapshot with all that can last at once. */
const longestAnswerBytes = 64 * 1024;
const usualPatienceMs = 3000;
/** Somebody has pressed a key, and may be speaking already. */
const lookPatienceMs = 1500;

/**
 * The captures of this library that are going on, oldest first. A recorder is found by its
 * announcement and known to be alive by its answer: what a dead one left behind refuses.
 */
export async function listCaptures(layout: Layout): Promise<LiveCapture[]> {
	const writers = await listWriters(layout);
	const found = await Promise.all(writers.map((id) => look(writerFolder(layout, id))));
	const byAddress = new Map<string, LiveCapture>();
	for (const capture of found) if (capture !== null) byAddress.set(capture.address, capture);
	return [...byAddress.values()].sort((one, other) => (one.startedAt < other.startedAt ? -1 : 1));
}

/** @param folder a writer's */
async function look(folder: string): Promise<LiveCapture | null> {
	const text = await readFile(join(folder, controlFilename), "utf8").catch(() => "");
	const announcement = parseAnnouncement(text);
	if (announcement === null || !isControlAddress(announcement.address)) return null;
	const { address, startedAt, pid } = announcement;
	try {
		const { snapshot } = await tell({ name: "", address }, "status", {
			patienceMs: lookPatienceMs,
		});
		return { name: snapshot.name, address, startedAt, pid, snapshot };
	} catch (error) {
		if (!(error instanceof OnwaxError)) throw error;
		// One that ended in this moment let the question fall.
		if (error.code === "ERR_NOT_FOUND" || (await isRefused(address))) return null;
		return { name: await nameIn(folder), address, startedAt, pid, snapshot: null };
	}
}

/** What a recorder that does not answer records; empty where that cannot be told. */
async function nameIn(folder: string): Promise<string> {
	const names = (await readdir(folder).catch((): string[] => [])).filter(isName);
	return names.length === 1 ? (names[0] ?? "") : "";
}

export type TellOptions = {
	signal?: AbortSignal;
	/** The recorder has heard it; what was asked for may take its time. */
	onHeard?: () => void;
	/** For the first answer, whatever comes instead of one. */
	patienceMs?: number;
};

/**
 * Tells a capture's recorder something. `stop` resolves when the audio is sealed on disk, however
 * long that takes.
 *
 * @throws ERR_NOT_FOUND where nobody is there any more; ERR_LIBRARY_BUSY where somebody is, and does
 *   not answer; ERR_IO where it had heard `stop`, and ended before it could answer; what the recorder
 *   itself said
 */
export async function tell(
	capture: Pick<LiveCapture, "name" | "address">,
	verb: Exclude<Verb, "watch">,
	options: TellOptions = {},
): Promise<Told> {
	const { name } = capture;
	const { patienceMs = usualPatienceMs } = options;
	options.signal?.throwIfAborted();
	const socket = connect(capture.address);
	// With an error: without one, nobody would hear of it while it connects.
	const onAbort = () => socket.destroy(noAnswer(name));
	options.signal?.addEventListener("abort", onAbort, { once: true });
	let isHeard = false;
	const deadline = setTimeout(() => socket.destroy(noAnswer(name)), patienceMs);
	try {
		await connected(socket, name);
		socket.write(`${JSON.stringify({ do: verb })}\n`);
		for await (const line of linesOf(socket, longestAnswerBytes)) {
			const answer: Answer | null = parseAnswer(line);
			if (answer === null) break;
			if ("heard" in answer) {
				if (verb !== "stop") break;
				isHeard = true;
				// The disk may need a while to take the last of it.
				clearTimeout(deadline);
				options.onHeard?.();
				continue;
			}
			if ("error" in answer) {
				const { code, message, hint } = answer.error;
				throw new OnwaxError(code, message, hint === null ? {} : { hint });
			}
			return { snapshot: answer.capture, reason: answer.reason };
		}
	} catch (error) {
		options.signal?.throwIfAborted();
		if (error instanceof OnwaxError) throw error;
		if (systemErrorCode(error) === null && !(error instanceof RangeError)) throw error;
	} finally {
		clearTimeout(deadline);
		options.signal?.removeEventListener("abort", onAbort);
		socket.destroy();
	}
	options.signal?.throwIfAborted();
	if (!isHeard) throw noAnswer(name);
	throw new OnwaxError("ERR_IO", `The recorder${of(name)} ended before it could answer.`, {
		hint: "What it had heard is on disk; `onwax recover` makes a recording of it.",
	});
}

function connected(socket: Socket, name: string): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once("connect", () => {
			socket.off("error", onError);
			resolve();
		});
		socket.once("error", onError);
		function onError(error: Error): void {
			reject(isNobodyThere(error) ? notRunning(name) : noAnswer(name));
		}
	});
}

function notRunning(name: string): OnwaxError {
	return new OnwaxError("ERR_NOT_FOUND", `${name || "It"} is not being recorded any more.`, {
		hint: "`onwax list` shows what is kept.",
	});
}

function noAnswer(name: string): OnwaxError {
	return new OnwaxError("ERR_LIBRARY_BUSY", `The recorder${of(name)} does not answer.`, {
		retryable: true,
		hint: "It may be stopped (Ctrl-Z in its terminal); what it has heard is on disk. Try again, or end its process.",
	});
}

function of(name: string): string {
	return name === "" ? "" : ` of ${name}`;
}

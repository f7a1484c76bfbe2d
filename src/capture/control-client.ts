import { readdir, readFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { basename, join } from "node:path";
import type { Layout } from "../archive/layout.ts";
import { isName } from "../archive/name.ts";
import { listWriters, writerFolder } from "../archive/writer.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Snapshot, StopReason } from "./capture.ts";
import { isControlAddress } from "./control-address.ts";
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
const patienceMs = 3000;

/**
 * The captures of this library that are going on, oldest first. A recorder is found by its
 * announcement and known to be alive by its answer: what a dead one left behind refuses.
 */
export async function listCaptures(layout: Layout): Promise<LiveCapture[]> {
	const folders = await Promise.all(
		(await listWriters(layout)).map(async (id) => {
			const folder = writerFolder(layout, id);
			const names = await entriesOf(folder);
			return [folder, ...names.filter(isName).map((name) => join(folder, name))];
		}),
	);
	const found = await Promise.all(folders.flat().map(look));
	const byAddress = new Map<string, LiveCapture>();
	for (const capture of found) if (capture !== null) byAddress.set(capture.address, capture);
	return [...byAddress.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function entriesOf(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		// Its writer ended in this moment.
		if (systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}

async function look(folder: string): Promise<LiveCapture | null> {
	const text = await readFile(join(folder, controlFilename), "utf8").catch(() => "");
	const address = parseAnnouncement(text)?.address ?? "";
	if (!isControlAddress(address)) return null;
	const name = isName(basename(folder)) ? basename(folder) : "";
	try {
		const { snapshot } = await tell({ name, address }, "status");
		return { name: snapshot.name || name, address, snapshot };
	} catch (error) {
		if (!(error instanceof OnwaxError)) throw error;
		return error.code === "ERR_NOT_FOUND" ? null : { name, address, snapshot: null };
	}
}

export type TellOptions = {
	signal?: AbortSignal;
	/** The recorder has heard it; what was asked for may take its time. */
	onHeard?: () => void;
};

/**
 * Tells a capture's recorder something. `stop` resolves when the audio is sealed on disk, however
 * long that takes.
 *
 * @throws ERR_NOT_FOUND where nobody is there any more; ERR_LIBRARY_BUSY where somebody is, and does
 *   not answer; ERR_IO where it ended before it could answer; what the recorder itself said
 */
export async function tell(
	capture: Pick<LiveCapture, "name" | "address">,
	verb: Exclude<Verb, "watch">,
	options: TellOptions = {},
): Promise<Told> {
	const { name } = capture;
	options.signal?.throwIfAborted();
	const socket = connect(capture.address);
	const onAbort = () => socket.destroy();
	options.signal?.addEventListener("abort", onAbort, { once: true });
	let isHeard = false;
	try {
		await connected(socket, name);
		socket.setTimeout(patienceMs, () => socket.destroy(noAnswer(name)));
		socket.write(`${JSON.stringify({ do: verb })}\n`);
		for await (const line of linesOf(socket, longestAnswerBytes)) {
			const answer: Answer | null = parseAnswer(line);
			if (answer === null) break;
			if ("heard" in answer) {
				isHeard = true;
				socket.setTimeout(0);
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
		if (systemErrorCode(error) === null) throw error;
	} finally {
		options.signal?.removeEventListener("abort", onAbort);
		socket.destroy();
	}
	options.signal?.throwIfAborted();
	throw new OnwaxError("ERR_IO", `The recorder${of(name)} ended before it could answer.`, {
		hint: isHeard
			? "What it had heard is on disk; `onwax recover` makes a recording of it."
			: "`onwax list` shows what became of it.",
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
			const code = systemErrorCode(error);
			const isGone = code === "ECONNREFUSED" || code === "ENOENT" || code === "ENOTSOCK";
			reject(isGone ? notRunning(name) : noAnswer(name));
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

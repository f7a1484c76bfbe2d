import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AppendLog, openAppendLog } from "../durable/append-log.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { namesIn } from "../durable/names-in.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { systemErrorCode } from "../errors.ts";
import type { EngineOutput } from "../transcript.ts";

/**
 * What an engine has answered so far, window by window (U8): a worker that dies costs the window it
 * was at. The files are no part of the recording; they go when its text is there.
 *
 * `<unfinished>/<recording>/<key>.<random>.log`: one line for each answer, the first 16 digits of the
 * SHA-256 of its JSON before it. Every worker writes a file of its own, so that one which lost its job
 * without noticing disturbs nobody; all of them are read.
 */
export type WindowLog = {
	/** Answers that are on disk, by the window's id. */
	readonly answers: ReadonlyMap<string, EngineOutput>;
	/** Resolves when the answer survives a power cut. */
	commit(id: string, answer: EngineOutput): Promise<void>;
	close(): Promise<void>;
};

type Line = { id: string; answer: EngineOutput };

/** @param key what the answers depend on: audio, engine, model, parameters; part of a file's name */
export async function openWindowLog(folder: string, key: string): Promise<WindowLog> {
	const answers = new Map<string, EngineOutput>();
	for (const filename of await namesIn(folder)) {
		if (!filename.startsWith(`${key}.`) || !filename.endsWith(".log")) continue;
		for (const { id, answer } of await readLines(join(folder, filename))) answers.set(id, answer);
	}
	let opening: Promise<AppendLog> | null = null;
	let writing: Promise<void> = Promise.resolve();

	/** Not before there is something to write: most recordings are one window. */
	async function open(): Promise<AppendLog> {
		await makeFolder(folder);
		const path = join(folder, `${key}.${randomBytes(4).toString("hex")}.log`);
		const log = await openAppendLog(path);
		await syncFolder(folder);
		return log;
	}

	return {
		answers,
		commit(id, answer) {
			const before = writing;
			const written = (async () => {
				await before.catch(() => undefined);
				opening ??= open();
				const log = await opening;
				await log.append(serializeLine({ id, answer }));
				await log.sync();
				answers.set(id, answer);
			})();
			writing = written;
			return written;
		},
		async close() {
			await writing.catch(() => undefined);
			await (await opening?.catch(() => null))?.abandon();
		},
	};
}

function serializeLine(line: Line): Buffer {
	const json = JSON.stringify(line);
	return Buffer.from(`${digestOf(json)} ${json}\n`);
}

/** A line that a crash cut off, or that the disk garbled, was never answered. */
async function readLines(path: string): Promise<Line[]> {
	try {
		const text = await readFile(path, "utf8");
		return text.split("\n").flatMap((line) => {
			const json = line.slice(17);
			return json !== "" && line.slice(0, 16) === digestOf(json) ? [JSON.parse(json)] : [];
		});
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}

function digestOf(text: string): string {
	return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

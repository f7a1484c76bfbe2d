import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { namesIn } from "../durable/names-in.ts";
import { readAt } from "../durable/read-at.ts";

/** Names of the files, oldest first: a month each. */
export async function auditFiles(folder: string): Promise<string[]> {
	return (await namesIn(folder)).filter((name) => /^\d{4}-\d{2}\.jsonl$/.test(name)).sort();
}

export function monthFile(at: Date): string {
	return `${at.toISOString().slice(0, 7)}.jsonl`;
}

export type Line = {
	/** Without its end. */
	bytes: Buffer;
	startByte: number;
	/** False only for what is at the end of a file without a line's end. */
	ended: boolean;
};

const blockBytes = 65_536;

/** The lines that end at or before `endByte`, the last one first; a block of the file at a time. */
export async function* linesBackwards(file: FileHandle, endByte: number): AsyncGenerator<Line> {
	let start = endByte;
	let rest = Buffer.alloc(0);
	let ended = false;
	let first = true;
	while (start > 0) {
		const length = Math.min(blockBytes, start);
		start -= length;
		rest = Buffer.concat([await readAt(file, start, length), rest]);
		if (first) {
			ended = rest.at(-1) === 0x0a;
			if (ended) rest = rest.subarray(0, -1);
			first = false;
		}
		for (let at = rest.lastIndexOf(0x0a); at >= 0; at = rest.lastIndexOf(0x0a)) {
			yield { bytes: rest.subarray(at + 1), startByte: start + at + 1, ended };
			ended = true;
			rest = rest.subarray(0, at);
		}
	}
	if (!first) yield { bytes: rest, startByte: 0, ended };
}

/** Opened only to read. */
export async function openAuditFile(folder: string, name: string): Promise<FileHandle> {
	return await open(join(folder, name), "r");
}

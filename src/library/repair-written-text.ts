import { readFile, stat } from "node:fs/promises";
import { systemErrorCode } from "../errors.ts";
import type { EditLayer } from "../transcript.ts";

/** No transcript is longer, and no more is read. */
const longestBytes = 40_000_000;

/**
 * What somebody wrote over a text file by hand, as an edit, dated by the file.
 *
 * @param before what the file held when it was last known
 * @returns null where there is none, or the bytes look like damage (see `isWritten`)
 */
export async function readWrittenText(path: string, before: string): Promise<EditLayer | null> {
	try {
		const { size, mtime } = await stat(path);
		if (size > longestBytes) return null;
		const text = cleaned(new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path)));
		return isWritten(text, before) ? { editedAt: mtime.toISOString(), text } : null;
	} catch (error) {
		// Not UTF-8: no text of a person's.
		if (error instanceof TypeError || systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

/** Whether the file says the same but for white space around it and the kind of its line ends. */
export async function saysTheSame(path: string, text: string): Promise<boolean> {
	try {
		return cleaned(await readFile(path, "utf8")) === cleaned(text);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return true;
		throw error;
	}
}

/**
 * Whether a text in the place of another was written by a person, as far as that can be told. A
 * failing disk leaves nothing, control characters (zeroed blocks), the beginning of what was there,
 * or the same text with one bit turned over.
 */
export function isWritten(text: string, before: string): boolean {
	const now = cleaned(text);
	const then = cleaned(before);
	if (now === "" || then.startsWith(now)) return false;
	return !/[^\P{Cc}\n\t]/u.test(now) && !now.includes("\uFFFD") && !isOneBitApart(now, then);
}

function isOneBitApart(one: string, other: string): boolean {
	const a = Buffer.from(one);
	const b = Buffer.from(other);
	if (a.length !== b.length) return false;
	const differing = a.findIndex((byte, at) => byte !== b[at]);
	if (differing < 0 || !a.subarray(differing + 1).equals(b.subarray(differing + 1))) return false;
	const bits = (a[differing] ?? 0) ^ (b[differing] ?? 0);
	return (bits & (bits - 1)) === 0;
}

function cleaned(text: string): string {
	return text.replace(/\r\n?/g, "\n").trim();
}

/** Bytes `start` to `end`, both included. */
export type ByteRange = { start: number; end: number };

/**
 * Reads a `Range` header for a file of that size (RFC 9110, 14). Several ranges at once, other units
 * and what cannot be read mean the whole file, which is always a right answer.
 *
 * @returns null for the whole file; `none` where the file has nothing there
 */
export function parseRange(
	header: string | undefined,
	sizeBytes: number,
): ByteRange | "none" | null {
	const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? "");
	if (match === null) return null;
	const [, first = "", last = ""] = match;
	if (first === "") {
		if (last === "") return null;
		const suffix = Number(last);
		if (suffix === 0 || sizeBytes === 0) return "none";
		return { start: Math.max(0, sizeBytes - suffix), end: sizeBytes - 1 };
	}
	const start = Number(first);
	const end = last === "" ? sizeBytes - 1 : Number(last);
	if (last !== "" && end < start) return null;
	if (start >= sizeBytes) return "none";
	return { start, end: Math.min(end, sizeBytes - 1) };
}

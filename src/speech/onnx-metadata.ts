import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** The fields of onnx.proto's ModelProto and StringStringEntryProto that are read. */
const metadataField = 14;
const keyField = 1;
const valueField = 2;

/** Longer entries (a vocabulary, a list of statistics) are only named. */
const longestEntryBytes = 64 * 1024;
const mostFields = 10_000;

/**
 * What the maker of an ONNX model wrote about it. Steps over the weights without reading them. Empty
 * where the file is no such model, cannot be read, or is damaged: nothing about it is trusted.
 * A few small reads, so it does not wait for another thread.
 */
export function readOnnxMetadata(path: string): ReadonlyMap<string, string> {
	const found = new Map<string, string>();
	let file: number;
	try {
		file = openSync(path, "r");
	} catch {
		return found;
	}
	try {
		const { size } = fstatSync(file);
		let at = 0;
		for (let fields = 0; at < size && fields < mostFields; fields++) {
			const field = readField(file, at);
			if (field === null || field.end > size) break;
			if (field.number === metadataField && field.end - field.start <= longestEntryBytes) {
				const bytes = Buffer.alloc(field.end - field.start);
				readSync(file, bytes, 0, bytes.length, field.start);
				const entry = readEntry(bytes);
				if (entry) found.set(entry.key, entry.value);
			}
			at = field.end;
		}
	} catch {
		// A folder, or a disk that fails: what was read stands.
	} finally {
		closeSync(file);
	}
	return found;
}

type Field = { number: number; start: number; end: number };

function readField(file: number, at: number): Field | null {
	const head = Buffer.alloc(24);
	const bytesRead = readSync(file, head, 0, head.length, at);
	return fieldAt(head.subarray(0, bytesRead), 0, at);
}

/** The field that begins at `offset` of `bytes`; its place counts from `base`. */
function fieldAt(bytes: Buffer, offset: number, base: number): Field | null {
	const tag = varintAt(bytes, offset);
	if (tag === null) return null;
	const number = Math.floor(tag.value / 8);
	switch (tag.value % 8) {
		case 0: {
			const value = varintAt(bytes, tag.end);
			return value && { number, start: base + tag.end, end: base + value.end };
		}
		case 1:
			return { number, start: base + tag.end, end: base + tag.end + 8 };
		case 2: {
			const length = varintAt(bytes, tag.end);
			return length && { number, start: base + length.end, end: base + length.end + length.value };
		}
		case 5:
			return { number, start: base + tag.end, end: base + tag.end + 4 };
		default:
			return null;
	}
}

function readEntry(bytes: Buffer): { key: string; value: string } | null {
	let key: string | null = null;
	let value = "";
	for (let at = 0; at < bytes.length; ) {
		const field = fieldAt(bytes, at, 0);
		if (field === null || field.end > bytes.length) return null;
		const text = bytes.toString("utf8", field.start, field.end);
		if (field.number === keyField) key = text;
		if (field.number === valueField) value = text;
		at = field.end;
	}
	return key === null ? null : { key, value };
}

function varintAt(bytes: Buffer, offset: number): { value: number; end: number } | null {
	let value = 0;
	for (let index = 0; index < 10; index++) {
		const byte = bytes[offset + index];
		if (byte === undefined) return null;
		value += (byte % 128) * 128 ** index;
		if (byte < 128) return { value, end: offset + index + 1 };
	}
	return null;
}

export const bytesPerSample = 2;

/** Readers take a size of 0 as empty, and this one as "up to the end of the file". */
const unsetSize = 0xffffffff;

/**
 * The header in front of what is recorded here, 16 bit: the same as that of `onwax record`. It never
 * changes, as it is uploaded long before the length is known. Its `LIST INFO` makes every recording's bytes
 * its own: two of pure silence are still two.
 */
export function wavHeader(fields: {
	sampleRate: number;
	channels: number;
	recordedAt: string;
	name: string;
}): Uint8Array<ArrayBuffer> {
	const info = join([
		ascii("INFO"),
		entry("ICRD", fields.recordedAt),
		entry("INAM", fields.name),
		entry("ISFT", "Onwax"),
	]);
	const format = new Uint8Array(16);
	const view = new DataView(format.buffer);
	view.setUint16(0, 1, true);
	const frameBytes = fields.channels * bytesPerSample;
	view.setUint16(2, fields.channels, true);
	view.setUint32(4, fields.sampleRate, true);
	view.setUint32(8, fields.sampleRate * frameBytes, true);
	view.setUint16(12, frameBytes, true);
	view.setUint16(14, 16, true);
	return join([
		...[ascii("RIFF"), uint32(unsetSize), ascii("WAVE")],
		...[chunk("fmt ", format), chunk("LIST", info)],
		...[ascii("data"), uint32(unsetSize)],
	]);
}

/** How long the header is, and what follows, of a file that `wavHeader` began; null: its header is not whole. */
export function readWavHeader(head: Uint8Array): { bytes: number; bytesPerSecond: number } | null {
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	let bytesPerSecond: number | null = null;
	for (let at = 12; at + 8 <= head.length; ) {
		const id = String.fromCharCode(...head.subarray(at, at + 4));
		if (id === "fmt " && at + 24 <= head.length) bytesPerSecond = view.getUint32(at + 16, true);
		if (id === "data") return bytesPerSecond === null ? null : { bytes: at + 8, bytesPerSecond };
		at += 8 + view.getUint32(at + 4, true);
	}
	return null;
}

function entry(id: string, text: string): Uint8Array {
	const ended = ascii(`${text}\0`);
	return chunk(id, ended.length % 2 === 0 ? ended : join([ended, new Uint8Array(1)]));
}

function chunk(id: string, content: Uint8Array): Uint8Array {
	return join([ascii(id), uint32(content.length), content]);
}

function ascii(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function uint32(value: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value, true);
	return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

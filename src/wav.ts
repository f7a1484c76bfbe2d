/**
 * The RIFF WAVE header, read without trusting any size in it and written for captures. Pure: bytes
 * in, facts out. Sources: Microsoft's "Multimedia Programming Interface 1.0" (RIFF), EBU Tech 3306
 * (RF64) and ITU-R BS.2088 (BW64).
 */

export type WavChunk = {
	/** Four characters, as they stand in the file. */
	id: string;
	/** Where the chunk's content starts in the file. */
	offset: number;
	/** What the file says; may lie. */
	declaredSizeBytes: number;
};

export type WavFacts = {
	form: "RIFF" | "RF64" | "BW64";
	/** `other`: compressed, or fields that contradict one another; a decoder has to say. */
	encoding: "pcm" | "float" | "other";
	extensible: boolean;
	sampleRate: number;
	channels: number;
	bitDepth: number;
	/** Bytes of one sample of all channels. */
	blockAlign: number;
	/** Where the samples start: everything before is the header. */
	dataOffset: number;
	declaredDataBytes: number;
	/** Bytes of samples that are really there, whole blocks only. */
	payloadBytes: number;
	/** False where the declared size cannot be right and the file's own length was used. */
	sizeHonest: boolean;
	/** What stands after the payload: a torn block, the pad byte, further chunks. */
	trailerBytes: number;
	/** Null where there is no sample rate to divide by. */
	durationSeconds: number | null;
	/** Chunks up to and including `data`, then those after it that `afterData` showed. */
	chunks: WavChunk[];
};

/** Sizes that a program writes before it knows better: everything up to the file's end is audio. */
const unsetSize = 0xffffffff;

/**
 * Chunks known to be written after the samples (or a whole further file). One of these is believed even when it is cut off;
 * an unknown one only where its size leads to the file's end, because four bytes of audio can look
 * like a name.
 */
const trailingChunks = new Set(
	"LIST list INFO id3  ID3  cue  smpl inst bext iXML fact PEAK JUNK junk PAD  FLLR _PMX aXML axml chna DISP acid afsp LGWV umid cart labl plst minf elm1 regn link levl strc TLST RIFF RF64 BW64"
		.match(/.{4}(?: |$)/g)
		?.map((name) => name.slice(0, 4)) ?? [],
);

/** GUID tail shared by all wave formats inside WAVE_FORMAT_EXTENSIBLE. */
const extensibleGuidTail = "000000001000800000aa00389b71";

/**
 * Reads the header of a WAVE file; null when the bytes are not one or no `data` chunk is in sight.
 *
 * @param head the file's first bytes; 64 KiB reach every ordinary header
 * @param fileSizeBytes the file's real length
 * @param afterData bytes from {@link declaredDataEnd} on, as far as 64 KiB; without them whatever
 *   follows the declared samples counts as samples too (a recorder that died before it could
 *   update its header leaves such a file)
 */
export function parseWav(
	head: Uint8Array,
	fileSizeBytes: number,
	afterData?: Uint8Array,
): WavFacts | null {
	const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
	if (head.byteLength < 12 || fourCharacters(view, 8) !== "WAVE") return null;
	const form = fourCharacters(view, 0);
	if (form !== "RIFF" && form !== "RF64" && form !== "BW64") return null;

	const chunks: WavChunk[] = [];
	let format: Format | null = null;
	let longDataBytes: number | null = null;
	// Each round moves on by at least 8 bytes of `head`, so this ends whatever the sizes say.
	for (let at = 12; at + 8 <= head.byteLength; ) {
		const chunk = chunkAt(view, at, 0);
		chunks.push(chunk);
		const inSight = Math.min(chunk.declaredSizeBytes, head.byteLength - chunk.offset);
		if (chunk.id === "ds64" && inSight >= 16) longDataBytes = uint64(view, chunk.offset + 8);
		// The first one counts, as it does to decoders.
		if (chunk.id === "fmt " && inSight >= 16) format ??= parseFormat(view, chunk.offset, inSight);
		if (chunk.id === "data") {
			if (format === null) return null;
			if (longDataBytes !== null && form !== "RIFF" && chunk.declaredSizeBytes === unsetSize)
				chunk.declaredSizeBytes = longDataBytes;
			return withPayload(form, format, chunk, chunks, Math.max(fileSizeBytes, 0), afterData);
		}
		at = padded(chunk.offset + chunk.declaredSizeBytes);
	}
	return null;
}

/** Where the chunks after the samples would start, if the header told the truth. */
export function declaredDataEnd(facts: WavFacts): number {
	return padded(facts.dataOffset + facts.declaredDataBytes);
}

export type WavHeaderFields = {
	encoding: "pcm" | "float";
	sampleRate: number;
	channels: number;
	bitDepth: 8 | 16 | 24 | 32 | 64;
	/** Null while recording: both sizes are written as 0xFFFFFFFF, since readers take 0 as empty. */
	dataBytes: number | null;
};

export const wavHeaderBytes = 44;

/** The classic header of 44 bytes. A size beyond 4 GiB is written as unset. */
export function buildWavHeader(fields: WavHeaderFields): Uint8Array {
	const blockAlign = (fields.channels * fields.bitDepth) / 8;
	const riffBytes = fields.dataBytes === null ? unsetSize : padded(fields.dataBytes) + 36;
	const fits = fields.dataBytes !== null && riffBytes < unsetSize;
	const view = new DataView(new ArrayBuffer(wavHeaderBytes));
	writeCharacters(view, 0, "RIFF");
	view.setUint32(4, fits ? riffBytes : unsetSize, true);
	writeCharacters(view, 8, "WAVEfmt ");
	view.setUint32(16, 16, true);
	view.setUint16(20, fields.encoding === "pcm" ? 1 : 3, true);
	view.setUint16(22, fields.channels, true);
	view.setUint32(24, fields.sampleRate, true);
	view.setUint32(28, fields.sampleRate * blockAlign, true);
	view.setUint16(32, blockAlign, true);
	view.setUint16(34, fields.bitDepth, true);
	writeCharacters(view, 36, "data");
	view.setUint32(40, fits && fields.dataBytes !== null ? fields.dataBytes : unsetSize, true);
	return new Uint8Array(view.buffer);
}

/** What is recorded is signed 16-bit little-endian throughout. */
export const bytesPerSample = 2;

export type CaptureHeaderFields = {
	sampleRate: number;
	channels: number;
	/** Null while recording: the sizes say "up to the end of the file". */
	dataBytes: number | null;
	/** When it began, ISO 8601, and the recording's name: the file knows itself without its folder. */
	recordedAt: string;
	name: string;
};

/** What RF64 puts in front of everything else (EBU Tech 3306, 3.5): room for it is kept from the start. */
const ds64Bytes = 28;

/**
 * The header of 16-bit PCM that is being recorded. Its length depends on `name` and `recordedAt`
 * alone, so that it can be written over at the end, and as RF64 where the samples outgrew 4 GiB.
 * Otherwise `fmt ` comes first: there are readers that look for it nowhere else (pocketsphinx).
 * The `LIST INFO` in it makes every recording's bytes its own: two of pure silence are still two.
 */
export function buildCaptureHeader(fields: CaptureHeaderFields): Uint8Array {
	const { sampleRate, channels, dataBytes, recordedAt, name } = fields;
	const format = buildWavHeader({
		...{ encoding: "pcm", sampleRate, channels, bitDepth: 16, dataBytes: null },
	}).subarray(12, 36);
	const info = chunk("LIST", [
		characters("INFO"),
		...[infoEntry("ICRD", recordedAt), infoEntry("INAM", name), infoEntry("ISFT", "Onwax")],
	]);
	const headerBytes = 12 + 8 + ds64Bytes + format.length + info.length + 8;
	const riffBytes = dataBytes === null ? unsetSize : headerBytes - 8 + padded(dataBytes);
	if (dataBytes === null || riffBytes < unsetSize) {
		const room = chunk("JUNK", [new Uint8Array(ds64Bytes)]);
		const data = [characters("data"), uint32(dataBytes ?? unsetSize)];
		return joined([
			characters("RIFF"),
			uint32(riffBytes),
			characters("WAVE"),
			format,
			info,
			room,
			...data,
		]);
	}
	const sizes = new Uint8Array(ds64Bytes);
	const view = new DataView(sizes.buffer);
	view.setBigUint64(0, BigInt(riffBytes), true);
	view.setBigUint64(8, BigInt(dataBytes), true);
	view.setBigUint64(16, BigInt(dataBytes / (channels * bytesPerSample)), true);
	const data = [characters("data"), uint32(unsetSize)];
	const form = [characters("RF64"), uint32(unsetSize), characters("WAVE")];
	return joined([...form, chunk("ds64", [sizes]), format, info, ...data]);
}

/** The reverse of `buildCaptureHeader`, as far as it can be read back; null for any other header. */
export function parseCaptureHeader(
	head: Uint8Array,
): Omit<CaptureHeaderFields, "dataBytes"> | null {
	const facts = parseWav(head, head.length);
	if (facts === null || facts.encoding !== "pcm" || facts.bitDepth !== 16) return null;
	const list = facts.chunks.find(({ id }) => id === "LIST");
	if (!list) return null;
	const text = String.fromCharCode(
		...head.subarray(list.offset, list.offset + list.declaredSizeBytes),
	);
	const entry = (id: string) => new RegExp(`${id}.{4}([^\\0]*)\\0`, "s").exec(text)?.[1];
	const recordedAt = entry("ICRD");
	const name = entry("INAM");
	if (recordedAt === undefined || name === undefined || entry("ISFT") !== "Onwax") return null;
	return { sampleRate: facts.sampleRate, channels: facts.channels, recordedAt, name };
}

function chunk(id: string, parts: readonly Uint8Array[]): Uint8Array {
	const content = joined(parts);
	return joined([characters(id), uint32(content.length), content]);
}

function characters(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function uint32(value: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value, true);
	return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/** An entry of `LIST INFO`: ASCII, ended by a zero, padded to an even length. */
function infoEntry(id: string, text: string): Uint8Array {
	const content = new Uint8Array(padded(text.length + 1));
	content.set(characters(text));
	return joined([characters(id), uint32(text.length + 1), content]);
}

type Format = Pick<
	WavFacts,
	"encoding" | "extensible" | "sampleRate" | "channels" | "bitDepth" | "blockAlign"
>;

function parseFormat(view: DataView, at: number, sizeBytes: number): Format {
	const tag = view.getUint16(at, true);
	const channels = view.getUint16(at + 2, true);
	const sampleRate = view.getUint32(at + 4, true);
	const blockAlign = view.getUint16(at + 12, true);
	const bitDepth = view.getUint16(at + 14, true);
	const extensible = tag === 0xfffe;
	let kind = tag;
	if (extensible) {
		kind = 0;
		if (sizeBytes >= 40 && hex(view, at + 26, 14) === extensibleGuidTail)
			kind = view.getUint16(at + 24, true);
	}
	const whole = channels > 0 && sampleRate > 0 && blockAlign === (channels * bitDepth) / 8;
	const pcm = whole && kind === 1 && [8, 16, 24, 32].includes(bitDepth);
	const float = whole && kind === 3 && [32, 64].includes(bitDepth);
	const encoding = pcm ? "pcm" : float ? "float" : "other";
	return { encoding, extensible, sampleRate, channels, bitDepth, blockAlign };
}

function withPayload(
	form: WavFacts["form"],
	format: Format,
	data: WavChunk,
	chunks: WavChunk[],
	fileSizeBytes: number,
	afterData: Uint8Array | undefined,
): WavFacts {
	const physicalBytes = Math.max(0, fileSizeBytes - data.offset);
	const end = padded(data.offset + data.declaredSizeBytes);
	const following = end < fileSizeBytes ? chunksAfter(afterData, end, fileSizeBytes) : [];
	const sizeHonest =
		data.declaredSizeBytes <= physicalBytes && (end >= fileSizeBytes || following.length > 0);
	const dataBytes = sizeHonest ? data.declaredSizeBytes : physicalBytes;
	const blockAlign = Math.max(1, format.blockAlign);
	const payloadBytes = dataBytes - (dataBytes % blockAlign);
	const plain = format.encoding !== "other";
	return {
		form,
		...format,
		dataOffset: data.offset,
		declaredDataBytes: data.declaredSizeBytes,
		payloadBytes,
		sizeHonest,
		trailerBytes: physicalBytes - payloadBytes,
		durationSeconds: plain ? payloadBytes / blockAlign / format.sampleRate : null,
		chunks: sizeHonest ? [...chunks, ...following] : chunks,
	};
}

/** The chunks that follow the samples, or none where the bytes there are no chain of chunks. */
function chunksAfter(bytes: Uint8Array | undefined, start: number, fileSizeBytes: number) {
	const found: WavChunk[] = [];
	if (bytes === undefined) return found;
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let at = 0;
	while (at + 8 <= bytes.byteLength) {
		const chunk = chunkAt(view, at, start);
		const known = trailingChunks.has(chunk.id);
		if (!known && !/^[ -~]{4}$/.test(chunk.id)) return [];
		if (!known && chunk.offset + chunk.declaredSizeBytes > fileSizeBytes) return [];
		found.push(chunk);
		at = padded(chunk.offset + chunk.declaredSizeBytes) - start;
	}
	return found;
}

function chunkAt(view: DataView, at: number, base: number): WavChunk {
	return {
		id: fourCharacters(view, at),
		offset: base + at + 8,
		declaredSizeBytes: view.getUint32(at + 4, true),
	};
}

/** Chunks start at even offsets. */
function padded(offset: number): number {
	return offset + (offset % 2);
}

function uint64(view: DataView, at: number): number {
	return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

function fourCharacters(view: DataView, at: number): string {
	return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
}

function writeCharacters(view: DataView, at: number, text: string): void {
	for (let index = 0; index < text.length; index++)
		view.setUint8(at + index, text.charCodeAt(index));
}

function hex(view: DataView, at: number, length: number): string {
	let text = "";
	for (let index = 0; index < length; index++)
		text += view
			.getUint8(at + index)
			.toString(16)
			.padStart(2, "0");
	return text;
}

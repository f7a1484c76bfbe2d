import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
	buildCaptureHeader,
	buildWavHeader,
	declaredDataEnd,
	parseCaptureHeader,
	parseWav,
	type WavHeaderFields,
} from "./wav.ts";

const plain: WavHeaderFields = {
	encoding: "pcm",
	sampleRate: 16_000,
	channels: 1,
	bitDepth: 16,
	dataBytes: 3200,
};

function wav(payloadBytes: number, fields: Partial<WavHeaderFields> = {}): Buffer {
	return Buffer.concat([buildWavHeader({ ...plain, ...fields }), Buffer.alloc(payloadBytes)]);
}

/** Reads as the program does: the head, and what follows the declared samples. */
function parse(file: Buffer) {
	const first = parseWav(file, file.length);
	if (first === null || declaredDataEnd(first) >= file.length) return first;
	return parseWav(file, file.length, file.subarray(declaredDataEnd(first)));
}

function chunk(id: string, content: Buffer): Buffer {
	const header = Buffer.alloc(8);
	header.write(id, "latin1");
	header.writeUInt32LE(content.length, 4);
	return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

describe("parseWav", () => {
	test("never throws and never invents samples, whatever the bytes", () => {
		const bytes = fc.uint8Array({ maxLength: 300 });
		const started = fc.constantFrom("", "RIFF", "RIFF\0\0\0\0WAVE", "RF64\xff\xff\xff\xffWAVEds64");
		fc.assert(
			fc.property(started, bytes, fc.nat(), fc.option(bytes), (start, rest, size, after) => {
				const head = Buffer.concat([Buffer.from(start, "latin1"), rest]);
				const facts = parseWav(head, size, after ?? undefined);
				if (facts === null) return;
				assert.ok(facts.payloadBytes >= 0 && facts.trailerBytes >= 0);
				assert.ok(facts.payloadBytes + facts.trailerBytes <= size);
			}),
		);
	});

	test("of two formats the first counts, as for decoders", () => {
		const [header, half] = [wav(0), wav(0, { sampleRate: 8000 })];
		const file = Buffer.concat([
			header.subarray(0, 36),
			half.subarray(12, 36),
			header.subarray(36),
			Buffer.alloc(3200),
		]);
		assert.equal(parse(file)?.durationSeconds, 0.1);
	});

	test("a whole file behind another is no part of its samples", () => {
		for (const form of ["RIFF", "RF64", "BW64"]) {
			const second = wav(3200);
			second.write(form, "latin1");
			second.writeUInt32LE(0xffffffff, 4);
			const facts = parse(Buffer.concat([wav(3200), second]));
			assert.deepEqual([facts?.payloadBytes, facts?.sizeHonest], [3200, true]);
		}
	});

	test("survives a real header with any bytes overwritten", () => {
		fc.assert(
			fc.property(fc.nat(43), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, damage) => {
				const file = wav(3200);
				file.set(damage.subarray(0, file.length - at), at);
				const facts = parse(file);
				assert.ok(facts === null || facts.payloadBytes <= file.length);
			}),
		);
	});

	test("reads back what buildWavHeader wrote", () => {
		const fields = fc.record({
			sampleRate: fc.integer({ min: 1, max: 768_000 }),
			channels: fc.integer({ min: 1, max: 32 }),
			kind: fc.constantFrom(
				{ encoding: "pcm", bitDepth: 8 } as const,
				{ encoding: "pcm", bitDepth: 16 } as const,
				{ encoding: "pcm", bitDepth: 24 } as const,
				{ encoding: "pcm", bitDepth: 32 } as const,
				{ encoding: "float", bitDepth: 32 } as const,
				{ encoding: "float", bitDepth: 64 } as const,
			),
			blocks: fc.nat(50),
		});
		fc.assert(
			fc.property(fields, ({ sampleRate, channels, kind, blocks }) => {
				const blockAlign = (channels * kind.bitDepth) / 8;
				const dataBytes = blocks * blockAlign;
				const header = buildWavHeader({ ...kind, sampleRate, channels, dataBytes });
				assert.equal(header.length, 44);
				const facts = parseWav(header, 44 + dataBytes);
				assert.equal(facts?.encoding, kind.encoding);
				assert.equal(facts?.sampleRate, sampleRate);
				assert.equal(facts?.channels, channels);
				assert.equal(facts?.bitDepth, kind.bitDepth);
				assert.equal(facts?.payloadBytes, dataBytes);
				assert.equal(facts?.trailerBytes, 0);
				assert.equal(facts?.durationSeconds, blocks / sampleRate);
				assert.equal(facts?.sizeHonest, true);
			}),
		);
	});

	test("takes the file's own length where the declared size lies", () => {
		const present = 3201; // and a torn last sample
		for (const lie of [0, 1, 2, 1000, 3202, 1e6, 0x7fffffff, 0xfffffffe, 0xffffffff]) {
			const file = wav(present);
			file.writeUInt32LE(lie, 40);
			const facts = parse(file);
			assert.equal(facts?.payloadBytes, 3200, `declared ${lie}`);
			assert.equal(facts?.sizeHonest, false, `declared ${lie}`);
		}
	});

	test("a recording under way, with its sizes unset, has all samples that are there", () => {
		const facts = parse(wav(6400, { dataBytes: null }));
		assert.equal(facts?.payloadBytes, 6400);
		assert.equal(facts?.durationSeconds, 0.2);
	});

	test("chunks after the samples are a trailer, not sound", () => {
		const list = chunk("LIST", Buffer.from("INFOabc"));
		const facts = parse(Buffer.concat([wav(3200), list]));
		assert.equal(facts?.payloadBytes, 3200);
		assert.equal(facts?.trailerBytes, list.length);
		assert.deepEqual(
			facts?.chunks.map((each) => each.id),
			["fmt ", "data", "LIST"],
		);
	});

	test("an odd number of bytes is followed by a pad byte before the next chunk", () => {
		const list = chunk("LIST", Buffer.from("INFO"));
		const file = Buffer.concat([wav(101, { bitDepth: 8, dataBytes: 101 }), Buffer.alloc(1), list]);
		assert.equal(parse(file)?.payloadBytes, 101);
		assert.equal(parse(file)?.trailerBytes, 1 + list.length);
	});

	test("no samples and a chunk after them is an honest nothing", () => {
		const facts = parse(Buffer.concat([wav(0, { dataBytes: 0 }), chunk("LIST", Buffer.alloc(20))]));
		assert.equal(facts?.payloadBytes, 0);
		assert.equal(facts?.sizeHonest, true);
	});

	test("finds the samples behind other chunks, and the size of RF64 in ds64", () => {
		const ds64 = Buffer.alloc(28);
		ds64.writeBigUInt64LE(3200n, 8);
		const classic = wav(3200, { dataBytes: null });
		const file = Buffer.concat([
			Buffer.from("RF64\xff\xff\xff\xffWAVE", "latin1"),
			chunk("ds64", ds64),
			chunk("bext", Buffer.alloc(603)),
			classic.subarray(12),
			chunk("iXML", Buffer.from("<x/>")),
		]);
		const facts = parse(file);
		assert.equal(facts?.form, "RF64");
		assert.equal(facts?.declaredDataBytes, 3200);
		assert.equal(facts?.payloadBytes, 3200);
		assert.equal(facts?.sizeHonest, true);
	});

	test("knows extensible PCM, and leaves what contradicts itself to a decoder", () => {
		const guid = Buffer.from("0100000000001000800000aa00389b71", "hex");
		const format = Buffer.alloc(40);
		format.writeUInt16LE(0xfffe, 0);
		format.writeUInt16LE(6, 2);
		format.writeUInt32LE(48_000, 4);
		format.writeUInt16LE(18, 12);
		format.writeUInt16LE(24, 14);
		guid.copy(format, 24);
		const file = (content: Buffer) =>
			Buffer.concat([
				Buffer.from("RIFF\0\0\0\0WAVE"),
				chunk("fmt ", content),
				chunk("data", Buffer.alloc(180)),
			]);
		assert.equal(parse(file(format))?.encoding, "pcm");
		assert.equal(parse(file(format))?.channels, 6);
		format.writeUInt16LE(17, 12);
		assert.equal(parse(file(format))?.encoding, "other");
	});

	test("is not fooled by other files", () => {
		assert.equal(parseWav(Buffer.from("#!/bin/sh\necho RIFF WAVE data"), 30), null);
		assert.equal(parseWav(Buffer.alloc(0), 0), null);
		assert.equal(parseWav(Buffer.from("RIFF\0\0\0\0AVI LIST"), 16), null);
	});
});

const captured = {
	...{ sampleRate: 48_000, channels: 2, name: "2026-01-02_03-04-05.000006_abc123" },
	recordedAt: "2026-01-02T03:04:05.000006Z",
};

test("a capture's header is of one length in all its forms, and readable in each", () => {
	const open = buildCaptureHeader({ ...captured, dataBytes: null });
	const ended = buildCaptureHeader({ ...captured, dataBytes: 4000 });
	const large = buildCaptureHeader({ ...captured, dataBytes: 2 ** 32 + 8 });
	assert.equal(ended.length, open.length);
	assert.equal(large.length, open.length);
	const whileOpen = parseWav(open, open.length + 4001);
	assert.equal(whileOpen?.payloadBytes, 4000);
	assert.equal(whileOpen?.sizeHonest, false);
	const whole = parseWav(ended, ended.length + 4000);
	assert.equal(whole?.form, "RIFF");
	assert.equal(whole?.sizeHonest, true);
	assert.equal(whole?.payloadBytes, 4000);
	assert.equal(whole?.chunks[0]?.id, "fmt ");
	const long = parseWav(large, large.length + 2 ** 32 + 8);
	assert.equal(long?.form, "RF64");
	assert.equal(long?.chunks[0]?.id, "ds64");
	assert.equal(long?.sizeHonest, true);
	assert.equal(long?.payloadBytes, 2 ** 32 + 8);
	for (const header of [open, ended, large]) {
		assert.deepEqual(parseCaptureHeader(header), captured);
	}
});

test("a capture's header turns to RF64 exactly where RIFF's size ends", () => {
	const { length } = buildCaptureHeader({ ...captured, dataBytes: 0 });
	// RIFF counts everything behind its first eight bytes, and 0xFFFFFFFF means unset.
	const most = 0xffffffff - (length - 8);
	for (const [dataBytes, form] of [
		[most - 3, "RIFF"],
		[most + 1, "RF64"],
	] as const) {
		const header = buildCaptureHeader({ ...captured, dataBytes });
		const facts = parseWav(header, length + dataBytes);
		assert.equal(facts?.form, form);
		assert.equal(facts?.declaredDataBytes, dataBytes);
	}
});

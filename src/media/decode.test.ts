import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
	ffmpeg,
	ffprobeDuration,
	type Layout,
	mediaForTests,
	tonePcm,
	toneWav,
} from "../../test/audio.ts";
import { needs } from "../../test/outside-program.ts";
import { parseWav } from "../wav.ts";
import type { DecodeTarget } from "./messages.ts";
import { bucketsPerSecond, parsePeaksHeader, peaksHeaderBytes } from "./peaks-format.ts";

const stereo: Layout = { sampleRate: 44_100, channels: 2, bitDepth: 16 };
const sourceSha256 = "ab".repeat(32);

describe("decode", () => {
	const { folder, media } = mediaForTests();
	const source = join(folder, "source.wav");
	writeFileSync(source, toneWav(stereo, 3.3));
	const speech = { container: "wav", sampleRate: 16_000, channels: 1 } as const;

	test("gives an engine 16 kHz mono, and the loudness stays", async () => {
		const outputPath = join(folder, "speech.wav");
		const result = await media.decode(source, { ...speech, outputPath });
		const file = readFileSync(outputPath);
		const facts = parseWav(file, file.length);
		assert.equal(facts?.sampleRate, 16_000);
		assert.equal(facts?.channels, 1);
		assert.equal(facts?.bitDepth, 16);
		assert.equal(facts?.sizeHonest, true);
		assert.equal(result.sizeBytes, file.length);
		assert.ok(Math.abs(result.durationSeconds - 3.3) < 0.01);
		assert.equal(facts?.durationSeconds, result.durationSeconds);
		let energy = 0;
		for (let at = 44; at < file.length; at += 2) energy += file.readInt16LE(at) ** 2;
		const rms = Math.sqrt(energy / ((file.length - 44) / 2)) / 32768;
		assert.ok(rms > 0.2 && rms < 0.6, `rms ${rms}`);
	});

	test("to the same rate and layout, the samples stay as they are", async () => {
		const outputPath = join(folder, "same.wav");
		await media.decode(source, { outputPath, container: "wav", sampleRate: 44_100, channels: 2 });
		assert.ok(readFileSync(outputPath).equals(readFileSync(source)));
	});

	for (const container of ["ogg-opus", "flac"] as const)
		test(`writes ${container} as long as the source`, async (t) => {
			if (!needs(t, "ffprobe", "ffmpeg")) return;
			const target: DecodeTarget = { ...speech, container, outputPath: join(folder, container) };
			const result = await media.decode(source, target);
			assert.equal(result.sizeBytes, statSync(target.outputPath).size);
			assert.ok(Math.abs((ffprobeDuration(target.outputPath) ?? 0) - 3.3) < 0.03);
		});

	for (const name of ["a.mp3", "a.m4a", "a.webm", "a.ogg", "a.wma", "a.aiff", "a.ac3", "six.flac"])
		test(`reads ${name}`, async (t) => {
			if (!needs(t, "ffmpeg", "ffmpeg")) return;
			const path = join(folder, name);
			ffmpeg("-i", source, ...(name === "six.flac" ? ["-ac", "6"] : []), path);
			const result = await media.decode(path, { ...speech, outputPath: `${path}.wav` });
			assert.ok(Math.abs(result.durationSeconds - 3.3) < 0.1, `${result.durationSeconds}`);
		});

	test("follows a stream that changes its rate and channels half way", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const [first, second] = [join(folder, "first.aac"), join(folder, "second.aac")];
		ffmpeg("-i", source, "-ar", "44100", "-ac", "2", first);
		ffmpeg("-i", source, "-ar", "24000", "-ac", "1", second);
		const path = join(folder, "joined.aac");
		writeFileSync(path, Buffer.concat([readFileSync(first), readFileSync(second)]));
		const result = await media.decode(path, { ...speech, outputPath: `${path}.wav` });
		assert.ok(Math.abs(result.durationSeconds - 6.6) < 0.3, `${result.durationSeconds}`);
	});

	test("a recorder's WAV that was never finished is read to its end", async () => {
		const whole = readFileSync(source);
		for (const lie of [0, 1000, 0xffffffff]) {
			whole.writeUInt32LE(lie, 40);
			const path = join(folder, `lie-${lie}.wav`);
			writeFileSync(path, whole);
			const result = await media.decode(path, { ...speech, outputPath: `${path}.out` });
			assert.ok(Math.abs(result.durationSeconds - 3.3) < 0.01, `${lie}: ${result.durationSeconds}`);
		}
	});

	test("a rate that Opus does not have is refused", async () => {
		const target: DecodeTarget = {
			...speech,
			container: "ogg-opus",
			outputPath: join(folder, "x"),
		};
		await assert.rejects(media.decode(source, { ...target, sampleRate: 44_100 }), {
			code: "ERR_UNSUPPORTED",
		});
	});
});

describe("peaks", () => {
	const { folder, media } = mediaForTests();

	test("are the extremes of each twentieth of a second, over all channels", async () => {
		const path = join(folder, "peaks.wav");
		const layout: Layout = { sampleRate: 11_025, channels: 2, bitDepth: 16 };
		const blocks = 11_025 * 2 + 100;
		writeFileSync(path, toneWav(layout, blocks / 11_025));
		const outputPath = join(folder, "peaks");
		const result = await media.peaks(path, { outputPath, sourceSha256 });
		const file = readFileSync(outputPath);
		const header = parsePeaksHeader(file);
		assert.deepEqual(header, {
			bucketsPerSecond,
			sampleRate: 11_025,
			bucketCount: 41,
			durationSeconds: blocks / 11_025,
			sourceSha256,
		});
		assert.equal(result.file.sizeBytes, file.length);
		assert.equal(file.length, peaksHeaderBytes + 41 * 2);
		const pcm = tonePcm(layout, blocks);
		const samples = new Int16Array(pcm.buffer, pcm.byteOffset, blocks * 2);
		for (let bucket = 0; bucket < 41; bucket++) {
			const from = Math.floor((bucket * 11_025) / bucketsPerSecond) * 2;
			const to = Math.floor(((bucket + 1) * 11_025) / bucketsPerSecond) * 2;
			const own = [...samples.subarray(from, to)];
			const at = peaksHeaderBytes + bucket * 2;
			assert.equal(file.readInt8(at), Math.min(...own) >> 8);
			assert.equal(file.readInt8(at + 1), Math.max(...own) >> 8);
		}
	});

	test("of a compressed file are those of its samples", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const path = join(folder, "a.wav");
		writeFileSync(path, toneWav(stereo, 2));
		ffmpeg("-i", path, join(folder, "a.flac"));
		const outputs = [join(folder, "of-wav"), join(folder, "of-flac")];
		await media.peaks(path, { outputPath: outputs[0] ?? "", sourceSha256 });
		await media.peaks(join(folder, "a.flac"), { outputPath: outputs[1] ?? "", sourceSha256 });
		const [ofWav, ofFlac] = outputs.map((each) => readFileSync(each));
		assert.ok(ofWav !== undefined && ofFlac?.equals(ofWav));
	});

	test("of another version are not read", () => {
		const bytes = Buffer.alloc(peaksHeaderBytes);
		bytes.write("OWPK");
		bytes.writeUInt8(9, 4);
		assert.equal(parsePeaksHeader(bytes), null);
		assert.equal(parsePeaksHeader(Buffer.from("OWPK")), null);
	});
});

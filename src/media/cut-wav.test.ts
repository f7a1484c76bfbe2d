import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { tonePcm, toneWav } from "../../test/audio.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { buildWavHeader } from "../wav.ts";
import { cutWav } from "./cut-wav.ts";

const layout = { sampleRate: 16_000, channels: 1, bitDepth: 16 } as const;

test("a stretch is the same samples, wherever it lies", async (t) => {
	const folder = await tempFolder(t);
	const source = join(folder, "source.wav");
	const output = join(folder, "cut.wav");
	const wav = toneWav({ ...layout, channels: 2 }, 40);
	await writeFile(source, wav);
	const samples = wav.subarray(44);
	const moment = fc.integer({ min: -16_000, max: 41 * 16_000 });
	await fc.assert(
		fc.asyncProperty(moment, moment, async (one, other) => {
			const span = { startSeconds: one / 16_000, endSeconds: other / 16_000 };
			const seconds = await cutWav(source, output, span);
			const cut = await readFile(output);
			const within = (block: number) => Math.min(Math.max(0, block), 40 * 16_000) * 4;
			const expected = samples.subarray(within(one), Math.max(within(one), within(other)));
			assert.equal(seconds, expected.length / 4 / 16_000);
			assert.ok(cut.subarray(44).equals(expected));
			assert.equal(cut.readUInt32LE(40), expected.length);
		}),
		{ numRuns: 40 },
	);
});

test("made louder, its peak is at full scale and its shape is the same", async (t) => {
	const folder = await tempFolder(t);
	const source = join(folder, "quiet.wav");
	const output = join(folder, "loud.wav");
	const loud = new Int16Array(tonePcm(layout, 32_000).buffer.slice(0));
	const quiet = loud.map((sample) => Math.round(sample / 10));
	const header = buildWavHeader({ encoding: "pcm", ...layout, dataBytes: quiet.byteLength });
	await writeFile(source, Buffer.concat([header, Buffer.from(quiet.buffer)]));
	await cutWav(source, output, { startSeconds: 0.5, endSeconds: 1.5, normalise: true });
	const cut = await readFile(output);
	const made = new Int16Array(cut.buffer.slice(cut.byteOffset + 44, cut.byteOffset + cut.length));
	const part = quiet.subarray(8000, 24_000);
	const gain = 32_767 / part.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
	assert.equal(made.length, part.length);
	for (const [index, sample] of made.entries()) {
		assert.ok(Math.abs(sample - (part[index] ?? 0) * gain) <= 1);
	}
});

test("what is not 16-bit PCM is refused, not garbled", async (t) => {
	const folder = await tempFolder(t);
	const source = join(folder, "source.wav");
	await writeFile(source, toneWav({ ...layout, bitDepth: 24 }, 1));
	const cutting = cutWav(source, join(folder, "cut.wav"), { startSeconds: 0, endSeconds: 1 });
	await assert.rejects(cutting, { code: "ERR_UNSUPPORTED" });
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
	ffmpeg,
	ffprobeDuration,
	type Layout,
	mediaForTests,
	riffChunk,
	tonePcm,
	toneWav,
} from "../../test/audio.ts";
import { needs } from "../../test/outside-program.ts";
import { buildWavHeader } from "../wav.ts";
import { parsePeaksHeader } from "./peaks-format.ts";

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

const mono16: Layout = { sampleRate: 16_000, channels: 1, bitDepth: 16 };
const list = riffChunk("LIST", Buffer.from("INFOISFT\x06\0\0\0Onwax\0"));

/** A WAVE file put together by hand, with what a real one may have around its samples. */
function wavFile(
	layout: Layout,
	samples: Buffer,
	parts: { before?: Buffer; after?: Buffer; declared?: number } = {},
): Buffer {
	const classic = Buffer.from(
		buildWavHeader({ encoding: "pcm", ...layout, dataBytes: samples.length }),
	);
	if (parts.declared !== undefined) classic.writeUInt32LE(parts.declared, 40);
	return Buffer.concat([
		classic.subarray(0, 36),
		parts.before ?? Buffer.alloc(0),
		classic.subarray(36),
		samples,
		parts.after ?? Buffer.alloc(0),
	]);
}

const layouts: Layout[] = [8, 16, 24].flatMap((bitDepth) =>
	[1, 2, 3, 6, 8].map((channels) => ({ sampleRate: 44_100, channels, bitDepth }) as Layout),
);

const odd: Record<string, Buffer> = {
	"chunks before and after the samples": wavFile(mono16, tonePcm(mono16, 9000), {
		before: riffChunk("bext", Buffer.alloc(603, 7)),
		after: Buffer.concat([list, riffChunk("id3 ", Buffer.from("ID3tag"))]),
	}),
	"data size 0xFFFFFFFF": wavFile(mono16, tonePcm(mono16, 9000), { declared: 0xffffffff }),
	"data size 0": wavFile(mono16, tonePcm(mono16, 9000), { declared: 0 }),
	"data size too small": wavFile(mono16, tonePcm(mono16, 9000), { declared: 100 }),
	"an odd length and its pad byte": wavFile(
		{ ...mono16, bitDepth: 8 },
		tonePcm({ ...mono16, bitDepth: 8 }, 9001),
		{ after: Buffer.concat([Buffer.from([0]), list]) },
	),
	"no samples": wavFile(mono16, Buffer.alloc(0)),
	"one sample": wavFile(mono16, tonePcm(mono16, 1)),
	"a torn last block": wavFile(
		{ ...mono16, channels: 2, bitDepth: 24 },
		tonePcm({ ...mono16, channels: 2, bitDepth: 24 }, 4000).subarray(0, -4),
		{ declared: 0xffffffff },
	),
	"exactly whole FLAC frames": wavFile(mono16, tonePcm(mono16, 1152 * 64)),
	"the extremes of the scale": wavFile(
		mono16,
		Buffer.from(new Int16Array([-32768, 32767, 0, -1]).buffer),
	),
	"a rate of 8000 Hz": toneWav({ ...mono16, sampleRate: 8000 }, 2),
	"a rate of 192000 Hz": toneWav({ sampleRate: 192_000, channels: 2, bitDepth: 24 }, 0.3),
	"a rate of 22254 Hz": toneWav({ ...mono16, sampleRate: 22_254 }, 1),
};
for (const layout of layouts)
	odd[`${layout.channels} channels of ${layout.bitDepth} bits`] = toneWav(layout, 0.37);

describe("compress to FLAC", () => {
	const { folder, media } = mediaForTests();

	for (const [what, bytes] of Object.entries(odd))
		test(`the very file comes back: ${what}`, async () => {
			const name = join(folder, what.replaceAll(" ", "-"));
			writeFileSync(`${name}.wav`, bytes);
			const result = await media.compress(`${name}.wav`, {
				format: "flac",
				outputPath: `${name}.flac`,
				alsoPeaksPath: `${name}.peaks`,
			});
			assert.equal(result.kept, null);
			if (result.kept !== null) return;
			const { original } = result;
			assert.equal(original.sha256, sha256(bytes));
			assert.equal(original.sizeBytes, bytes.length);
			assert.equal(result.file.sha256, sha256(readFileSync(`${name}.flac`)));
			assert.equal(result.file.sizeBytes, statSync(`${name}.flac`).size);
			assert.equal(result.peaks?.sha256, sha256(readFileSync(`${name}.peaks`)));
			const header = parsePeaksHeader(readFileSync(`${name}.peaks`));
			assert.equal(header?.sourceSha256, original.sha256);
			const rebuilt = await media.rebuildWav(
				`${name}.flac`,
				{
					headerBase64: original.headerBase64 ?? "",
					trailerBase64: original.trailerBase64 ?? "",
					bitDepth: original.bitDepth ?? 0,
				},
				`${name}.rebuilt.wav`,
			);
			assert.deepEqual(rebuilt, { sha256: original.sha256, sizeBytes: original.sizeBytes });
			assert.ok(readFileSync(`${name}.rebuilt.wav`).equals(bytes));
		});

	test("ffmpeg decodes our FLAC to the same samples", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const layout: Layout = { sampleRate: 44_100, channels: 2, bitDepth: 24 };
		const samples = tonePcm(layout, 100_000);
		const path = join(folder, "peer");
		writeFileSync(`${path}.wav`, wavFile(layout, samples));
		await media.compress(`${path}.wav`, { format: "flac", outputPath: `${path}.flac` });
		ffmpeg("-i", `${path}.flac`, "-f", "s24le", `${path}.raw`);
		assert.ok(readFileSync(`${path}.raw`).equals(samples));
		assert.ok(Math.abs((ffprobeDuration(`${path}.flac`) ?? 0) - 100_000 / 44_100) < 0.001);
	});

	test("what FLAC cannot give back byte for byte is kept, with the reason", async () => {
		const float = Buffer.concat([
			buildWavHeader({ ...mono16, encoding: "float", bitDepth: 32, dataBytes: 400 }),
			Buffer.alloc(400),
		]);
		const wide = Buffer.concat([
			buildWavHeader({ ...mono16, encoding: "pcm", bitDepth: 32, dataBytes: 400 }),
			Buffer.alloc(400),
		]);
		const cases: [Buffer, RegExp][] = [
			[float, /whole numbers/],
			[wide, /32-bit/],
			[
				wavFile(mono16, tonePcm(mono16, 100), { after: riffChunk("LIST", Buffer.alloc(70_000)) }),
				/64 KiB/,
			],
			[wavFile({ ...mono16, channels: 9 }, Buffer.alloc(1800)), /8 channels/],
			[Buffer.from("OggS, perhaps"), /not a WAV/],
			[toneWav({ ...mono16, sampleRate: 2_000_000 }, 0.01), /1 048 575 Hz/],
		];
		for (const [bytes, reason] of cases) {
			const path = join(folder, "kept.wav");
			writeFileSync(path, bytes);
			const result = await media.compress(path, {
				format: "flac",
				outputPath: `${path}.flac`,
				alsoPeaksPath: `${path}.peaks`,
			});
			assert.match(result.kept ?? "", reason);
			assert.equal(existsSync(`${path}.flac`), false);
			assert.equal(existsSync(`${path}.peaks`), false);
			assert.ok(readFileSync(path).equals(bytes));
		}
	});

	test("a FLAC with one bit changed is not rebuilt in silence", async () => {
		const path = join(folder, "flip");
		writeFileSync(`${path}.wav`, toneWav(mono16, 2));
		const result = await media.compress(`${path}.wav`, {
			format: "flac",
			outputPath: `${path}.flac`,
		});
		if (result.kept !== null) assert.fail(result.kept);
		const flac = readFileSync(`${path}.flac`);
		const middle = flac.length >> 1;
		flac[middle] = (flac[middle] ?? 0) ^ 4;
		writeFileSync(`${path}.flac`, flac);
		const source = { headerBase64: "", trailerBase64: "", bitDepth: 16 };
		const facts = await media
			.rebuildWav(`${path}.flac`, source, `${path}.back.wav`)
			.catch((error) => error.code);
		assert.ok(facts === "ERR_AUDIO_UNREADABLE" || facts.sha256 !== result.original.sha256);
	});
});

describe("compress to Opus", () => {
	const { folder, media } = mediaForTests();

	for (const layout of [mono16, { sampleRate: 44_100, channels: 2, bitDepth: 24 }] as Layout[])
		test(`${layout.channels} channels at ${layout.sampleRate} Hz keep their length`, async (t) => {
			const path = join(folder, `opus-${layout.channels}`);
			const bytes = toneWav(layout, 4.321);
			writeFileSync(`${path}.wav`, bytes);
			const result = await media.compress(`${path}.wav`, {
				format: "opus",
				outputPath: `${path}.ogg`,
			});
			if (result.kept !== null) assert.fail(result.kept);
			assert.equal(result.original.headerBase64, null);
			assert.equal(result.original.sha256, sha256(bytes));
			assert.equal(result.file.sha256, sha256(readFileSync(`${path}.ogg`)));
			assert.ok(result.file.sizeBytes < bytes.length / 3);
			if (!needs(t, "ffprobe", "ffmpeg")) return;
			assert.ok(Math.abs((ffprobeDuration(`${path}.ogg`) ?? 0) - 4.321) < 0.12);
		});

	test("more than two channels are kept as they are", async () => {
		const path = join(folder, "six.wav");
		writeFileSync(path, toneWav({ ...mono16, channels: 6 }, 0.5));
		const result = await media.compress(path, { format: "opus", outputPath: `${path}.ogg` });
		assert.match(result.kept ?? "", /this has 6/);
	});
});

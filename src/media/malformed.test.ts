import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ffmpeg, mediaForTests, toneWav } from "../../test/audio.ts";
import { needs } from "../../test/outside-program.ts";
import { OnwaxError } from "../errors.ts";

/** Printed, so that a failing run can be had again: ONWAX_TEST_SEED=… node --test … */
const seed = Number(process.env.ONWAX_TEST_SEED ?? randomInt(2 ** 31));

/** mulberry32, by Tommy Ettinger: small, seeded, good enough for damage. */
function randomFrom(start: number): (below: number) => number {
	let state = start >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}

/** Ways in which files break, from a bit to the whole. */
const damages: ((file: Buffer, random: (below: number) => number) => Buffer)[] = [
	(file, random) => file.subarray(0, random(file.length)),
	(file, random) => file.subarray(random(file.length)),
	(file, random) => overwrite(file, random, 1 + random(3), () => 1 << random(8), true),
	(file, random) => overwrite(file, random, 20 + random(200), () => random(256)),
	// Most of what a parser trusts stands at the front.
	(file, random) =>
		overwrite(
			file,
			(below) => random(Math.min(below, 200)),
			8,
			() => random(256),
		),
	(file, random) =>
		overwrite(
			file,
			(below) => random(Math.min(below, 400)),
			4,
			() => 0xff,
		),
	(file, random) => {
		const damaged = Buffer.from(file);
		const at = random(file.length);
		return damaged.fill(0, at, Math.min(file.length, at + random(4000)));
	},
	(file, random) => {
		const at = random(file.length);
		return Buffer.concat([file.subarray(0, at), file.subarray(random(file.length))]);
	},
	(file, random) => {
		const at = random(Math.max(1, file.length - 4));
		const damaged = Buffer.from(file);
		if (random(2) === 0) damaged.writeUInt32LE(0x7fffffff, at);
		else damaged.writeUInt32BE(0x7fffffff, at);
		return damaged;
	},
];

function overwrite(
	file: Buffer,
	random: (below: number) => number,
	count: number,
	value: () => number,
	flip = false,
): Buffer {
	const damaged = Buffer.from(file);
	for (let done = 0; done < count; done++) {
		const at = random(file.length);
		damaged[at] = flip ? (damaged[at] ?? 0) ^ value() : value();
	}
	return damaged;
}

describe("malformed files", () => {
	const { folder, media } = mediaForTests({ stallSeconds: 5, baseSeconds: 10 });
	const layout = { sampleRate: 16_000, channels: 1, bitDepth: 16 } as const;
	const target = (name: string) =>
		({
			outputPath: join(folder, name),
			container: "wav",
			sampleRate: 16_000,
			channels: 1,
		}) as const;

	/** Probe and decode: an answer, or the one error that says that the file is at fault. */
	const examine = async (path: string, what: string) => {
		for (const work of [
			() => media.probe(path),
			() => media.decode(path, target(`${what}.out`)),
			() => media.compress(path, { format: "flac", outputPath: join(folder, `${what}.flac`) }),
		])
			try {
				await work();
			} catch (error) {
				const code = error instanceof OnwaxError ? error.code : String(error);
				assert.equal(code, "ERR_AUDIO_UNREADABLE", `${what} (seed ${seed}): ${error}`);
			}
		rmSync(join(folder, `${what}.out`), { force: true });
		rmSync(join(folder, `${what}.flac`), { force: true });
	};

	const hopeless: Record<string, Buffer | string> = {
		"empty.wav": "",
		"text.wav": "This is a letter, not a recording.\n".repeat(50),
		"page.mp3": "<!doctype html><title>Sign in</title><p>Please sign in to download.</p>",
		"zeros.m4a": Buffer.alloc(50_000),
		"header-only.wav": toneWav(layout, 1).subarray(0, 20),
		"riff.wav": "RIFF\xff\xff\xff\xffWAVE",
		"pdf.ogg": "%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n",
		"elf.flac": readFileSync(process.execPath).subarray(0, 100_000),
	};
	for (const [name, content] of Object.entries(hopeless))
		test(`${name} is no audio, and said to be none`, async () => {
			const path = join(folder, name);
			writeFileSync(path, content);
			await assert.rejects(media.probe(path), { code: "ERR_AUDIO_UNREADABLE", retryable: false });
			await assert.rejects(media.decode(path, target("none")), { code: "ERR_AUDIO_UNREADABLE" });
			assert.equal(existsSync(join(folder, "none")), false);
		});

	test("random bytes under every name end in an answer", async () => {
		const random = randomFrom(seed);
		for (const name of ["r.wav", "r.mp3", "r.m4a", "r.ogg", "r.flac", "r.webm", "r.aac", "r.amr"]) {
			const path = join(folder, name);
			writeFileSync(path, Buffer.from(Array.from({ length: 30_000 }, () => random(256))));
			await examine(path, name);
		}
	});

	test(`360 damaged files give facts or ERR_AUDIO_UNREADABLE (seed ${seed})`, async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		t.diagnostic(`seed ${seed}`);
		const source = join(folder, "source.wav");
		writeFileSync(source, toneWav(layout, 1.5));
		const names = "s.wav s.mp3 s.m4a s.ogg s.flac s.webm s.aac s.aiff s.caf s.wma s.wv s.ts";
		const originals = names.split(" ").map((name) => {
			const path = join(folder, name);
			if (path !== source) ffmpeg("-i", source, path);
			return { name, bytes: readFileSync(name === "s.wav" ? source : path) };
		});
		const random = randomFrom(seed);
		const queue: { name: string; bytes: Buffer }[] = [];
		for (let index = 0; index < 360; index++) {
			const original = originals[index % originals.length];
			const damage = damages[Math.floor(index / originals.length) % damages.length];
			if (original === undefined || damage === undefined) continue;
			queue.push({ name: `${index}-${original.name}`, bytes: damage(original.bytes, random) });
		}
		const worker = async () => {
			for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
				const path = join(folder, next.name);
				writeFileSync(path, next.bytes);
				await examine(path, next.name);
				rmSync(path);
			}
		};
		await Promise.all([worker(), worker()]);
		assert.ok(media.pids().length <= 2);
	});
});

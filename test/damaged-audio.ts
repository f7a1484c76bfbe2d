import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OnwaxError } from "../src/errors.ts";
import type { Media } from "../src/media/media.ts";
import { ffmpeg, type Layout, toneWav } from "./audio.ts";
import { type Random, randomFrom } from "./seeded.ts";

/** Ways in which files break, from a bit to the whole. */
const damages: ((file: Buffer, random: Random) => Buffer)[] = [
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
	random: Random,
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

export const damagedLayout: Layout = { sampleRate: 16_000, channels: 1, bitDepth: 16 };

const formats = "wav mp3 m4a ogg flac webm aac aiff caf wma wv ts".split(" ");

/** As many as it takes to do each damage to each format once. */
export const eachDamageOnce = formats.length * damages.length;

/** Probe, decode and compress: an answer, or the one error that says that the file is at fault. */
export async function examineDamaged(
	{ folder, media }: { folder: string; media: Media },
	name: string,
	content: Buffer,
): Promise<void> {
	const { sampleRate } = damagedLayout;
	const [path, decoded, compressed] = ["", ".out", ".flac"].map((end) => join(folder, name + end));
	assert.ok(path && decoded && compressed);
	writeFileSync(path, content);
	const wav = { outputPath: decoded, container: "wav", sampleRate, channels: 1 } as const;
	for (const work of [
		() => media.probe(path),
		() => media.decode(path, wav),
		() => media.compress(path, { format: "flac", outputPath: compressed }),
	])
		try {
			await work();
		} catch (error) {
			const code = error instanceof OnwaxError ? error.code : String(error);
			assert.equal(code, "ERR_AUDIO_UNREADABLE", `${name}: ${error}`);
		}
	for (const written of [path, decoded, compressed]) rmSync(written, { force: true });
}

/** Damages a short tone in every format, `count` times in all, and examines what came of it. */
export async function examineDamagedFiles(
	where: { folder: string; media: Media },
	count: number,
	seed: number,
): Promise<void> {
	const source = join(where.folder, "source.wav");
	writeFileSync(source, toneWav(damagedLayout, 1.5));
	const originals = formats.map((format) => {
		const path = join(where.folder, `original.${format}`);
		ffmpeg("-i", source, path);
		return { name: `s.${format}`, bytes: readFileSync(path) };
	});
	const random = randomFrom(seed);
	const queue: { name: string; content: Buffer }[] = [];
	for (let index = 0; index < count; index++) {
		const original = originals[index % originals.length];
		const damage = damages[Math.floor(index / originals.length) % damages.length];
		assert.ok(original && damage);
		queue.push({ name: `${index}-${original.name}`, content: damage(original.bytes, random) });
	}
	const worker = async () => {
		for (let next = queue.pop(); next !== undefined; next = queue.pop())
			await examineDamaged(where, next.name, next.content);
	};
	await Promise.all([worker(), worker()]);
}

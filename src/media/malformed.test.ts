import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { mediaForTests, toneWav } from "../../test/audio.ts";
import {
	damagedLayout,
	eachDamageOnce,
	examineDamaged,
	examineDamagedFiles,
} from "../../test/damaged-audio.ts";
import { needs } from "../../test/outside-program.ts";
import { randomFrom, testSeed } from "../../test/seeded.ts";

describe("malformed files", () => {
	const where = mediaForTests({ stallSeconds: 5, baseSeconds: 10 });
	const { folder, media } = where;
	const none = {
		outputPath: join(folder, "none"),
		container: "wav",
		sampleRate: 16_000,
		channels: 1,
	} as const;

	const hopeless: Record<string, Buffer | string> = {
		"empty.wav": "",
		"text.wav": "This is a letter, not a recording.\n".repeat(50),
		"page.mp3": "<!doctype html><title>Sign in</title><p>Please sign in to download.</p>",
		"zeros.m4a": Buffer.alloc(50_000),
		"header-only.wav": toneWav(damagedLayout, 1).subarray(0, 20),
		"riff.wav": "RIFF\xff\xff\xff\xffWAVE",
		"pdf.ogg": "%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\n",
		"elf.flac": readFileSync(process.execPath).subarray(0, 100_000),
	};
	for (const [name, content] of Object.entries(hopeless))
		test(`${name} is no audio, and said to be none`, async () => {
			const path = join(folder, name);
			writeFileSync(path, content);
			await assert.rejects(media.probe(path), { code: "ERR_AUDIO_UNREADABLE", retryable: false });
			await assert.rejects(media.decode(path, none), { code: "ERR_AUDIO_UNREADABLE" });
			assert.equal(existsSync(none.outputPath), false);
		});

	test("random bytes under every name end in an answer", async (t) => {
		t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
		const random = randomFrom(testSeed);
		for (const name of ["r.wav", "r.mp3", "r.m4a", "r.ogg", "r.flac", "r.webm", "r.aac", "r.amr"]) {
			const noise = Buffer.from(Array.from({ length: 30_000 }, () => random(256)));
			await examineDamaged(where, name, noise);
		}
	});

	/* A thousand of them are examined by test/faults/damaged-audio.test.ts. */
	test("each damage to each format gives facts or ERR_AUDIO_UNREADABLE", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
		await examineDamagedFiles(where, eachDamageOnce, testSeed);
		assert.ok(media.pids().length <= 2);
	});
});

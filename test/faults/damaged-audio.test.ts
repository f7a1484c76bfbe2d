import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mediaForTests } from "../audio.ts";
import { examineDamagedFiles } from "../damaged-audio.ts";
import { needs } from "../outside-program.ts";
import { testSeed } from "../seeded.ts";

const count = Number(process.env.ONWAX_TEST_DAMAGED_FILES ?? 1000);

describe("many damaged files", () => {
	const where = mediaForTests({ stallSeconds: 5, baseSeconds: 10 });

	test(`${count} damaged files give facts or ERR_AUDIO_UNREADABLE`, async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
		await examineDamagedFiles(where, count, testSeed);
		assert.ok(where.media.pids().length <= 2);
	});
});

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { layoutOf, recordingFolder } from "../../src/archive/layout.ts";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import { readTranscript } from "../../src/archive/transcript-file.ts";
import { systemErrorCode } from "../../src/errors.ts";
import { differenceFrom, writeLongTones } from "../long-tones.ts";
import { ended, tempHome } from "../onwax-process.ts";
import { needs } from "../outside-program.ts";
import { randomFrom, testSeed } from "../seeded.ts";
import { makeToneModel } from "../tone-model.ts";

const hours = Number(process.env.ONWAX_TEST_LONG_HOURS ?? 2);
const killEverySeconds = Number(process.env.ONWAX_TEST_KILL_EVERY_SECONDS ?? 10);
/** How slow the model is made: so that there is something to kill. */
const labour = Number(process.env.ONWAX_TEST_LABOUR ?? 200);

test("a long recording whose worker is killed again and again comes back whole", async (t) => {
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const home = await tempHome(t);
	const layout = layoutOf(home.dataDir);
	await makeToneModel(join(layout.models, "tones"), { labour });
	const path = join(home.folder, "long.wav");
	const long = await writeLongTones(path, home.folder, hours * 3600, randomFrom(testSeed));
	await home.configure({ compress: "none", peaks: false, minFreeSpaceMb: 0 });
	const [kept] = await home.json(["import", "--no-wait", path]);
	const name = String(kept?.name);

	let kills = 0;
	let windows = 0;
	for (;;) {
		const worker = home.start(["worker"], { ownGroup: true });
		const end = ended(worker);
		const isDone = async () => (await stateOf(name)) !== "pending";
		const deadline = performance.now() + killEverySeconds * 1000;
		while (performance.now() < deadline && !(await isDone())) await sleep(100);
		worker.kill("SIGKILL");
		await end;
		if (await isDone()) break;
		kills += 1;
		const now = await answeredWindows();
		assert.ok(kills < 10 || now > 0, "ten kills, and not one window is done");
		windows = Math.max(windows, now);
		assert.ok(kills < 200, "200 kills, and still not done");
	}
	t.diagnostic(`${kills} kills, ${windows} files of answers at most, ${long.tones.length} letters`);
	assert.ok(kills >= 2, `only ${kills} kills: nothing was shown`);
	assert.equal(await stateOf(name), "success");
	const transcript = await readTranscript(recordingFolder(layout, "success", name));
	const words = transcript?.segments.flatMap((segment) => segment.words) ?? [];
	assert.equal(differenceFrom(long.tones, words), null);
	for (const span of long.speech) {
		const isTold = transcript?.coverage?.doubts.some(
			({ kind, ...doubt }) =>
				kind === "gap" &&
				doubt.startSeconds < span.endSeconds &&
				doubt.endSeconds > span.startSeconds,
		);
		assert.ok(isTold, `speech at ${span.startSeconds} s has no words, and nobody says so`);
	}
	await home.onwax(["recover"]);
	assert.deepEqual(await unfinished(), [], "what was needed on the way is gone");

	async function stateOf(recording: string): Promise<string> {
		for (const shelf of ["pending", "success", "failed"] as const) {
			try {
				return (await readMetadata(recordingFolder(layout, shelf, recording))).state;
			} catch {
				// It lies on another shelf, or is on its way.
			}
		}
		return "pending";
	}

	async function unfinished(): Promise<string[]> {
		try {
			return await readdir(layout.unfinished, { recursive: true });
		} catch (error) {
			if (systemErrorCode(error) === "ENOENT") return [];
			throw error;
		}
	}

	async function answeredWindows(): Promise<number> {
		return (await unfinished()).filter((one) => one.endsWith(".log")).length;
	}
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { sha256, someWav } from "../uploads-sender.ts";
import { checkLibrary } from "./check-library.ts";

/*
 * SQLite's loop for audio that is sent to be transcribed: killed, or failed, at its first durable step,
 * its second, its third …, until it passes. The sender, who was told nothing, sends it again.
 */

/** 1 looks at every step, which takes minutes; else every so many, beginning where the seed says. */
const stride = Number(process.env.ONWAX_TEST_STEP_STRIDE ?? 2);

const program = new URL("./sent-audio-program.ts", import.meta.url).pathname;

type Told = { name: string; jobs: number };
type Ran = { isKilled: boolean; told: Told | null; stderr: string };

function send(args: string[], fault: string | null): Promise<Ran> {
	const env = { ...process.env, ...(fault === null ? {} : { ONWAX_FAULT: fault }) };
	return new Promise((done) => {
		execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
			const told = stdout.endsWith("\n") ? (JSON.parse(stdout) as Told) : null;
			done({ isKilled: error?.signal === "SIGKILL", told, stderr });
		});
	});
}

for (const fault of ["kill", "EIO"]) {
	test(`audio sent for its text: ${fault} at any step loses and doubles nothing`, async (t) => {
		const folder = await tempFolder(t);
		const wav = someWav();
		const audio = join(folder, "a.wav");
		await writeFile(audio, wav);
		// Making a library is another test's.
		const made = join(folder, "made");
		await send([made], null);
		for (let step = 1 + (testSeed % stride); ; step += stride) {
			assert.ok(step < 200, "it never passed");
			const home = join(folder, `step-${step}`);
			const dataDir = join(home, "data", "onwax");
			await cp(made, dataDir, { recursive: true });
			const first = await send([dataDir, audio], `${fault}:${step}`);
			const isHit = fault === "kill" ? first.isKilled : first.stderr.includes("injected");
			const what = `${fault} at step ${step}: ${first.stderr}`;
			const second = await send([dataDir, audio], null);
			assert.ok(second.told, `${what}, then ${second.stderr}`);
			if (first.told) assert.equal(second.told.name, first.told.name, what);
			assert.equal(second.told.jobs, 1, what);
			await checkLibrary({ home, dataDir, inputs: "" }, { present: [sha256(wav)] });
			const there = await readdir(join(dataDir, "recordings", "pending"));
			assert.deepEqual(there, [second.told.name], what);
			await rm(home, { recursive: true });
			if (!isHit) return t.diagnostic(`fewer than ${step} steps, every ${stride}`);
		}
	});
}

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { finishCapture } from "../../src/library/finish-capture.ts";
import { readIntent } from "../../src/library/intent.ts";
import { parseWav } from "../../src/wav.ts";
import { firstBreak } from "../counting-frames.ts";
import { tempFolder } from "../temp-folder.ts";

/*
 * The capture log alone, with the disk failing at each of its steps: whatever happens, the frames that
 * it took come back in order, each once.
 */
const program = fileURLToPath(new URL("./capture-log-program.ts", import.meta.url));
const blocks = 100;
const frames = blocks * 400;

type Ran = { begun: string | null; outcome: Outcome | null; steps: number; stderr: string };
type Outcome = { sealed: string; troubles: string[]; syncedFrames: number; unsyncedFrames: number };

async function run(folder: string, fault: string): Promise<Ran> {
	const child = spawn(process.execPath, [program, folder, String(blocks)], {
		env: { ...process.env, ONWAX_FAULT: fault },
	});
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (text) => (stdout += text));
	child.stderr.on("data", (text) => (stderr += text));
	await once(child, "close");
	const lines = stdout.split("\n").filter((line) => line !== "");
	const values = lines.map((line) => JSON.parse(line));
	return {
		begun: values[0]?.begun ?? null,
		outcome: values[1] ?? null,
		steps: stderr.match(/^step /gm)?.length ?? 0,
		stderr,
	};
}

/** How many frames a recovery finds; they must be the counting signal from its beginning. */
async function recoveredFrames(folder: string): Promise<number> {
	const intent = await readIntent(folder);
	assert.ok(intent?.capture, "the intent is there before any audio");
	const { capture } = intent;
	const staged = await finishCapture(folder, { ...intent, capture }, "0.1.0", true);
	if (staged === null) return 0;
	const bytes = await readFile(join(folder, "audio.wav"));
	const facts = parseWav(bytes, bytes.length);
	assert.ok(facts?.sizeHonest);
	assert.equal(basename(folder), staged.metadata.name);
	const samples = bytes.subarray(facts.dataOffset, facts.dataOffset + facts.payloadBytes);
	assert.equal(firstBreak(samples, 1, 0), null);
	return samples.length / 2;
}

async function stepsOf(t: Parameters<typeof tempFolder>[0]): Promise<number> {
	const { steps } = await run(join(await tempFolder(t), "data"), "trace");
	assert.ok(steps > 20, `${steps} steps`);
	return steps;
}

test("a disk that fails once, at any step: every frame is there, in its place, once", async (t) => {
	const steps = await stepsOf(t);
	let failed = 0;
	for (const error of ["EIO", "ENOSPC"]) {
		for (let at = 1; at <= steps; at += 7) {
			const folder = join(await tempFolder(t), "data");
			const { begun, outcome, stderr } = await run(folder, `${error}:${at}`);
			// Nothing was promised before the recording had begun.
			if (begun === null) continue;
			assert.ok(outcome, stderr);
			assert.equal(outcome.sealed, "sealed", `${error}:${at} ${stderr}`);
			assert.equal(outcome.syncedFrames, frames, `${error}:${at} ${stderr}`);
			assert.equal(await recoveredFrames(begun), frames, `${error}:${at}`);
			if (outcome.troubles.length > 0) failed += 1;
		}
	}
	t.diagnostic(`${steps} steps, ${failed} runs that met trouble while recording`);
	assert.ok(failed > 10);
});

test("a disk that fails for ever, from any step on: what is on it and what is still in memory are all frames", async (t) => {
	const steps = await stepsOf(t);
	let met = 0;
	for (let at = 12; at <= steps; at += 23) {
		const folder = join(await tempFolder(t), "data");
		const { begun, outcome, stderr } = await run(folder, `EIO:${at}+`);
		if (begun === null) continue;
		assert.ok(outcome, stderr);
		if (outcome.sealed === "sealed") continue;
		met += 1;
		assert.equal(outcome.syncedFrames + outcome.unsyncedFrames, frames, `EIO:${at}+`);
		// Beyond what was synced the kernel may have more: never less.
		assert.ok((await recoveredFrames(begun)) >= outcome.syncedFrames);
	}
	assert.ok(met > 1);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hearing } from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import { sampleRate, startCounting } from "./counting-recording.ts";
import { assertValid, eventKinds, noticesOf, onlyRecording, record } from "./running-recorder.ts";
import { createScenario } from "./scenario.ts";
import { inWords } from "./stretches.ts";

/** As it is documented: `ONWAX_TEST_STANDSTILL_SECONDS=30 npm run test:faults`. */
const seconds = Number(process.env.ONWAX_TEST_STANDSTILL_SECONDS ?? 8);
/** A loss is told only when it is certain, which may take so long. */
const certainSeconds = 7;

function childrenOf(pid: number): number[] {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
	return children.split(" ").filter(Boolean).map(Number);
}

test(`the recorder stands still for ${seconds} s, alone or with its microphone's program: nothing is lost, no gap is invented`, async (t) => {
	const server = await startCounting(t, seconds + 40);
	if (server === null) return;
	await Promise.all(
		["alone", "together"].map(async (how) => {
			const scenario = await createScenario(join(await tempFolder(t), how), { recordings: 0 });
			const recorder = record(t, scenario, { env: hearing(server) });
			await recorder.started();
			// What is usual has to be known before anything unusual can be seen.
			await sleep(5000);
			const stopped = [recorder.pid(), ...(how === "alone" ? [] : childrenOf(recorder.pid()))];
			assert.ok(how === "alone" || stopped.length > 1, "the microphone is a program");
			const begunAt = performance.now();
			for (const pid of stopped) process.kill(pid, "SIGSTOP");
			await sleep(seconds * 1000);
			for (const pid of stopped.reverse()) process.kill(pid, "SIGCONT");
			const stoodSeconds = (performance.now() - begunAt) / 1000;
			const notice = await recorder.notice("process-stopped");
			await sleep(certainSeconds * 1000);
			const { exitCode, stderr } = await recorder.stop();
			assert.equal(exitCode, 0, stderr);
			const told = Number(notice.durationSeconds);
			assert.ok(Math.abs(told - stoodSeconds) < 1, `${told} s told of ${stoodSeconds} s`);
			const { metadata, stretches } = await onlyRecording(scenario);
			assert.equal(stretches.length, 1, `${how}: ${inWords(stretches, sampleRate)}`);
			const duration = metadata.audio.durationSeconds ?? 0;
			assert.ok(duration >= 5 + seconds + certainSeconds - 0.2, `${how}: only ${duration} s`);
			assert.deepEqual(noticesOf(recorder), ["process-stopped happened"], how);
			assert.deepEqual(eventKinds(metadata), ["process-stopped"]);
			await assertValid(scenario);
		}),
	);
});

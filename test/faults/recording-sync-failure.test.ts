import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { needs } from "../outside-program.ts";
import { hearing } from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import { sampleRate, startCounting } from "./counting-recording.ts";
import { assertEverything } from "./rescued-rest.ts";
import {
	assertValid,
	eventKinds,
	noticesOf,
	onlyRecording,
	type RunningRecorder,
	record,
} from "./running-recorder.ts";
import { createScenario, onwax, type Scenario } from "./scenario.ts";
import { inWords } from "./stretches.ts";

/**
 * Makes system calls of a process fail from now on. Attached, instead of started with it: what is
 * counted then are the calls of the recording itself, and letting go makes the disk well again.
 *
 * @param only on this file
 */
async function inject(
	t: TestContext,
	pid: number,
	fault: string,
	only?: string,
): Promise<{ letGo(): Promise<void> }> {
	const paths = only === undefined ? [] : ["-P", only];
	const [calls] = fault.split(":") as [string];
	const strace = spawn(
		"strace",
		["-f", ...paths, "-e", `trace=${calls}`, "-e", `inject=${fault}`, "-p", `${pid}`],
		{ stdio: ["ignore", "ignore", "pipe"] },
	);
	t.after(() => strace.kill("SIGKILL"));
	await attached(strace);
	return {
		async letGo() {
			const closed = new Promise((resolve) => strace.on("close", resolve));
			strace.kill("SIGTERM");
			await closed;
		},
	};
}

function attached(strace: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		let said = "";
		strace.stderr?.setEncoding("utf8").on("data", (text: string) => {
			said += text;
			if (said.includes("attached")) resolve();
		});
		strace.on("close", () => reject(new Error(`strace: ${said}`)));
	});
}

type Recording = {
	recorder: RunningRecorder;
	scenario: Scenario;
	folder: string;
	temporary: string;
};

/** A recording that has gone on for a moment. */
async function start(t: TestContext): Promise<Recording | null> {
	if (!needs(t, "strace", "strace")) return null;
	const server = await startCounting(t, 60);
	if (server === null) return null;
	const home = await tempFolder(t);
	const scenario = await createScenario(home, { recordings: 0 });
	const temporary = join(home, "tmp");
	await mkdir(temporary);
	const recorder = record(t, scenario, { env: { ...hearing(server), TMPDIR: temporary } });
	const name = await recorder.started();
	const incoming = join(scenario.dataDir, "recordings", "incoming");
	const [writer = ""] = await readdir(incoming);
	await sleep(800);
	return { recorder, scenario, temporary, folder: join(incoming, writer, name) };
}

for (const nth of [1, 3]) {
	test(`sync number ${nth} fails while recording: nothing is lost or doubled, and it is said`, async (t) => {
		const recording = await start(t);
		if (recording === null) return;
		const { recorder, scenario, folder } = recording;
		const path = join(folder, "audio.wav");
		await inject(t, recorder.pid(), `fdatasync:error=EIO:when=${nth}`, path);
		await recorder.notice("disk-error", "begins");
		await recorder.notice("disk-error", "ends");
		await sleep(800);
		const { exitCode, stderr } = await recorder.stop();
		assert.equal(exitCode, 0, stderr);
		const { metadata, stretches } = await onlyRecording(scenario);
		assert.equal(stretches.length, 1, inWords(stretches, sampleRate));
		assert.deepEqual(noticesOf(recorder), ["disk-error begins", "disk-error ends"]);
		assert.deepEqual(eventKinds(metadata), ["disk-error", "disk-error-ended"]);
		await assertValid(scenario);
	});
}

test("every sync fails for three seconds: all that came meanwhile is kept", async (t) => {
	const recording = await start(t);
	if (recording === null) return;
	const { recorder, scenario } = recording;
	const disk = await inject(t, recorder.pid(), "fdatasync:error=EIO");
	await recorder.notice("disk-error", "begins");
	await sleep(3000);
	await disk.letGo();
	await recorder.notice("disk-error", "ends");
	const { exitCode, stderr } = await recorder.stop();
	assert.equal(exitCode, 0, stderr);
	const { metadata, stretches } = await onlyRecording(scenario);
	assert.equal(stretches.length, 1, inWords(stretches, sampleRate));
	assert.deepEqual(eventKinds(metadata), ["disk-error", "disk-error-ended"]);
	await assertValid(scenario);
});

test("every sync fails to the end: it is said, and what is on disk and what was put elsewhere are everything", async (t) => {
	const recording = await start(t);
	if (recording === null) return;
	const { recorder, scenario, temporary } = recording;
	await inject(t, recorder.pid(), "/f(data)?sync:error=EIO");
	await recorder.notice("disk-error", "begins");
	await sleep(1000);
	const outcome = await recorder.stop();
	assert.equal(outcome.exitCode, 1, outcome.stderr);
	const { error } = outcome.lines.at(-1) as { error: { code: string; message: string } };
	assert.equal(error.code, "ERR_IO");
	assert.match(error.message, /could not be put in its place/);
	const recovered = await onwax(scenario, ["recover"]);
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	const kept = await onlyRecording(scenario);
	assert.ok(eventKinds(kept.metadata).includes("recovered"));
	await assertEverything(kept, temporary, outcome);
	await assertValid(scenario);
});

test("every sync fails from the start: nothing is recorded, and that is said", async (t) => {
	if (!needs(t, "strace", "strace")) return;
	const server = await startCounting(t, 60);
	if (server === null) return;
	const scenario = await createScenario(await tempFolder(t), { recordings: 0 });
	const injected = ["-e", "trace=/f(data)?sync", "-e", "inject=/f(data)?sync:error=EIO"];
	const outcome = await onwax(scenario, ["record"], {
		env: hearing(server),
		under: ["strace", "-f", "-qq", "-o", "/dev/null", ...injected],
	});
	assert.equal(outcome.exitCode, 1, outcome.stderr);
	const { error } = outcome.lines.at(-1) as { error: { code: string } };
	assert.equal(error.code, "ERR_IO");
	assert.ok(!outcome.lines.some(({ event }) => event === "started"));
	const recovered = await onwax(scenario, ["recover"]);
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	assert.deepEqual(await readdir(join(scenario.dataDir, "recordings", "pending")), []);
});

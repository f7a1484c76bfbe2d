import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { countingFrames } from "../counting-frames.ts";
import {
	hearing,
	type Listener,
	type Playback,
	type SoundServer,
	startSoundServer,
} from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import { framesBetween, placeOf, sampleRate } from "./counting-recording.ts";
import {
	assertValid,
	eventKinds,
	type Kept,
	noticesOf,
	onlyRecording,
	type RunningRecorder,
	record,
} from "./running-recorder.ts";
import { createScenario, type Scenario } from "./scenario.ts";
import { inWords, type Stretch } from "./stretches.ts";

/** So far a gap's length may be from the truth, and times behind it from where they belong. */
const toleranceSeconds = 0.15;

/** What was playing at a moment. */
type Mark = { place: number; atMs: number };

function mark(listener: Listener): Mark {
	return { place: placeOf(listener.newest(1)[0] as number), atMs: performance.now() };
}

async function start(
	t: TestContext,
	args: string[] = [],
): Promise<{
	server: SoundServer;
	scenario: Scenario;
	recorder: RunningRecorder;
	listener: Listener;
	playback: Playback;
} | null> {
	const server = await startSoundServer(t);
	if (server === null) return null;
	const playback = server.play(countingFrames(0, 30 * sampleRate, 1));
	const listener = await server.listen();
	const scenario = await createScenario(await tempFolder(t), { recordings: 0 });
	const recorder = record(t, scenario, { env: hearing(server), args });
	await recorder.started();
	await sleep(1000);
	return { server, scenario, recorder, listener, playback };
}

/** The signal is whole before and after the loss, with nothing but silence between, and is where time says. */
function assertTrueTime({ stretches }: Kept, before: Mark, after: Mark): Stretch[] {
	const said = inWords(stretches, sampleRate);
	const [first, last] = [stretches[0], stretches.at(-1)] as [Stretch, Stretch];
	const between = stretches.slice(1, -1);
	assert.deepEqual([first.kind, last.kind], ["counting", "counting"], said);
	assert.ok(stretches.length >= 2, said);
	assert.ok(
		between.every(({ kind }) => kind === "silence"),
		`lost, doubled or swapped frames: ${said}`,
	);
	const betweenFrames = between.reduce((total, { frames }) => total + frames, 0);
	const sinceBefore = framesBetween(before.place, first.lastPlace);
	const untilAfter = last.frames - framesBetween(after.place, last.lastPlace);
	const recordedSeconds = (sinceBefore + betweenFrames + untilAfter) / sampleRate;
	const truthSeconds = (after.atMs - before.atMs) / 1000;
	assert.ok(
		Math.abs(recordedSeconds - truthSeconds) <= toleranceSeconds,
		`${recordedSeconds} s in the recording for ${truthSeconds} s: ${said}`,
	);
	return between;
}

/** What the guard said is missing. */
function gapSeconds({ lines }: RunningRecorder): number {
	const gaps = lines.filter(({ event, kind }) => event === "notice" && kind === "gap");
	assert.equal(gaps.length, 1, JSON.stringify(gaps));
	return Number(gaps[0]?.durationSeconds);
}

for (const loss of ["the sound server is killed", "the device is unplugged"]) {
	test(`${loss} and comes back: the recording goes on, with silence of the gap's length between`, async (t) => {
		const running = await start(t);
		if (running === null) return;
		const { server, scenario, recorder, listener } = running;
		const isKilled = loss.includes("killed");
		const before = mark(listener);
		await (isKilled ? server.kill() : server.removeSink("mic"));
		const lostAt = performance.now();
		await recorder.notice("device-gone", "begins");
		await sleep(1200);
		await (isKilled ? server.restart() : server.addSink("mic"));
		server.play(countingFrames(0, 30 * sampleRate, 1));
		const back = await server.listen();
		await recorder.notice("device-gone", "ends");
		const backAt = performance.now();
		await sleep(1500);
		const after = mark(back);
		const { exitCode, stderr } = await recorder.stop();
		assert.equal(exitCode, 0, stderr);

		const kept = await onlyRecording(scenario);
		const between = assertTrueTime(kept, before, after);
		const gap = gapSeconds(recorder);
		const silence = between.reduce((total, { frames }) => total + frames, 0) / sampleRate;
		t.diagnostic(`gap ${gap.toFixed(3)} s, silence ${silence.toFixed(3)} s`);
		const truth = (backAt - lostAt) / 1000;
		assert.ok(Math.abs(gap - truth) <= toleranceSeconds, `${gap} s told, ${truth} s in truth`);
		// The device may be there before anything is played into it.
		assert.ok(silence >= gap - 0.001, `${silence} s of silence for a gap of ${gap} s`);
		const kinds = eventKinds(kept.metadata);
		for (const kind of ["device-gone", "device-gone-ended", "gap"]) {
			assert.ok(kinds.includes(kind), `${kind} is in the metadata: ${kinds}`);
		}
		await assertValid(scenario);
	});
}

test("the device is unplugged while another one is there: the recording goes on with that one, and time is kept", async (t) => {
	const running = await start(t);
	if (running === null) return;
	const { server, scenario, recorder, listener, playback } = running;
	await server.addSink("other");
	server.play(countingFrames(30_000, 30 * sampleRate, 1), { sink: "other" });
	const other = await server.listen("other");
	await sleep(500);
	const before = mark(listener);
	// It would move to the other one, too, and be mixed with what plays there.
	playback.stop();
	await server.removeSink("mic");
	await recorder.notice("device-changed");
	await sleep(1500);
	const after = mark(other);
	const { exitCode, stderr } = await recorder.stop();
	assert.equal(exitCode, 0, stderr);
	const kept = await onlyRecording(scenario);
	assertTrueTime(kept, before, after);
	t.diagnostic(noticesOf(recorder).join(", "));
	assert.ok(eventKinds(kept.metadata).includes("device-changed"));
	await assertValid(scenario);
});

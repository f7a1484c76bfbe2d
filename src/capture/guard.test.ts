import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Notice, noticeKinds } from "./capture.ts";
import { createGuard } from "./guard.ts";
import type { Heard } from "./levels.ts";

const format = { sampleRate: 16_000, channels: 1 };
const reserveBytes = 20e6;
const bytesPerSecond = 32_000;

type Sound = "zeros" | "whisper" | "speech" | "clipped";

function sounds(sound: Sound, frames: number): Heard {
	const peakDbfs = { zeros: -Infinity, whisper: -52, speech: -12, clipped: 0 }[sound];
	return {
		frames,
		level: { peakDbfs, rmsDbfs: peakDbfs - 15 },
		swingDbfs: peakDbfs,
		isFlat: sound === "zeros",
		clippedRuns: sound === "clipped" ? 2 : 0,
	};
}

/** A recorder that hears on a clock of its own, in tenths of seconds. */
function recording() {
	const guard = createGuard({ format, device: "Mic", reserveBytes });
	const told: Notice[] = [];
	let tenths = 0;
	let heardTenths = 0;
	const at = () => ({ nowMs: 5000 + tenths * 100, positionSeconds: heardTenths / 10 });
	const tell = (notices: readonly Notice[]) => void told.push(...notices);
	const tick = () => tell(guard.tick(at(), 1000 + tenths / 10));
	tick();
	return {
		guard,
		told,
		at,
		tell,
		/** Real time, with sound or without a block. */
		pass: (seconds: number, sound: Sound | null) => {
			for (let step = 0; step < seconds * 10; step++) {
				tenths++;
				if (sound !== null) {
					heardTenths++;
					tell(guard.arrived(1600, at()));
					tell(guard.heard(sounds(sound, 1600), at()));
				} else tell(guard.heard(sounds("zeros", 0), at()));
				if (tenths % 5 === 0) tick();
			}
		},
		/** The process stands still; what the sound server kept of it comes at once. */
		stop: (seconds: number, keptSeconds: number) => {
			tenths += seconds * 10;
			tick();
			for (let step = 0; step < keptSeconds * 10; step++) {
				heardTenths++;
				tell(guard.arrived(1600, at()));
			}
			if (keptSeconds > 0) tell(guard.heard(sounds("speech", keptSeconds * 16_000), at()));
		},
		sleep: (seconds: number) => tell(guard.tick(at(), 1000 + tenths / 10 + seconds)),
	};
}

const summary = (told: Notice[]) => told.map(({ kind, phase }) => `${kind} ${phase}`);

test("an hour of speech with pauses has nothing to say", () => {
	const { pass, told, guard } = recording();
	for (let round = 0; round < 180; round++) {
		pass(14, "speech");
		pass(6, "whisper");
	}
	assert.deepEqual(summary(told), []);
	assert.deepEqual(guard.active(), []);
});

test("silence: told after 3 s where nothing was ever heard, after 10 s later, from where it began", () => {
	const { pass, told, guard } = recording();
	pass(2.9, "zeros");
	assert.deepEqual(summary(told), []);
	pass(0.1, "zeros");
	assert.deepEqual(summary(told), ["silence begins"]);
	assert.equal(told[0]?.severity, "serious");
	assert.ok(Math.abs(told[0]?.positionSeconds ?? 1) < 1e-6);
	pass(60, "zeros");
	assert.deepEqual(summary(guard.active()), ["silence begins"]);
	pass(1, "speech");
	assert.deepEqual(summary(told.splice(0)), ["silence begins", "silence ends"]);
	pass(19.9, "zeros");
	assert.deepEqual(summary(told), []);
	pass(1, "zeros");
	assert.deepEqual(summary(told), ["silence begins"]);
});

test("silence after speech takes 10 s; a noise gate that comes and goes is soon left alone", () => {
	const { pass, told } = recording();
	pass(5, "speech");
	pass(9.9, "zeros");
	assert.deepEqual(summary(told), []);
	pass(0.1, "zeros");
	assert.deepEqual(summary(told), ["silence begins"]);
	for (let round = 0; round < 200; round++) {
		pass(5, "speech");
		pass(30, "zeros");
	}
	assert.ok(told.length <= 6, `${told.length}`);
});

test("a click in a dead input does not end its silence", () => {
	const { pass, told } = recording();
	pass(5, "zeros");
	pass(0.1, "speech");
	pass(20, "zeros");
	assert.deepEqual(summary(told), ["silence begins"]);
});

test("too quiet: after 15 s, and only after a minute once somebody was loud enough", () => {
	const { pass, told } = recording();
	pass(14.9, "whisper");
	assert.deepEqual(summary(told), []);
	pass(0.2, "whisper");
	assert.deepEqual(summary(told), ["too-quiet begins"]);
	assert.match(told[0]?.message ?? "", /louder than -52 dBFS for 15 s/);
	pass(1, "speech");
	assert.deepEqual(summary(told.splice(0)), ["too-quiet begins", "too-quiet ends"]);
	pass(59, "whisper");
	assert.deepEqual(summary(told), []);
	pass(2, "whisper");
	assert.deepEqual(summary(told), ["too-quiet begins"]);
});

test("clipping: one bump is none, several runs within two seconds are, until five seconds without", () => {
	const { pass, told } = recording();
	pass(0.1, "clipped");
	pass(10, "speech");
	assert.deepEqual(summary(told), []);
	pass(0.2, "clipped");
	assert.deepEqual(summary(told), ["clipping begins"]);
	for (let round = 0; round < 5; round++) {
		pass(4, "speech");
		pass(0.1, "clipped");
	}
	assert.deepEqual(summary(told), ["clipping begins"]);
	pass(5.1, "speech");
	assert.deepEqual(summary(told), ["clipping begins", "clipping ends"]);
});

test("stalled: nothing for 2.5 s from an open device, and what was lost by it", () => {
	const { pass, told } = recording();
	pass(20, "speech");
	pass(2.4, null);
	assert.deepEqual(summary(told), []);
	pass(3.6, null);
	assert.deepEqual(summary(told), ["stalled begins"]);
	pass(10, "speech");
	assert.deepEqual(summary(told), ["stalled begins", "stalled ends", "gap happened"]);
	assert.ok(Math.abs((told[1]?.durationSeconds ?? 0) - 6.1) < 0.01);
	assert.ok(Math.abs((told[2]?.durationSeconds ?? 0) - 6) < 0.02);
	assert.ok(Math.abs((told[2]?.positionSeconds ?? 0) - 20) < 0.2);
});

test("nothing comes while paused, held or gone, and that is no stall", () => {
	const { pass, told, guard, tell, at } = recording();
	pass(10, "speech");
	tell(guard.paused(at()));
	pass(60, null);
	tell(guard.resumed(at()));
	pass(10, "speech");
	guard.held(true, at());
	pass(30, null);
	guard.held(false, at());
	pass(0.5, null);
	tell(guard.deviceGone(at(), "unplugged."));
	pass(30, null);
	assert.deepEqual(summary(told), ["paused begins", "paused ends", "device-gone begins"]);
});

test("a process that was stopped for 30 s while everything was kept has lost nothing", () => {
	const { pass, stop, told } = recording();
	pass(20, "speech");
	stop(30, 30);
	pass(60, "speech");
	assert.deepEqual(summary(told), ["process-stopped happened"]);
	assert.equal(told[0]?.durationSeconds, 30.5 - 0.5);
});

test("a process that was stopped for 30 s while 20 s were kept has lost 10, and says where", () => {
	const { pass, stop, told } = recording();
	pass(20, "speech");
	stop(30, 20);
	pass(20, "speech");
	assert.deepEqual(summary(told), ["process-stopped happened", "gap happened"]);
	assert.ok(Math.abs((told[1]?.durationSeconds ?? 0) - 10) < 0.02);
	assert.ok(Math.abs((told[1]?.positionSeconds ?? 0) - 40) < 1);
});

test("a machine that slept says for how long, and claims no other gap", () => {
	const { pass, sleep, told } = recording();
	pass(20, "speech");
	sleep(3600);
	assert.deepEqual(summary(told), ["suspended happened"]);
	assert.equal(told[0]?.durationSeconds, 3600);
	assert.match(told[0]?.message ?? "", /slept for about 1 h:/);
});

test("a device that goes and comes back: gone, back, and the gap with its place", () => {
	const { pass, told, guard, tell, at } = recording();
	pass(20, "zeros");
	told.splice(0);
	tell(guard.deviceGone(at(), "Stream error: Entity killed"));
	tell(guard.deviceGone(at(), "again"));
	assert.deepEqual(summary(told), ["silence ends", "device-gone begins"]);
	assert.equal(told[1]?.severity, "serious");
	assert.match(told[1]?.message ?? "", /“Mic” is gone \(Stream error: Entity killed\)/);
	pass(5, null);
	told.splice(0);
	tell(guard.deviceBack("Mic", at(), null));
	assert.deepEqual(summary(told), ["device-gone ends", "gap happened"]);
	assert.equal(told[0]?.durationSeconds, 5);
	assert.equal(told[1]?.durationSeconds, 5);
	assert.equal(told[1]?.positionSeconds, 20);
	assert.deepEqual(guard.active(), []);
});

test("silence in place of what was missed: the gap's place is its beginning", () => {
	const { told, guard, tell } = recording();
	tell(guard.deviceGone({ nowMs: 20_000, positionSeconds: 12 }, "gone"));
	tell(guard.deviceBack("Other", { nowMs: 26_000, positionSeconds: 18.1 }, 6.1));
	assert.deepEqual(summary(told), [
		"device-gone begins",
		"device-gone ends",
		"device-changed happened",
		"gap happened",
	]);
	assert.ok(Math.abs((told[3]?.positionSeconds ?? 0) - 12) < 1e-6);
	assert.equal(told[3]?.durationSeconds, 6.1);
});

test("another device is told with both names, and its latency is no gap", () => {
	const { pass, told, guard, tell, at } = recording();
	guard.opened("Headset");
	pass(20, "speech");
	pass(1, null);
	tell(guard.deviceMoved("Built-in", at()));
	pass(20, "speech");
	assert.deepEqual(summary(told), ["device-changed happened"]);
	assert.match(told[0]?.message ?? "", /“Built-in” now, no longer from “Headset”/);
});

test("overruns are told every five seconds at most, and counted", () => {
	const { pass, told, guard, tell, at } = recording();
	for (let round = 0; round < 100; round++) {
		tell(guard.overrun(at()));
		pass(0.1, "speech");
	}
	pass(10, "speech");
	assert.deepEqual(summary(told), Array(3).fill("overrun happened"));
	assert.match(told[1]?.message ?? "", /samples \d+ times/);
});

test("disk space: a warning under ten minutes, serious under two, over only with some to spare", () => {
	const { told, guard, tell } = recording();
	const left = (seconds: number, nowMs: number) => {
		const moment = { nowMs, positionSeconds: 0 };
		tell(guard.disk(reserveBytes + seconds * bytesPerSecond, moment));
	};
	left(601, 0);
	assert.ok(Math.abs((guard.diskSecondsLeft() ?? 0) - 601) < 1e-6);
	assert.deepEqual(summary(told), []);
	left(599, 1000);
	left(610, 2000);
	left(590, 3000);
	left(119, 4000);
	left(125, 5000);
	left(110, 6000);
	assert.deepEqual(summary(told), ["disk-low begins", "disk-low begins"]);
	assert.deepEqual(
		told.map(({ severity }) => severity),
		["warning", "serious"],
	);
	assert.deepEqual(
		guard.active().map(({ severity }) => severity),
		["serious"],
	);
	left(901, 7000);
	assert.deepEqual(summary(told).slice(2), ["disk-low ends"]);
});

test("a disk that refuses writes is told once, until it takes them again", () => {
	const { told, guard, tell, at } = recording();
	tell(guard.diskError("Input/output error.", at()));
	tell(guard.diskError("Input/output error.", at()));
	tell(guard.diskWell(at()));
	tell(guard.diskWell(at()));
	assert.deepEqual(summary(told), ["disk-error begins", "disk-error ends"]);
	assert.match(told[0]?.message ?? "", /\(Input\/output error\)/);
});

test("24 hours fed as fast as possible have nothing to say", () => {
	const guard = createGuard({ format, device: "Fast", reserveBytes });
	for (let second = 0; second < 86_400; second++) {
		const at = { nowMs: second * 0.5, positionSeconds: second + 1 };
		assert.deepEqual(guard.arrived(16_000, at), []);
		if (second % 200 !== 0) continue;
		assert.deepEqual(guard.heard(sounds("speech", 3_200_000), at), []);
		assert.deepEqual(guard.tick(at, 1000 + second * 0.0005), []);
	}
});

test("whatever happens, in whatever order: each kind begins before it ends, and ends once", () => {
	const step = fc.constantFrom(
		"zeros",
		"whisper",
		"speech",
		"clipped",
		"nothing",
		"gone",
		"back",
		"moved",
		"overrun",
		"pause",
		"resume",
		"disk-low",
		"disk-well",
		"error",
		"well",
		"stop",
		"sleep",
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
			const { guard, told, tell, at, pass, stop, sleep } = recording();
			for (const name of steps) {
				if (name === "nothing") pass(4, null);
				else if (name === "gone") tell(guard.deviceGone(at(), "gone"));
				else if (name === "back") tell(guard.deviceBack("Mic", at(), 0.5));
				else if (name === "moved") tell(guard.deviceMoved("Other", at()));
				else if (name === "overrun") tell(guard.overrun(at()));
				else if (name === "pause") tell(guard.paused(at()));
				else if (name === "resume") tell(guard.resumed(at()));
				else if (name === "disk-low") tell(guard.disk(reserveBytes + 1e6, at()));
				else if (name === "disk-well") tell(guard.disk(1e12, at()));
				else if (name === "error") tell(guard.diskError("reason", at()));
				else if (name === "well") tell(guard.diskWell(at()));
				else if (name === "stop") stop(10, 5);
				else if (name === "sleep") sleep(100);
				else pass(12, name);
			}
			const lasting = guard.active().map(({ kind }) => kind);
			tell(guard.finish(at()));
			assert.deepEqual(guard.active(), []);
			const open = new Map<string, string>();
			const unended = new Set<string>(lasting);
			for (const { kind, phase, severity, message, positionSeconds } of told) {
				assert.ok(noticeKinds.includes(kind));
				assert.match(message, /\.$/);
				assert.ok(positionSeconds >= 0);
				if (phase === "begins") {
					// A second beginning only where it has become serious.
					assert.ok(!open.has(kind) || (severity === "serious" && open.get(kind) === "warning"));
					open.set(kind, severity);
				}
				if (phase === "ends") {
					assert.ok(open.delete(kind));
					unended.delete(kind);
				}
			}
			assert.equal(open.size, 0);
			assert.equal(unended.size, 0);
		}),
		{ numRuns: 60 },
	);
});

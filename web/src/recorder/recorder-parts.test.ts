import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCaptureHeader, parseWav } from "../../../src/wav.ts";
import { createGuard, type Notice } from "./guard.ts";
import {
	decodeSlots,
	encodeSlot,
	type Journal,
	journalSlotBytes,
	newRecordingId,
	startOfId,
} from "./journal.ts";
import { measure } from "./levels.ts";
import { journalOfName } from "./spool.ts";
import { readWavHeader, wavHeader } from "./wav-header.ts";

const startedAt = "2026-01-02T03:04:05.678Z";
const journal: Journal = {
	...{ version: 1, id: "x", title: "Grüße", startedAt, state: "recording" },
	...{ uploadUrl: null, uploadedTitle: null, mismatches: 0 },
};

test("a journal that is torn while it is written leaves the one before it", () => {
	const file = new Uint8Array(2 * journalSlotBytes);
	file.set(encodeSlot(journal, 0), 0);
	file.set(encodeSlot({ ...journal, uploadUrl: "/one" }, 1), journalSlotBytes);
	assert.equal(decodeSlots(file)?.journal.uploadUrl, "/one");
	const third = encodeSlot({ ...journal, uploadUrl: "/two" }, 2);
	for (const written of [1, 9, 40, 120]) {
		const torn = file.slice();
		torn.set(third.subarray(0, written), 0);
		assert.equal(decodeSlots(torn)?.journal.uploadUrl, "/one", `${written} bytes written`);
	}
	file.set(third, 0);
	assert.equal(decodeSlots(file)?.journal.uploadUrl, "/two");
	assert.equal(decodeSlots(new Uint8Array(100)), null);
});

test("a title of any length fits into a journal", () => {
	const slot = encodeSlot({ ...journal, title: "ü".repeat(10_000) }, 0);
	assert.equal(slot.length, journalSlotBytes);
	assert.match(decodeSlots(slot)?.journal.title ?? "", /^ü{500,}$/);
});

test("without its journal a recording still knows its time", () => {
	const id = newRecordingId(new Date(startedAt));
	assert.equal(startOfId(id), startedAt);
	assert.equal(journalOfName(id, startedAt).state, "recording");
	const header = wavHeader({ sampleRate: 48_000, channels: 2, recordedAt: startedAt, name: id });
	assert.equal(readWavHeader(header)?.bytesPerSecond, 192_000);
	assert.equal(readWavHeader(header.subarray(0, 60)), null);
});

test("the header is one that the library reads at any length", () => {
	const header = wavHeader({ sampleRate: 16_000, channels: 1, recordedAt: startedAt, name: "n-1" });
	assert.equal(readWavHeader(header)?.bytes, header.length);
	const facts = parseWav(header, header.length + 32_000);
	assert.equal(facts?.durationSeconds, 1);
	assert.equal(facts?.dataOffset, header.length);
	const known = parseCaptureHeader(header);
	assert.deepEqual(known, { sampleRate: 16_000, channels: 1, recordedAt: startedAt, name: "n-1" });
});

const rate = 16_000;
const blockSeconds = 0.05;

function block(value: (at: number) => number) {
	return measure(
		Int16Array.from({ length: rate * blockSeconds }, (_, at) => value(at)),
		rate,
		1,
	);
}
const voice = block((at) => 8000 * Math.sin(at / 5));
const zeros = block(() => 0);
const offset = block(() => 12);
const cut = block((at) => Math.max(-32768, Math.min(32767, 60_000 * Math.sin(at / 9))));
const faint = block((at) => 30 * Math.sin(at / 5));

/** Plays blocks to a guard, at the pace of their sound unless `clock` says otherwise. */
function play(parts: [ReturnType<typeof block>, number][], clock = (seconds: number) => seconds) {
	const guard = createGuard();
	const notices: Notice[] = [];
	let seconds = 0;
	for (const [heard, lasting] of parts)
		for (let at = 0; at < Math.round(lasting / blockSeconds); at++) {
			seconds += blockSeconds;
			notices.push(...guard.arrived(heard, clock(seconds) * 1000, seconds));
		}
	return notices.map(({ kind, phase }) => `${kind} ${phase}`);
}

test("the guard tells what a person would want to know, and when it is over", () => {
	assert.deepEqual(play([[voice, 120]]), []);
	assert.deepEqual(play([[zeros, 2.9]]), []);
	assert.deepEqual(play([[zeros, 4]]), ["silence begins"]);
	assert.deepEqual(play([[offset, 4]]), ["silence begins"], "a constant offset is silence too");
	assert.deepEqual(
		play([
			[voice, 1],
			[zeros, 9],
		]),
		[],
		"who has spoken may pause",
	);
	assert.deepEqual(
		play([
			[zeros, 4],
			[voice, 1],
		]),
		["silence begins", "silence ends"],
	);
	assert.deepEqual(play([[faint, 16]]), ["too-quiet begins"]);
	assert.deepEqual(
		play([
			[cut, 1],
			[voice, 6],
		]),
		["clipping begins", "clipping ends"],
	);
});

test("sound that is missing is told; sound that is late, and clocks that differ, are not", () => {
	const steady: [ReturnType<typeof block>, number][] = [[voice, 30]];
	const missing = (seconds: number) => (seconds > 10 ? seconds + 0.5 : seconds);
	assert.deepEqual(play(steady, missing), ["gap happened"]);
	const late = (seconds: number) => (seconds > 10 && seconds < 14 ? 14 : seconds);
	assert.deepEqual(play(steady, late), []);
	const drift = (seconds: number) => seconds * 1.0003;
	assert.deepEqual(play([[voice, 1800]], drift), []);
});

test("a pause is no gap, sleep and a microphone that hangs are told", () => {
	const guard = createGuard();
	const told: string[] = [];
	const tell = (notices: Notice[]) => told.push(...notices.map(({ kind }) => kind));
	let now = 0;
	const go = (seconds: number) => {
		for (let at = 0; at < seconds; at += blockSeconds) {
			now += blockSeconds * 1000;
			tell(guard.arrived(voice, now, 0));
		}
	};
	go(8);
	now += 60_000;
	tell(guard.paused(0));
	tell(guard.resumed(0));
	go(8);
	assert.deepEqual(told.splice(0), ["paused", "paused"]);
	tell(guard.tick(now, 1_000_000, 0));
	tell(guard.tick(now + 500, 1_060_500, 0));
	assert.deepEqual(told.splice(0), ["suspended"]);
	for (let tick = 2; tick < 8; tick++)
		tell(guard.tick(now + tick * 500, 1_060_000 + tick * 500, 0));
	assert.deepEqual(told, ["stalled"]);
});

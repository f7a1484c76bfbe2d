import assert from "node:assert/strict";
import { test } from "node:test";
import type { Snapshot } from "../capture/capture.ts";
import type { LiveCapture } from "../capture/control-client.ts";
import { defaultSettings } from "../config/defaults.ts";
import { wantedRecording } from "./record-options.ts";
import { meant } from "./record-running.ts";

function capture(name: string, changes: Partial<LiveCapture> = {}): LiveCapture {
	const [address, startedAt, pid] = [`/run/${name}.sock`, "", 1];
	return { name, address, startedAt, pid, snapshot: null, ...changes };
}

const morning = capture("2026-11-20_09-00-00.000000_aaaaaa");
const noon = capture("2026-11-20_12-00-00.000000_bbbbbb");

test("the only one that goes on needs no name", () => {
	assert.deepEqual(meant([noon], undefined, false), [noon]);
	assert.deepEqual(meant([noon], "last", false), [noon]);
});

test("of several one has to be named, or all of them", () => {
	const both = [morning, noon];
	assert.throws(() => meant(both, undefined, false), {
		code: "ERR_AMBIGUOUS",
		message: /09-00-00.*12-00-00/,
	});
	assert.deepEqual(meant(both, "2026-11-20_12", false), [noon]);
	assert.deepEqual(meant(both, "last", false), [noon]);
	assert.deepEqual(meant(both, undefined, true), both);
	assert.throws(() => meant(both, "2026", false), { code: "ERR_AMBIGUOUS" });
	assert.throws(() => meant(both, "2025", false), { code: "ERR_NOT_FOUND" });
});

test("one that does not answer is meant where it is named, and else stands in nobody's way", () => {
	const snapshot = { device: "mic" } as Snapshot;
	const going = capture(morning.name, { snapshot });
	const both = [going, noon];
	assert.deepEqual(meant(both, undefined, false), [going]);
	assert.deepEqual(meant(both, "last", false), [going]);
	assert.deepEqual(meant(both, "2026-11-20_12", false), [noon]);
	assert.deepEqual(meant(both, undefined, true), both);
});

test("where nothing is recorded, it is said how to begin", () => {
	for (const all of [true, false]) {
		assert.throws(() => meant([], undefined, all), {
			code: "ERR_NOT_FOUND",
			hint: /onwax record/,
		});
	}
});

const record = { ...defaultSettings.record, maxSeconds: 600, stopAfterSilenceSeconds: 30 };
const config = { ...defaultSettings, dataDir: "/data", record };

test("flags stand over the configuration, and a time of 0 takes its limit away", () => {
	const configured = wantedRecording({ wait: true }, config);
	assert.deepEqual([configured.maxSeconds, configured.stopAfterSilenceSeconds], [600, 30]);
	assert.deepEqual(configured.format, { sampleRate: record.sampleRate, channels: 1 });
	const flags = { max: 0, stopAfter: 5, rate: 16_000, channels: 2, device: "usb", wait: true };
	const wanted = wantedRecording({ ...flags, title: " A  talk ", tag: ["#Work", "work"] }, config);
	assert.deepEqual([wanted.maxSeconds, wanted.stopAfterSilenceSeconds], [null, 5]);
	assert.deepEqual(wanted.format, { sampleRate: 16_000, channels: 2 });
	assert.deepEqual([wanted.title, wanted.tags, wanted.device], ["A talk", ["work"], "usb"]);
});

test("a length that no sample fits into is refused, and not taken for none", () => {
	assert.throws(() => wantedRecording({ max: 0.000_01, wait: true }, config), {
		code: "ERR_USAGE",
	});
	assert.equal(wantedRecording({ max: 0.001, wait: true }, config).maxSeconds, 0.001);
});

test("copying needs the text: asked for without waiting it is refused, configured it is left out", () => {
	assert.throws(() => wantedRecording({ copy: true, wait: false }, config), { code: "ERR_USAGE" });
	const copying = { ...config, record: { ...record, copy: true } };
	assert.equal(wantedRecording({ wait: false }, copying).copy, false);
	assert.equal(wantedRecording({ wait: true }, copying).copy, true);
});

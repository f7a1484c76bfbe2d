import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAbout, formatDuration, formatExact, parseDays, parseSeconds } from "./duration.ts";
import { combine, exitStatus } from "./exit-status.ts";
import { formatSize } from "./size.ts";
import { formatWhen } from "./when.ts";

test("lengths of time are written in one way", () => {
	const written = [0, 7.4, 59.6, 754, 3723, 36_000].map(formatDuration);
	assert.deepEqual(written, ["0:00", "0:07", "1:00", "12:34", "1:02:03", "10:00:00"]);
	assert.equal(formatDuration(null), "–");
});

test("lengths of time in a sentence are rounded", () => {
	const written = [0, 34, 59.9, 2040, 7200, 18_720].map(formatAbout);
	assert.deepEqual(written, ["0 s", "34 s", "1 min", "34 min", "2 h", "5 h 12 min"]);
});

test("a length of time that was asked for is told as it was asked for", () => {
	const written = [0, 0.001, 0.1, 59.9, 60, 95, 7200, 3723.5].map(formatExact);
	const expected = ["0 s", "0.001 s", "0.1 s", "59.9 s", "1 min", "1 min 35 s", "2 h"];
	assert.deepEqual(written, [...expected, "1 h 2 min 3.5 s"]);
});

test("a place in a recording can be said in several ways", () => {
	const places = { "83": 83, "1:23": 83, "1:02:03.5": 3723.5, "90s": 90, "5m": 300, "2h": 7200 };
	Object.assign(places, { "500ms": 0.5, "1ms": 0.001, ".2s": 0.2, "0.1": 0.1, "3min": 180 });
	for (const [text, seconds] of Object.entries(places)) assert.equal(parseSeconds(text), seconds);
	for (const text of ["", "soon", ".", "ms", "1:2:3:4", "-5", "5 d"])
		assert.equal(parseSeconds(text), null);
});

test("an age can be said in hours, days and weeks", () => {
	assert.deepEqual(["7", "7d", "36h", "2w"].map(parseDays), [7, 7, 1.5, 14]);
	for (const text of ["", "-1d", "7y", "d"]) assert.equal(parseDays(text), null);
});

test("sizes have one digit after the point where it says something", () => {
	const written = [0, 740, 999, 1000, 3_400_000, 12e9, 999_600].map(formatSize);
	assert.deepEqual(written, ["0 B", "740 B", "999 B", "1.0 kB", "3.4 MB", "12 GB", "1.0 MB"]);
});

test("times are told as one says them, and never take more than fifteen columns", () => {
	const now = new Date(2026, 10, 20, 19, 30);
	const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
	assert.equal(formatWhen(ago(0.5), now), "just now");
	assert.equal(formatWhen(ago(12), now), "12 min ago");
	assert.equal(formatWhen(ago(300), now), "today 14:30");
	assert.equal(formatWhen(ago(24 * 60), now), "yesterday 19:30");
	assert.equal(formatWhen(ago(3 * 24 * 60), now), "Tue 19:30");
	assert.equal(formatWhen(new Date(2026, 2, 3, 4, 5).toISOString(), now), "3 Mar 04:05");
	assert.equal(formatWhen(new Date(2024, 2, 3).toISOString(), now), "3 Mar 2024");
	// A clock that was wrong: no negative ages.
	assert.equal(formatWhen(ago(-60 * 24 * 400), now), "25 Dec 2027");
	for (let days = 0; days < 800; days += 1)
		assert.ok(formatWhen(ago(days * 1440), now).length <= 15);
});

test("one status stands for many items", () => {
	const { done, failed, notFound, noText, damaged, interrupted } = exitStatus;
	assert.equal(combine([]), done);
	assert.equal(combine([done, notFound, done]), notFound);
	assert.equal(combine([noText, notFound]), failed);
	assert.equal(combine([failed, damaged]), damaged);
	assert.equal(combine([damaged, interrupted]), interrupted);
});

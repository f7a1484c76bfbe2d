import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters, styleText } from "node:util";
import { integer, property, assert as verify } from "fast-check";
import type { CaptureState, Notice, Snapshot } from "../capture/capture.ts";
import { formatClock, formatLeft } from "./duration.ts";
import { ladder } from "./ladder.ts";
import type { Sheet } from "./output.ts";
import { recordLine } from "./record-line.ts";
import { asciiGlyphs, drawMeter, glyphsFor, moveNeedle, unicodeGlyphs } from "./record-meter.ts";
import { noticeLines } from "./record-notices.ts";
import { displayWidth } from "./width.ts";

const colourful: Sheet = {
	isTerminal: true,
	width: 80,
	columns: 80,
	paint: (style, text) => (text === "" ? "" : styleText(style, text, { validateStream: false })),
};
const plainSheet: Sheet = {
	...colourful,
	paint: (_style, text) => text,
};

const snapshot: Snapshot = {
	name: "2026-11-20_19-03-11.123456_ab12cd",
	state: "recording",
	device: "mic",
	requestedDevice: null,
	format: { sampleRate: 48_000, channels: 1 },
	title: null,
	startedAt: "2026-11-20T19:03:11.123456Z",
	capturedSeconds: 83.45,
	writtenSeconds: 83.4,
	syncedSeconds: 83,
	sizeBytes: 8_011_000,
	level: { peakDbfs: -18.2, rmsDbfs: -27 },
	diskSecondsLeft: 3 * 86_400 + 4 * 3600,
	active: [],
};

function lineAt(columns: number, changes: Partial<Snapshot> = {}): string {
	const needle = moveNeedle(null, { peakDbfs: -27, rmsDbfs: -40 }, 0);
	const look = { glyphs: unicodeGlyphs, sheet: plainSheet, width: columns - 1 };
	return recordLine({ ...snapshot, ...changes }, needle, look).plain;
}

test("the line tells less the narrower the terminal is, the most important first", () => {
	const lines = [120, 80, 60, 40].map((columns) => lineAt(columns));
	assert.deepEqual(lines, [
		"● 1:23.4  ▕████████████▏           ▏  −18 dB  8.0 MB  disk 3 d 4 h  Enter ends · p pauses",
		"● 1:23.4  ▕███████▏      ▏  −18 dB  8.0 MB  disk 3 d 4 h  Enter ends · p pauses",
		"● 1:23.4  ▕████████▏       ▏  −18 dB  Enter ends · p pauses",
		"● 1:23.4  ▕███████▌       ▏  Enter ends",
	]);
});

const states: CaptureState[] = [
	"opening",
	"waiting-for-speech",
	"recording",
	"paused",
	"waiting-for-device",
	"stopping",
];

test("no state's line is wider than the terminal, in colours neither", () => {
	const arbitrary = property(
		integer({ min: 0, max: 200 }),
		integer({ min: 0, max: 5 }),
		(width, at) => {
			for (const glyphs of [unicodeGlyphs, asciiGlyphs]) {
				const look = { glyphs, sheet: colourful, width };
				const state = states[at] ?? "recording";
				const changes = { state, capturedSeconds: 400_000, device: "日本のマイク".repeat(9) };
				const { plain, painted } = recordLine({ ...snapshot, ...changes }, null, look);
				assert.ok(displayWidth(plain) <= width, plain);
				assert.equal(stripVTControlCharacters(painted), plain);
			}
		},
	);
	verify(arbitrary, { numRuns: 200 });
});

test("paused, waiting and ending look different from recording, and say what can be pressed", () => {
	assert.equal(lineAt(80, { state: "paused" }), "❚❚ 1:23.4 paused  8.0 MB  p goes on · Enter ends");
	assert.match(
		lineAt(80, { state: "waiting-for-device" }),
		/^▲ 1:23\.4 waiting for the microphone/,
	);
	assert.match(lineAt(40, { state: "waiting-for-speech" }), /^○ listening {2}▕.+▏ {2}Enter ends$/);
	assert.match(lineAt(80, { state: "stopping" }), /^■ 1:23\.4 keeping it…/);
	assert.match(lineAt(80, { active: [notice({ severity: "serious" })] }), /^▲/);
});

test("a disk that is soon full is told on a narrow terminal as well", () => {
	assert.match(lineAt(60, { diskSecondsLeft: 50 }), /disk 50 s/);
	assert.doesNotMatch(lineAt(60, { diskSecondsLeft: 50_000 }), /disk/);
	assert.doesNotMatch(lineAt(120, { diskSecondsLeft: null }), /disk/);
});

test("what stands behind the loudness does not move with it", () => {
	const at = (peakDbfs: number) => lineAt(80, { level: { peakDbfs, rmsDbfs: -90 } }).indexOf("dB");
	const columns = [-60, -9, 0, Number.NEGATIVE_INFINITY].map(at);
	assert.equal(new Set(columns).size, 1);
	assert.equal(lineAt(80, { level: null }).indexOf("dB"), columns[0]);
});

test("the meter is green, yellow and red from left to right, and empty for silence", () => {
	const look = { glyphs: unicodeGlyphs, sheet: colourful };
	const meter = (peakDbfs: number) =>
		drawMeter(moveNeedle(null, { peakDbfs, rmsDbfs: peakDbfs }, 0), 18, look);
	assert.equal(meter(Number.NEGATIVE_INFINITY).plain, `▕${" ".repeat(18)}▏`);
	assert.equal(meter(0).plain, `▕${"█".repeat(18)}▏`);
	const whole = meter(0).painted;
	const colours = ["\u001b[32m", "\u001b[33m", "\u001b[31m"].map((code) => whole.indexOf(code));
	assert.ok(colours.every((at) => at > 0));
	assert.deepEqual(
		[...colours].sort((a, b) => a - b),
		colours,
	);
	const ascii = drawMeter(moveNeedle(null, { peakDbfs: -27, rmsDbfs: 0 }, 0), 18, {
		glyphs: asciiGlyphs,
		sheet: plainSheet,
	});
	assert.match(ascii.plain, /^\[#{9}[| ] {8}\]$/);
});

test("the needle rises at once, falls slowly, and its highest stays for a while", () => {
	const loud = moveNeedle(null, { peakDbfs: -6, rmsDbfs: -12 }, 0);
	const later = moveNeedle(loud, { peakDbfs: -50, rmsDbfs: -60 }, 500);
	assert.equal(later.dbfs, -18);
	assert.equal(later.heldDbfs, -6);
	const muchLater = moveNeedle(later, { peakDbfs: -50, rmsDbfs: -60 }, 3000);
	assert.deepEqual([muchLater.dbfs, muchLater.heldDbfs], [-50, -50]);
	assert.equal(moveNeedle(muchLater, { peakDbfs: -3, rmsDbfs: -9 }, 3010).dbfs, -3);
});

test("a terminal whose locale has no Unicode gets ASCII alone", () => {
	assert.equal(glyphsFor({ LANG: "de_DE.UTF-8" }, "linux"), unicodeGlyphs);
	assert.equal(glyphsFor({ LANG: "en_US.utf8", TERM: "xterm" }, "linux"), unicodeGlyphs);
	assert.equal(glyphsFor({ LC_ALL: "C", LANG: "de_DE.UTF-8" }, "linux"), asciiGlyphs);
	assert.equal(glyphsFor({ LANG: "de_DE.UTF-8", TERM: "linux" }, "linux"), asciiGlyphs);
	assert.equal(glyphsFor({}, "linux"), asciiGlyphs);
	assert.equal(glyphsFor({}, "darwin"), unicodeGlyphs);
	assert.equal(glyphsFor({ WT_SESSION: "x" }, "win32"), unicodeGlyphs);
	for (const state of states) {
		const look = { glyphs: asciiGlyphs, sheet: plainSheet, width: 100 };
		assert.match(recordLine({ ...snapshot, state }, null, look).plain, /^[ -~]+$/);
	}
});

function notice(changes: Partial<Notice> = {}): Notice {
	return {
		kind: "silence",
		phase: "begins",
		severity: "serious",
		message: "Nothing but silence. Is it muted?",
		positionSeconds: 63,
		durationSeconds: null,
		...changes,
	};
}

test("a serious notice is red and rings once; what ended is dim and silent", () => {
	const look = { glyphs: unicodeGlyphs, sheet: colourful };
	const begins = noticeLines(notice(), look).join("");
	assert.equal(begins.split("\u0007").length - 1, 1);
	assert.match(begins, /\[31m/);
	const ends = noticeLines(notice({ phase: "ends" }), look).join("");
	assert.doesNotMatch(ends, /\[31m/);
	assert.equal(ends.includes("\u0007"), false);
	assert.match(ends, /\[2m/);
	const warning = noticeLines(notice({ severity: "warning" }), look).join("");
	assert.match(warning, /\[33m/);
	assert.equal(warning.includes("\u0007"), false);
});

test("a notice tells where it was, keeps to the width, and lets no escape sequence through", () => {
	const sheet = { ...plainSheet, width: 40 };
	const message = "A rather long sentence about \u001b[2Ja device, which does not fit a line.";
	const lines = noticeLines(notice({ message, severity: "info" }), {
		glyphs: unicodeGlyphs,
		sheet,
	});
	assert.ok(lines.length > 1);
	assert.match(lines[0] ?? "", /^ {2}1:03 {2}· A rather/);
	for (const line of lines) assert.ok(displayWidth(line) < 40, line);
	assert.match(lines.join(" "), /\\e\[2J/);
});

test("the ladder ticks what is true, and only that", () => {
	const look = { sheet: plainSheet, tick: "✓" };
	const sha256 = "3f9a12".padEnd(64, "0");
	assert.equal(
		ladder({ capturedSeconds: 83.4, onDiskBytes: 2_100_000, sha256 }, look),
		"captured 1:23 ✓  on disk 2.1 MB ✓  hashed 3f9a12… ✓",
	);
	assert.equal(
		ladder({ capturedSeconds: 83.4, onDiskBytes: 2_100_000, sha256: null }, look),
		"captured 1:23 ✓  on disk 2.1 MB ✓  hashed",
	);
	assert.equal(
		ladder({ capturedSeconds: 1, onDiskBytes: null, sha256: null }, look),
		"captured 0:01 ✓  on disk  hashed",
	);
});

test("running time has tenths and is never ahead; what is left is told coarser the longer it is", () => {
	assert.deepEqual([0, 7.49, 59.99, 3723.45].map(formatClock), [
		"0:00.0",
		"0:07.4",
		"0:59.9",
		"1:02:03.4",
	]);
	const left = [8, 90, 3000, 5 * 3600 + 720, 11.9 * 3600, 86_400, 273_600, 10 * 86_400, 1e12];
	assert.deepEqual(left.map(formatLeft), [
		"8 s",
		"2 min",
		"50 min",
		"5 h 12 min",
		"11 h",
		"1 d",
		"3 d 4 h",
		"10 d",
		"9999 d",
	]);
});

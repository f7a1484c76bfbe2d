import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ActivityTrack } from "../speech/speech.ts";
import { planWindows } from "./plan-windows.ts";
import { quietSpans } from "./quiet-spans.ts";
import { speechSpans } from "./speech-spans.ts";

const frameSeconds = 0.032;

/** Stretches of so many seconds, one after the other. */
type Stretch = { seconds: number; speaking: boolean; dbfs: number };
const talk = (seconds: number): Stretch => ({ seconds, speaking: true, dbfs: -20 });
const room = (seconds: number): Stretch => ({ seconds, speaking: false, dbfs: -60 });
const music = (seconds: number): Stretch => ({ seconds, speaking: false, dbfs: -25 });
const nothing = (seconds: number): Stretch => ({ seconds, speaking: false, dbfs: -128 });

function track(...stretches: Stretch[]): ActivityTrack {
	const frames = stretches.flatMap(({ seconds, ...frame }) =>
		Array.from({ length: Math.round(seconds / frameSeconds) }, () => frame),
	);
	return {
		detector: "test",
		frameSeconds,
		speaking: Uint8Array.from(frames, (frame) => (frame.speaking ? 1 : 0)),
		loudnessDbfs: Int8Array.from(frames, (frame) => frame.dbfs),
		durationSeconds: frames.length * frameSeconds,
	};
}

const anyTrack = fc
	.array(
		fc.record({
			seconds: fc.double({ min: 0.03, max: 30, noNaN: true }),
			speaking: fc.boolean(),
			dbfs: fc.oneof(fc.integer({ min: -128, max: 0 }), fc.constantFrom(-128, -60, -20)),
		}),
		{ maxLength: 40, size: "max" },
	)
	.map((stretches) => track(...stretches));

test("cores tile the recording, and no window is longer than the engine can hear", () => {
	fc.assert(
		fc.property(
			anyTrack,
			fc.double({ min: 0.1, max: 200, noNaN: true }),
			fc.double({ min: 0, max: 10, noNaN: true }),
			(sound, maxSeconds, overlapSeconds) => {
				const windows = planWindows(sound, { maxSeconds, overlapSeconds });
				let at = 0;
				for (const [index, window] of windows.entries()) {
					assert.equal(window.index, index);
					assert.equal(window.coreStartSeconds, at);
					assert.ok(window.coreEndSeconds > at);
					at = window.coreEndSeconds;
					assert.ok(window.endSeconds - window.startSeconds <= maxSeconds + 1e-9);
					assert.ok(0 <= window.startSeconds && window.startSeconds <= window.coreStartSeconds);
					assert.ok(window.coreEndSeconds <= window.endSeconds);
					assert.ok(window.endSeconds <= sound.durationSeconds);
				}
				assert.equal(at, sound.durationSeconds);
				assert.ok(windows.length <= 1 + (4 * sound.durationSeconds) / maxSeconds);
			},
		),
		{ numRuns: 300 },
	);
});

test("a window that reaches over none of its edges is cut where nobody speaks", () => {
	fc.assert(
		fc.property(anyTrack, fc.double({ min: 1, max: 60, noNaN: true }), (sound, maxSeconds) => {
			const quiet = quietSpans(sound);
			for (const window of planWindows(sound, { maxSeconds }).slice(1)) {
				if (window.startSeconds < window.coreStartSeconds) continue;
				const at = window.coreStartSeconds;
				assert.ok(quiet.some((span) => span.startSeconds < at && at < span.endSeconds));
			}
		}),
		{ numRuns: 200 },
	);
});

test("a silent window has nobody speaking in it and no sound above an empty room's", () => {
	fc.assert(
		fc.property(anyTrack, (sound) => {
			for (const window of planWindows(sound, { maxSeconds: 10 })) {
				if (!window.silent) continue;
				const first = Math.floor(window.startSeconds / frameSeconds);
				const last = Math.ceil(window.endSeconds / frameSeconds);
				assert.ok(sound.speaking.subarray(first, last).every((frame) => frame === 0));
				assert.ok(sound.loudnessDbfs.subarray(first, last).every((dbfs) => dbfs <= -50));
			}
		}),
		{ numRuns: 200 },
	);
});

test("the same track gives the same plan", () => {
	fc.assert(
		fc.property(anyTrack, (sound) => {
			const copy = structuredClone(sound);
			assert.deepEqual(
				planWindows(sound, { maxSeconds: 20 }),
				planWindows(copy, { maxSeconds: 20 }),
			);
		}),
		{ numRuns: 50 },
	);
});

test("what the engine can hear at once is one window", () => {
	const sound = track(room(1), talk(8), room(1));
	for (const maxSeconds of [sound.durationSeconds, Number.POSITIVE_INFINITY]) {
		assert.deepEqual(planWindows(sound, { maxSeconds }), [
			{
				index: 0,
				coreStartSeconds: 0,
				coreEndSeconds: sound.durationSeconds,
				startSeconds: 0,
				endSeconds: sound.durationSeconds,
				silent: false,
			},
		]);
	}
});

test("a recording without length has no windows, and nonsense is refused", () => {
	assert.deepEqual(planWindows(track(), { maxSeconds: 30 }), []);
	for (const maxSeconds of [0, -1, Number.NaN])
		assert.throws(() => planWindows(track(talk(1)), { maxSeconds }), RangeError);
});

test("cuts go through the long pause in a window's latter half, not through a later short one", () => {
	const sound = track(room(1), talk(15), room(2), talk(7), room(0.3), talk(20), room(1));
	const [first, second] = planWindows(sound, { maxSeconds: 28 });
	const cut = first?.coreEndSeconds ?? 0;
	assert.ok(cut >= 16.9 && cut <= 17.1, `cut at ${cut}`);
	assert.equal(second?.startSeconds, cut, "nothing is heard twice");
});

test("without any pause the cut goes through the quietest moment and both reach 2 s over it", () => {
	const soft: Stretch = { seconds: 0.32, speaking: true, dbfs: -32 };
	const [first, second] = planWindows(track(talk(18), soft, talk(30)), { maxSeconds: 25 });
	const cut = first?.coreEndSeconds ?? 0;
	assert.ok(cut > 18 && cut < 18.32, `cut at ${cut}`);
	assert.equal(first?.endSeconds, cut + 2);
	assert.equal(second?.startSeconds, cut - 2);
});

test("the last window is no scrap", () => {
	const windows = planWindows(track(talk(20.1)), { maxSeconds: 20 });
	const last = windows.at(-1);
	assert.ok((last?.coreEndSeconds ?? 0) - (last?.coreStartSeconds ?? 0) >= 4.9);
});

test("hours without anything to hear are silent windows; music and faint voices are not", () => {
	const isSilent = (...stretches: Stretch[]) =>
		planWindows(track(...stretches), { maxSeconds: 30 }).map((window) => window.silent);
	assert.ok(isSilent(nothing(300)).every(Boolean), "digital silence");
	assert.ok(isSilent(room(300)).every(Boolean), "an empty room");
	assert.ok(!isSilent(music(300)).some(Boolean), "music");
	const faint: Stretch = { seconds: 1, speaking: false, dbfs: -54 };
	assert.deepEqual(isSilent(room(10), faint, room(10)), [false], "something faint happens");
	assert.ok(!isSilent(talk(20)).some(Boolean), "speech");
});

test("music and tones that nobody takes for speech are not quiet; the room between them is", () => {
	assert.deepEqual(quietSpans(track(music(60))), []);
	const spans = quietSpans(track(music(10), room(1), music(10), nothing(1), talk(5), room(0.16)));
	assert.equal(spans.length, 2, "shorter ones than 0.2 s lie within words");
	assert.ok(Math.abs((spans[0]?.startSeconds ?? 0) - 10) < 0.05);
	assert.ok(Math.abs((spans[1]?.endSeconds ?? 0) - 22) < 0.1);
});

test("a room that becomes louder later is quiet there, too", () => {
	const loudRoom: Stretch = { seconds: 1, speaking: false, dbfs: -42 };
	const quietPart = Array.from({ length: 40 }, () => [talk(3), room(1)]).flat();
	const loudPart = Array.from({ length: 40 }, () => [talk(3), loudRoom]).flat();
	const found = quietSpans(track(...quietPart, ...loudPart)).filter(inLoudPart).length;
	// Where both are near, only the quieter one counts.
	assert.ok(found >= 35, `${found} of 40`);
});

function inLoudPart({ startSeconds }: { startSeconds: number }): boolean {
	return startSeconds > 162;
}

test("speech is joined over the pauses between words, and a click is no speech", () => {
	const spans = speechSpans(
		track(room(1), talk(2), room(0.25), talk(2), room(0.5), talk(1), room(1), talk(0.064)),
	);
	// Stretches are whole frames, so that each is up to 16 ms off.
	const round = (seconds: number) => Math.round(seconds - 0.05);
	assert.deepEqual(
		spans.map((span) => [round(span.startSeconds), round(span.endSeconds)]),
		[
			[1, 5],
			[6, 7],
		],
	);
});

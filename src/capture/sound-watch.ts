import type { Notice } from "./capture.ts";
import { inWords } from "./in-words.ts";
import { createLasting } from "./lasting.ts";
import type { Heard } from "./levels.ts";
import type { Moment, NoticeBoard } from "./notice-board.ts";

export type SoundWatch = {
	heard(heard: Heard, at: Moment): Notice[];
	/** Another input: it has proved nothing yet. */
	newInput(): void;
};

/** An input that has never given anything but zeros is muted or the wrong one: that is said soon. */
const silentFromStartSeconds = 3;
const silentSeconds = 10;

/**
 * Noise suppression and conference programs hand over zeros whenever nobody speaks. So each silence that
 * ended by itself makes the next one take twice as long to be called one, up to this.
 */
const mostSilentSeconds = 60;

/**
 * Speech at its nominal level (-26 dBov, ITU-T P.56 and G.191) peaks some 12 to 18 dB higher, at -14 to
 * -8 dBFS; somebody across a room is 20 dB below that. What stays under -45 dBFS is where the noise of
 * rooms and of microphones' own amplifiers lies, and an engine hears nothing in it. It is over 3 dB higher.
 */
const quietDbfs = -45;
const loudDbfs = -42;
const quietFromStartSeconds = 15;
/** Once somebody was loud enough, a longer quiet is just nobody speaking. */
const quietSeconds = 60;

/** One flat top in two seconds may be a bump against the table; several are a level set too high. */
const clippedRuns = 3;
const clippedWithinSeconds = 2;
const clippedClearSeconds = 5;

/** Judges what is heard, by seconds of audio: a backlog or a fast source changes nothing. */
export function createSoundWatch(board: NoticeBoard, sampleRate: number): SoundWatch {
	const silence = createLasting(0.3);
	const quiet = createLasting(0.5);
	const clipping = createLasting(clippedClearSeconds);
	let everSounded = false;
	let everLoud = false;
	let silentNeeded = silentSeconds;
	let loudestDbfs = -Infinity;
	let passedSeconds = 0;
	const runs: { atSeconds: number; count: number }[] = [];

	/** `at` is the end of what was heard; what holds for so long began earlier. */
	const since = (at: Moment, seconds: number): Moment => ({
		nowMs: at.nowMs,
		positionSeconds: at.positionSeconds - seconds,
	});

	const judgeSilence = (isFlat: boolean, seconds: number, at: Moment): Notice[] => {
		if (!isFlat) everSounded = true;
		const change = silence.update(
			isFlat,
			seconds,
			everSounded ? silentNeeded : silentFromStartSeconds,
		);
		const held = silence.heldSeconds();
		if (change === "begins")
			return board.begin(
				"silence",
				"serious",
				`Nothing but digital silence for ${inWords(held)}: check that the microphone is not muted, and that it is the right input.`,
				since(at, held),
			);
		if (change !== "ends") return [];
		silentNeeded = Math.min(mostSilentSeconds, silentNeeded * 2);
		return board.end("silence", `Sound again, after ${inWords(held)} of silence.`, at, held);
	};

	const judgeQuiet = ({ isFlat, swingDbfs }: Heard, seconds: number, at: Moment): Notice[] => {
		// Zeros are silence, and say nothing on the level.
		if (isFlat) return [];
		const holds = swingDbfs < (quiet.isActive() ? loudDbfs : quietDbfs);
		if (swingDbfs >= quietDbfs) everLoud = true;
		loudestDbfs = holds ? Math.max(loudestDbfs, swingDbfs) : -Infinity;
		const change = quiet.update(holds, seconds, everLoud ? quietSeconds : quietFromStartSeconds);
		const held = quiet.heldSeconds();
		if (change === "begins")
			return board.begin(
				"too-quiet",
				"warning",
				`Nothing louder than ${Math.ceil(loudestDbfs)} dBFS for ${inWords(held)}: if somebody is speaking, go closer to the microphone or raise its level.`,
				since(at, held),
			);
		if (change !== "ends") return [];
		return board.end("too-quiet", `Loud enough again, after ${inWords(held)}.`, at, held);
	};

	const judgeClipping = (count: number, seconds: number, at: Moment): Notice[] => {
		if (count > 0) runs.push({ atSeconds: passedSeconds, count });
		while (runs[0] && runs[0].atSeconds < passedSeconds - clippedWithinSeconds) runs.shift();
		const recent = runs.reduce((sum, run) => sum + run.count, 0);
		const holds = clipping.isActive() ? count > 0 : recent >= clippedRuns;
		const change = clipping.update(holds, seconds, 0.001);
		if (change === "begins")
			return board.begin(
				"clipping",
				"warning",
				"Too loud, the sound is cut off at the top: lower the microphone's level, or go further away.",
				since(at, seconds),
			);
		if (change !== "ends") return [];
		runs.length = 0;
		return board.end("clipping", "No longer too loud.", at, clipping.heldSeconds());
	};

	return {
		heard: (heard, at) => {
			if (heard.frames === 0) return [];
			const seconds = heard.frames / sampleRate;
			passedSeconds += seconds;
			const silent = judgeSilence(heard.isFlat, seconds, at);
			const low = judgeQuiet(heard, seconds, at);
			const high = judgeClipping(heard.clippedRuns, seconds, at);
			return silent.length + low.length + high.length === 0 ? none : [...silent, ...low, ...high];
		},
		newInput: () => {
			everSounded = false;
			everLoud = false;
			silentNeeded = silentSeconds;
			for (const condition of [silence, quiet, clipping]) condition.reset();
		},
	};
}

const none: Notice[] = [];

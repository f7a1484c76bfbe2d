import type { Progress } from "../processes/messages.ts";
import type { Vad } from "./sherpa-native.ts";
import { openSilero, sileroSampleRate, sileroWindowSamples } from "./silero.ts";
import type { ActivityTrack } from "./speech.ts";
import { withSamples } from "./wav-samples.ts";

/** A detector gathers what belongs to one stretch of speech: a talk without a pause is to fit in memory. */
const longestStretchFrames = (30 * sileroSampleRate) / sileroWindowSamples;

/** It counts samples in 32 bits, from its last reset on; this is an hour. */
const longestCountFrames = (3600 * sileroSampleRate) / sileroWindowSamples;

/**
 * The detector tells of a frame when it has heard the next but one: it looks at a little of what
 * follows, and wants to hear two frames of the same kind.
 */
const lagFrames = 2;

/** Shorter pauses belong to the speech around them, shorter speech is a click. */
const shortestPauseFrames = 8;
const shortestSpeechFrames = 3;

const pieceFrames = 64;
const silenceDbfs = -128;

/** Says for every frame of a WAV whether somebody speaks. Memory: two bytes for each frame. */
export function listen(path: string, report: (progress: Progress) => void): Promise<ActivityTrack> {
	return withSamples(path, async ({ sampleCount, read }) => {
		const frames = Math.ceil(sampleCount / sileroWindowSamples);
		const speaking = new Uint8Array(frames);
		const loudnessDbfs = new Int8Array(frames).fill(silenceDbfs);
		const durationSeconds = sampleCount / sileroSampleRate;
		const hear = createEar();
		const piece = new Int16Array(pieceFrames * sileroWindowSamples);
		for (let first = 0; first < frames + lagFrames; first += pieceFrames) {
			piece.fill(0);
			await read(first * sileroWindowSamples, piece);
			for (let index = 0; index < pieceFrames; index++) {
				const frame = first + index;
				if (frame >= frames + lagFrames) break;
				const start = index * sileroWindowSamples;
				const samples = piece.subarray(start, start + sileroWindowSamples);
				if (frame < frames) loudnessDbfs[frame] = loudness(samples);
				const speaks = hear(samples);
				if (frame >= lagFrames) speaking[frame - lagFrames] = speaks ? 1 : 0;
			}
			const doneSeconds = Math.min(durationSeconds, (first * sileroWindowSamples) / 16_000);
			if (first % (pieceFrames * 100) === 0) report({ doneSeconds, totalSeconds: durationSeconds });
		}
		fillShort(speaking, 0, shortestPauseFrames);
		fillShort(speaking, 1, shortestSpeechFrames);
		return {
			...{ detector: "silero", frameSeconds: sileroWindowSamples / sileroSampleRate },
			...{ speaking, loudnessDbfs, durationSeconds },
		};
	});
}

/** Takes frame after frame; what it answers is of `lagFrames` before. */
function createEar(): (samples: Int16Array) => boolean {
	// The shortest limits there are: what is too short is judged when everything has been heard.
	const vad: Vad = openSilero({ minSpeechSeconds: 0.001, minSilenceSeconds: 0.001 });
	const window = new Float32Array(sileroWindowSamples);
	let stretchFrames = 0;
	let countFrames = 0;
	return (samples) => {
		for (let index = 0; index < window.length; index++)
			window[index] = (samples[index] ?? 0) / 32768;
		vad.acceptWaveform(window);
		while (!vad.isEmpty()) vad.pop();
		const speaks = vad.isDetected();
		stretchFrames = speaks ? stretchFrames + 1 : 0;
		countFrames += 1;
		// The frames that it misses then are a pause too short to count.
		if (stretchFrames >= longestStretchFrames || (countFrames >= longestCountFrames && !speaks)) {
			vad.reset();
			stretchFrames = 0;
			countFrames = 0;
		}
		return speaks;
	};
}

/** RMS in dBFS. */
function loudness(samples: Int16Array): number {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	if (sum === 0) return silenceDbfs;
	const dbfs = 10 * Math.log10(sum / samples.length / 32768 ** 2);
	return Math.max(silenceDbfs + 1, Math.round(dbfs));
}

/** Turns stretches of `value` that are shorter than `shortest` and lie between others into those. */
function fillShort(frames: Uint8Array, value: 0 | 1, shortest: number): void {
	let start = -1;
	for (let index = 0; index <= frames.length; index++) {
		if (index < frames.length && frames[index] === value) {
			if (start < 0) start = index;
			continue;
		}
		const atEdge = value === 0 && (start === 0 || index === frames.length);
		if (start >= 0 && !atEdge && index - start < shortest)
			frames.fill(value === 0 ? 1 : 0, start, index);
		start = -1;
	}
}

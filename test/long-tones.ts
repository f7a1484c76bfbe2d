/** Long recordings whose every word is known: tones for the tone model, and what lies between them. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Span, Word } from "../src/transcript.ts";
import type { Random } from "./seeded.ts";
import { type Tone, toneLetters, toneSampleRate, writeTones } from "./tones.ts";

export type LongTones = {
	tones: Tone[];
	/** Where somebody speaks, which the tone model does not hear. */
	speech: Span[];
};

/** What a recording goes through, one after the other, for so many seconds. */
const stretches = ["spaced", "dense", "silence", "noise", "speech"] as const;

/**
 * Writes such a recording: tones with pauses, tones without any for longer than a window, digital
 * silence, noise, and real synthetic speech. No letter follows itself.
 *
 * @param scratchFolder for the speech
 */
export async function writeLongTones(
	path: string,
	scratchFolder: string,
	durationSeconds: number,
	random: Random,
): Promise<LongTones> {
	const spoken = await speak(scratchFolder);
	const tones: Tone[] = [];
	const speech: Span[] = [];
	const insertions: { startSeconds: number; samples: Float32Array }[] = [];
	let letter = 0;
	let at = 1;
	const between = (from: number, to: number) => from + (random(1000) / 1000) * (to - from);
	const addTones = (until: number, pause: () => number) => {
		while (at < until) {
			letter = (letter + 1 + random(toneLetters.length - 1)) % toneLetters.length;
			const toneSeconds = between(0.15, 0.4);
			tones.push({
				letter: toneLetters[letter] ?? "a",
				startSeconds: at,
				durationSeconds: toneSeconds,
				loudnessDbfs: -random(24) - 6,
			});
			at += toneSeconds + pause();
		}
	};
	for (let index = 0; at < durationSeconds - 100; index++) {
		const kind = index < stretches.length ? stretches[index] : stretches[random(stretches.length)];
		const lengthSeconds = between(20, 80);
		if (kind === "spaced") addTones(at + lengthSeconds, () => between(0.2, 2.5));
		else if (kind === "dense") addTones(at + lengthSeconds + 30, () => between(0.06, 0.12));
		else if (kind === "noise") {
			insertions.push({ startSeconds: at, samples: noise(random, lengthSeconds) });
			at += lengthSeconds;
		} else if (kind === "speech") {
			insertions.push({ startSeconds: at, samples: spoken });
			const endSeconds = at + spoken.length / toneSampleRate;
			speech.push({ startSeconds: at, endSeconds });
			at = endSeconds;
		} else at += lengthSeconds;
		at += between(0.3, 1);
	}
	await writeTones(path, tones, { durationSeconds, noiseDbfs: -75, insertions });
	return { tones, speech };
}

function noise(random: Random, lengthSeconds: number): Float32Array {
	const samples = new Float32Array(Math.round(lengthSeconds * toneSampleRate));
	return samples.map(() => (random(2001) / 1000 - 1) * 0.01);
}

async function speak(folder: string): Promise<Float32Array> {
	const path = join(folder, "spoken.raw");
	const text =
		"The recordings are kept in a folder, and nothing that happens to the program can take them away from you again.";
	execFileSync("espeak-ng", ["-v", "en", "-s", "150", "-w", `${path}.22050.wav`, text]);
	const raw = ["-ar", String(toneSampleRate), "-ac", "1", "-f", "s16le"];
	execFileSync("ffmpeg", ["-v", "error", "-y", "-i", `${path}.22050.wav`, ...raw, path]);
	const bytes = await readFile(path);
	const samples = new Int16Array(
		bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
	);
	return Float32Array.from(samples, (sample) => sample / 32_768);
}

/** What differs between the tones and the words heard, in a sentence; null where nothing does. */
export function differenceFrom(tones: readonly Tone[], words: readonly Word[]): string | null {
	const most = Math.max(tones.length, words.length);
	for (let index = 0; index < most; index++) {
		const tone = tones[index];
		const word = words[index];
		const said = `${word?.text ?? "nothing"} at ${word?.startSeconds ?? "-"}`;
		const wanted = `${tone?.letter ?? "nothing"} at ${tone?.startSeconds.toFixed(3) ?? "-"}`;
		if (word?.text !== tone?.letter) return `word ${index}: ${said}, not ${wanted}`;
		const apart = Math.abs((word?.startSeconds ?? 0) - (tone?.startSeconds ?? 0));
		if (apart > 0.05) return `word ${index}: ${said}, not ${wanted}: ${apart.toFixed(3)} s apart`;
	}
	return null;
}

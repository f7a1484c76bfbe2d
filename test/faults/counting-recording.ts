import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import type { Metadata } from "../../src/recording.ts";
import { parseWav } from "../../src/wav.ts";
import { countingFrames } from "../counting-frames.ts";
import { type SoundServer, startSoundServer } from "../sound-server.ts";
import { onwax, type Scenario } from "./scenario.ts";

export const sampleRate = 48_000;
const steps = 65_536;

/** A sound server in which the counting signal plays for as long as the test lasts. */
export async function startCounting(t: TestContext, seconds: number): Promise<SoundServer | null> {
	const server = await startSoundServer(t);
	if (server === null) return null;
	server.play(countingFrames(0, seconds * sampleRate, 1));
	return server;
}

/** The counting signal's place that a sample stands for, modulo its length. */
export function placeOf(sample: number): number {
	return sample + steps / 2;
}

/** Two listeners do not hear in the same millisecond: so far may the later place seem to be before. */
const slackFrames = sampleRate / 10;

/** Frames from one place to a later one, as far as the signal's length (1.3 s) tells them apart. */
export function framesBetween(from: number, to: number): number {
	return ((to - from + slackFrames + steps) % steps) - slackFrames;
}

/**
 * The same where it is known how many they are, to within half of the signal's length: then it does not
 * matter which of the two is later, nor how much.
 */
export function framesBetweenNear(from: number, to: number, about: number): number {
	return to - from + steps * Math.round((about - (to - from)) / steps);
}

export type CountedRecording = {
	name: string;
	metadata: Metadata;
	frames: number;
	/** Of the last frame. */
	lastPlace: number;
	/** Frames that do not follow the one before them, but for silence that stands for a noted gap. */
	breaks: number;
};

/** Recovers the library, and reads every recording that came of it back from the samples. */
export async function recoverAndCount(scenario: Scenario): Promise<CountedRecording[]> {
	const recovered = await onwax(scenario, ["recover"]);
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	const shelf = join(scenario.dataDir, "recordings", "pending");
	const incoming = await readdir(join(scenario.dataDir, "recordings", "incoming"));
	assert.deepEqual(incoming, [], "nothing is left unfinished");
	const counted: CountedRecording[] = [];
	for (const name of await readdir(shelf)) {
		const folder = join(shelf, name);
		const metadata = await readMetadata(folder);
		assert.deepEqual((await readdir(folder)).sort(), ["audio.wav", "metadata.json"]);
		counted.push({ name, metadata, ...(await count(join(folder, "audio.wav"))) });
	}
	return counted;
}

export async function count(path: string) {
	const bytes = await readFile(path);
	const facts = parseWav(bytes, bytes.length);
	assert.ok(facts?.sizeHonest, `${path} has an honest header`);
	assert.ok(facts.payloadBytes > 0, `${path} is not empty`);
	let breaks = 0;
	let last: number | null = null;
	for (let at = facts.dataOffset; at < facts.dataOffset + facts.payloadBytes; at += 2) {
		const place = placeOf(bytes.readInt16LE(at));
		if (last !== null && place !== (last + 1) % steps) breaks += 1;
		last = place;
	}
	return { frames: facts.payloadBytes / 2, lastPlace: last as number, breaks };
}

/** Median and greatest of some numbers. */
export function spread(values: readonly number[]): { median: number; worst: number } {
	const sorted = [...values].sort((a, b) => a - b);
	return {
		median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
		worst: sorted.at(-1) ?? Number.NaN,
	};
}

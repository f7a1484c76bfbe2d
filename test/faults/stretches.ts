import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { parseWav } from "../../src/wav.ts";
import { placeOf } from "./counting-recording.ts";

/** Frames that belong together: the counting signal without a break, or nothing but zeros. */
export type Stretch = {
	kind: "counting" | "silence";
	frames: number;
	/** Places of the counting signal that its first and its last frame stand for. */
	firstPlace: number;
	lastPlace: number;
};

const steps = 65_536;
const silentPlace = placeOf(0);

/** Reads a mono recording of the counting signal: every lost, doubled or swapped block begins another stretch. */
export async function readStretches(path: string): Promise<Stretch[]> {
	const bytes = await readFile(path);
	const facts = parseWav(bytes, bytes.length);
	assert.ok(facts?.sizeHonest, `${path} has an honest header`);
	const stretches: Stretch[] = [];
	let last: Stretch | null = null;
	for (let at = facts.dataOffset; at < facts.dataOffset + facts.payloadBytes; at += 2) {
		const place = placeOf(bytes.readInt16LE(at));
		if (last?.kind === "counting" && place === (last.lastPlace + 1) % steps) {
			last.lastPlace = place;
		} else if (last?.kind === "silence" && place === silentPlace) {
			// goes on
		} else if (last?.kind === "silence" && last.frames === 1 && place === silentPlace + 1) {
			// It was no silence: the signal, too, passes through zero.
			last.kind = "counting";
			last.lastPlace = place;
		} else {
			const kind: Stretch["kind"] = place === silentPlace ? "silence" : "counting";
			last = { kind, frames: 0, firstPlace: place, lastPlace: place };
			stretches.push(last);
		}
		last.frames += 1;
	}
	return stretches;
}

/** `counting 1.23 s, silence 0.50 s` for what a test says when it fails. */
export function inWords(stretches: readonly Stretch[], sampleRate: number): string {
	const words = stretches.map(
		({ kind, frames, firstPlace, lastPlace }) =>
			`${kind} ${(frames / sampleRate).toFixed(4)} s (${firstPlace}–${lastPlace})`,
	);
	return words.slice(0, 20).join(", ");
}

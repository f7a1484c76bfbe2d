import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sampleRate } from "./counting-recording.ts";
import type { Kept } from "./running-recorder.ts";
import type { Outcome } from "./scenario.ts";
import { inWords, readStretches } from "./stretches.ts";

const steps = 65_536;

/**
 * A recording whose disk failed it to the end, and the rest that was put elsewhere: each without a break,
 * and together, where one goes on behind the other, all that had been captured.
 *
 * @param temporary where the rest was put, and nothing else
 */
export async function assertEverything(
	{ stretches, frames }: Pick<Kept, "stretches" | "frames">,
	temporary: string,
	{ lines, stderr }: Outcome,
): Promise<void> {
	const files = await readdir(temporary);
	assert.equal(files.length, 1, `${files}`);
	const [file = ""] = files;
	assert.ok(stderr.replace(/\s+/g, "").includes(join(temporary, file)), `not said: ${stderr}`);
	const rest = await readStretches(join(temporary, file));
	const said = `${inWords(stretches, sampleRate)}; rest ${inWords(rest, sampleRate)}`;
	const [kept] = stretches;
	const [put] = rest;
	assert.ok(kept && put && stretches.length === 1 && rest.length === 1, said);
	const captured = lines.find(({ event }) => event === "stopped")?.capturedSeconds;
	const overlap = frames + put.frames - Math.round(Number(captured) * sampleRate);
	assert.ok(overlap >= 0, `${-overlap} frames are nowhere: ${said}`);
	const goesOnAt = (kept.lastPlace + 1 - (overlap % steps) + steps) % steps;
	assert.equal(put.firstPlace, goesOnAt, said);
}

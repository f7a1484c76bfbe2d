import type { Segment } from "../transcript.ts";
import { align } from "./align.ts";
import { spokenUnit } from "./scripts.ts";

/** One spoken unit of a text: its offsets there, and when it is heard. */
export type TimedUnit = { start: number; end: number; startSeconds: number; endSeconds: number };

type Heard = { key: string; startSeconds: number; endSeconds: number };

/**
 * When each part of `text` is heard. The text may be another than the segments' (an edit): what
 * both have keeps its time, what is new shares the time between its neighbours by length.
 * Times never run backwards.
 */
export function timedUnits(text: string, segments: readonly Segment[]): TimedUnit[] {
	const heard = heardUnits(segments);
	const units = unitsOf(text);
	const matched = align(
		units.map(({ key }) => key),
		heard.map(({ key }) => key),
	);
	const timed = units.map(({ start, end }, index): TimedUnit => {
		const { startSeconds = Number.NaN, endSeconds = Number.NaN } =
			heard[matched[index] ?? -1] ?? {};
		return { start, end, startSeconds, endSeconds };
	});
	const firstSeconds = segments[0]?.startSeconds ?? 0;
	const lastSeconds = Math.max(
		firstSeconds,
		heard.at(-1)?.endSeconds ?? 0,
		segments.at(-1)?.endSeconds ?? 0,
	);
	fillGaps(timed, firstSeconds, lastSeconds);
	return timed;
}

/** Gives every run of units without times the time between the units around it. */
function fillGaps(units: TimedUnit[], firstSeconds: number, lastSeconds: number): void {
	for (let from = 0; from < units.length; from++) {
		if (!Number.isNaN(units[from]?.startSeconds)) continue;
		let to = from;
		while (to < units.length && Number.isNaN(units[to]?.startSeconds)) to++;
		const startSeconds = units[from - 1]?.endSeconds ?? firstSeconds;
		const endSeconds = Math.max(startSeconds, units[to]?.startSeconds ?? lastSeconds);
		const run = units.slice(from, to);
		const spread = spreader(
			run.map(({ start, end }) => end - start),
			startSeconds,
			endSeconds,
		);
		for (const unit of run) Object.assign(unit, spread());
		from = to;
	}
}

/** What is heard when: words where the engine gave them, else a segment's text spread over its time. */
function heardUnits(segments: readonly Segment[]): Heard[] {
	let now = 0;
	return segments.flatMap((segment) => {
		const spoken = segment.words.length > 0 ? segment.words : [segment];
		return spoken.flatMap(({ text, startSeconds, endSeconds }) => {
			const units = unitsOf(text);
			const from = Math.max(now, startSeconds);
			now = Math.max(from, endSeconds);
			const spread = spreader(
				units.map(({ start, end }) => end - start),
				from,
				now,
			);
			return units.map(({ key }) => ({ key, ...spread() }));
		});
	});
}

function unitsOf(text: string): { key: string; start: number; end: number }[] {
	return Array.from(text.matchAll(spokenUnit), ({ 0: unit, index }) => ({
		key: unit.normalize("NFC").toLowerCase(),
		start: index,
		end: index + unit.length,
	}));
}

/** Shares a time among lengths: each call answers for the next one. The last ends where the whole does. */
function spreader(lengths: readonly number[], startSeconds: number, endSeconds: number) {
	const total = lengths.reduce((sum, length) => sum + length, 0);
	let index = 0;
	let done = 0;
	let now = startSeconds;
	return () => {
		done += lengths[index++] ?? 0;
		const from = now;
		now = done >= total ? endSeconds : startSeconds + ((endSeconds - startSeconds) * done) / total;
		return { startSeconds: from, endSeconds: now };
	};
}

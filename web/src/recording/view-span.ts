import type { Span } from "./silences.ts";

/** The part of the recording that waveform and spectrogram show. */
export type ViewSpan = Span;

const shortestSeconds = 4;

/** The same middle, nearer or farther; never shorter than can be drawn, never beyond the ends. */
export function zoomed(
	view: ViewSpan,
	factor: number,
	aroundSeconds: number,
	durationSeconds: number,
): ViewSpan {
	const length = view.endSeconds - view.startSeconds;
	const shortest = Math.min(shortestSeconds, durationSeconds);
	const wanted = Math.max(shortest, Math.min(durationSeconds, length * factor));
	const share = length > 0 ? (aroundSeconds - view.startSeconds) / length : 0.5;
	return within(aroundSeconds - share * wanted, wanted, durationSeconds);
}

/** As long as before, elsewhere. */
export function moved(view: ViewSpan, bySeconds: number, durationSeconds: number): ViewSpan {
	const length = view.endSeconds - view.startSeconds;
	return within(view.startSeconds + bySeconds, length, durationSeconds);
}

function within(startSeconds: number, length: number, durationSeconds: number): ViewSpan {
	const start = Math.max(0, Math.min(startSeconds, durationSeconds - length));
	return { startSeconds: start, endSeconds: Math.min(durationSeconds, start + length) };
}

const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** Round times to write under it, at most so many. */
export function ticksOf({ startSeconds, endSeconds }: ViewSpan, most: number): number[] {
	const length = endSeconds - startSeconds;
	const step = steps.find((seconds) => length / seconds <= most) ?? 7200;
	const ticks: number[] = [];
	for (let at = Math.ceil(startSeconds / step) * step; at <= endSeconds; at += step) ticks.push(at);
	return ticks;
}

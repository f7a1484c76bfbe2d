import { formatAbout, formatDuration } from "./duration.ts";
import { bar } from "./progress.ts";

/** How far the engine is with a long recording. */
export type Reached = { doneSeconds: number; durationSeconds: number; secondsLeft: number | null };

const widestBar = 20;
/** Below that a bar says less than the number beside it. */
const narrowestBar = 8;
const barFrame = "▕▏ 100 %".length;

/**
 * `Turning it into text  ▕███▌      ▏ 35 %  42:10 of 2:00:31  about 4 min left`, at most `width`
 * columns of it: what is worth least goes first, then the bar becomes shorter.
 */
export function textProgressLine(what: string, reached: Reached | null, width: number): string {
	if (reached === null) return `${what}…`;
	const { doneSeconds, durationSeconds, secondsLeft } = reached;
	// What was missed is asked for again now: nobody knows how long that takes.
	const isHeard = doneSeconds >= durationSeconds;
	const looking = `${what}  all of it heard, looking for gaps…`;
	if (isHeard && looking.length <= width) return looking;
	const fraction = isHeard ? 1 : doneSeconds / durationSeconds;
	const place = `${formatDuration(doneSeconds)} of ${formatDuration(durationSeconds)}`;
	const left = secondsLeft === null ? [] : [`about ${formatAbout(secondsLeft)} left`];
	for (const more of [[place, ...left], left.length > 0 ? left : [place], []]) {
		const others = [what, ...more].join("  ").length + 2;
		const cells = Math.min(widestBar, width - others - barFrame);
		if (cells >= narrowestBar) return [what, bar(fraction, cells), ...more].join("  ");
	}
	return `${what} ${Math.trunc(fraction * 100)} %`;
}

const soonestGuessMs = 10_000;

/**
 * Remembers how far long recordings are, the one that got on last being the one to show. How long it
 * still takes is told from how fast it was here: what an earlier process had done says nothing.
 */
export function longRecordings(nowMs: () => number = () => performance.now()) {
	type Seen = {
		doneSeconds: number;
		durationSeconds: number;
		fromSeconds: number;
		sinceMs: number;
	};
	const seen = new Map<string, Seen>();
	return {
		onProgress(name: string, doneSeconds: number, durationSeconds: number): void {
			const first = seen.get(name) ?? { fromSeconds: doneSeconds, sinceMs: nowMs() };
			seen.delete(name);
			const { fromSeconds, sinceMs } = first;
			seen.set(name, { doneSeconds, durationSeconds, fromSeconds, sinceMs });
		},
		onEnded: (name: string) => void seen.delete(name),
		reached(): Reached | null {
			const last = [...seen.values()].at(-1);
			if (last === undefined) return null;
			const { doneSeconds, durationSeconds, fromSeconds, sinceMs } = last;
			const tookMs = nowMs() - sinceMs;
			const isGuess = doneSeconds > fromSeconds && tookMs >= soonestGuessMs;
			const perSecond = tookMs / 1000 / (doneSeconds - fromSeconds);
			const secondsLeft = isGuess ? (durationSeconds - doneSeconds) * perSecond : null;
			return { doneSeconds, durationSeconds, secondsLeft };
		},
	};
}

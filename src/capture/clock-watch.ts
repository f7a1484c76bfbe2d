export type Loss = { missingSeconds: number; positionSeconds: number };

export type ClockWatch = {
	/**
	 * A block came in. `nowMs` is monotonic, `positionSeconds` where the block begins in the recording.
	 * Answers with a loss once it is certain: four seconds or so after the stream has become steady again.
	 */
	arrived(frames: number, nowMs: number, positionSeconds: number): Loss | null;
	/** Something happened that samples tend to get lost in: a smaller deficit is believed from now on. */
	interrupted(): void;
	/** Another stream begins: what came before says nothing about it. */
	restart(): void;
};

/** Lateness is judged by the most punctual block of a stretch: at least so long, with so many blocks. */
const stretchMs = 2000;
const stretchBlocks = 8;

/** So many stretches back the usual deficit is looked for: too short for clocks to drift apart. */
const usualStretches = 3;

/** Two stretches that differ by less are steady: all that was delayed has been delivered. */
const steadyMs = 8;

/** Nothing for so long is an interruption. */
const interruptionMs = 500;

/** Losses from 100 ms on are told, and the measure may be off by some. */
const leastLossMs = 85;

/**
 * Without an interruption only more than this: the sound server may have changed its own latency
 * (PipeWire's longest cycle is 8192 frames, 171 ms at 48 kHz), which loses nothing.
 */
const leastSilentLossMs = 180;

/** An interruption is remembered for so many punctual stretches: it may have been at the end of one. */
const rememberedStretches = 2;

/** While a stream starts the sound server settles its latency: so many stretches say nothing. */
const settlingStretches = 1;

/** Two quartz clocks differ by no more. */
const drift = 250e-6;

/** A block that is no later than this above the usual is punctual. */
const punctualWithinMs = 50;

/** A block that late in comparison with the most punctual one after a loss is already past the loss. */
const placeMs = 50;

/** Steps in which a falling delay is remembered, and how many: enough to look back by `placeMs`. */
const placeStepMs = 5;
const places = 40;

/**
 * Finds out that samples are missing from a stream that goes on: time passed, less the samples that
 * came for it, is a deficit. Blocks that come late raise it for a while; what is lost raises it for
 * good. So the lowest deficit of a few seconds (the block that waited least) is compared with the
 * lowest before, and only once it no longer changes: whatever a buffer held is delivered as fast as
 * it can be read, and while that goes on the deficit falls. The same idea as the minimum filter that
 * NTP applies to round-trip times (RFC 5905, section 10).
 *
 * A stream faster than real time has a deficit that falls for ever, which is never a loss.
 */
export function createClockWatch(sampleRate: number): ClockWatch {
	let startMs: number | null = null;
	let frames = 0;
	let lastArrivalMs = 0;
	/** Punctual stretches until the latest interruption is forgotten. */
	let interruptedFor = 0;
	let settling = settlingStretches;
	let stretch = emptyStretch(0);
	/** Lowest deficits of the last punctual stretches, and when the last of them ended. */
	let usual: number[] = [];
	let punctualMs = 0;
	/** Lowest deficit of the latest stretch that was too late, if the one before this was. */
	let late: number | null = null;
	/** Since blocks began to be late: the first of them with each lower deficit. */
	let delays: { deficitMs: number; positionSeconds: number }[] = [];

	const closeStretch = (nowMs: number): Loss | null => {
		const { lowestMs } = stretch;
		stretch = emptyStretch(nowMs);
		if (settling > 0) {
			settling--;
			return null;
		}
		if (usual.length === 0) {
			usual = [lowestMs];
			punctualMs = nowMs;
			return null;
		}
		const usualMs = Math.min(...usual);
		const least =
			(interruptedFor > 0 ? leastLossMs : leastSilentLossMs) + drift * (nowMs - punctualMs);
		const missingMs = lowestMs - usualMs;
		if (missingMs < least) {
			usual = [...usual.slice(1 - usualStretches), lowestMs];
			punctualMs = nowMs;
			late = null;
			delays = [];
			interruptedFor = Math.max(0, interruptedFor - 1);
			return null;
		}
		const steady = late !== null && Math.abs(lowestMs - late) < steadyMs;
		const before = late;
		late = lowestMs;
		if (!steady || before === null) return null;
		const nowUsualMs = Math.min(before, lowestMs);
		const place = delays.find(({ deficitMs }) => deficitMs < nowUsualMs + placeMs);
		const loss: Loss = {
			missingSeconds: (nowUsualMs - usualMs) / 1000,
			positionSeconds: place?.positionSeconds ?? 0,
		};
		usual = [before, lowestMs];
		punctualMs = nowMs;
		late = null;
		delays = [];
		interruptedFor = 0;
		return loss;
	};

	return {
		arrived: (count, nowMs, positionSeconds) => {
			if (startMs === null) {
				startMs = nowMs;
				lastArrivalMs = nowMs;
				stretch = emptyStretch(nowMs);
			}
			if (nowMs - lastArrivalMs > interruptionMs) interruptedFor = rememberedStretches;
			lastArrivalMs = nowMs;
			frames += count;
			const deficitMs = nowMs - startMs - (frames / sampleRate) * 1000;
			if (deficitMs < stretch.lowestMs) stretch.lowestMs = deficitMs;
			stretch.blocks++;

			const [first = Infinity, ...others] = usual;
			const lowestDelayMs = delays.at(-1)?.deficitMs ?? Infinity;
			if (deficitMs < Math.min(first, ...others) + punctualWithinMs) delays = [];
			else if (deficitMs < lowestDelayMs - placeStepMs) {
				delays.push({ deficitMs, positionSeconds });
				if (delays.length > places) delays.shift();
			}

			const isOver = nowMs - stretch.startMs >= stretchMs && stretch.blocks >= stretchBlocks;
			return isOver ? closeStretch(nowMs) : null;
		},
		interrupted: () => {
			interruptedFor = rememberedStretches;
		},
		restart: () => {
			startMs = null;
			frames = 0;
			interruptedFor = 0;
			settling = settlingStretches;
			usual = [];
			late = null;
			delays = [];
		},
	};
}

type Stretch = { startMs: number; blocks: number; lowestMs: number };

function emptyStretch(startMs: number): Stretch {
	return { startMs, blocks: 0, lowestMs: Infinity };
}

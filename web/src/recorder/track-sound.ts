import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import { mixChannels } from "./mix-channels.ts";
import { createResampler, type Resampler } from "./resampler.ts";
import { createSampleBlocks } from "./sample-blocks.ts";

/**
 * Makes one sound of what the tracks of a microphone deliver, whenever they deliver it: late is not lost. Silence
 * stands only where no track is, or a track is muted. Pure: it is told what happened and when, on one clock.
 */
export type TrackSound = {
	/** A track is there. `atMs`: since when, which may be a while ago. */
	began(atMs: number): void;
	/** One plane for each channel. `askedMs`: since when nothing else was waited for. */
	arrived(planes: readonly Float32Array[], rate: number, askedMs: number, nowMs: number): void;
	/** All that the track had has arrived, and no more comes. */
	ended(): void;
	muted(isMuted: boolean, nowMs: number): void;
	/** Many times a second. */
	tick(nowMs: number): void;
	/** Takes what was captured before that, and then gives null. */
	stop(pressedMs: number, nowMs: number): void;
};

/** Samples of a microphone that is slower than the clock must not look late for ever. */
const clockTolerance = 1.001;
/** A track that is muted may yet deliver what it heard before, or go on with zeros. */
const mutedPatienceMs = 1000;
/** A tick that comes so late says that this thread stood still: what has arrived meanwhile has to be read first. */
const lateTickMs = 1500;
/** Whoever misses so much at once slept; that is told elsewhere, and no silence stands for it. */
const mostSilenceMs = 10_000;
/** Whoever has waited so long, all in all, waits for what has not been heard yet. */
const enoughWaitingMs = 250;
const waitAtMostMs = 10;
/** Nothing has come for so long: nothing will. */
const nothingMoreMs = 500;

/** @param give blocks of 16-bit samples, then null */
export function createTrackSound(
	{ sampleRate, channels }: RecordingFormat,
	give: (block: Int16Array<ArrayBuffer> | null) => void,
): TrackSound {
	const blocks = createSampleBlocks(sampleRate, channels, give);
	let resamplers: { rate: number; each: Resampler[] } | null = null;
	/** When the last sound that was given ended; null: nothing has begun. */
	let endMs: number | null = null;
	let isThere = false;
	let hasDelivered = false;
	let mutedMs: number | null = null;
	let arrivedMs = 0;
	let tickedMs: number | null = null;
	let stopping: { pressedMs: number; sinceMs: number; waitedMs: number } | null = null;
	let isOver = false;

	const add = (planes: readonly Float32Array[]) => blocks.add(planes, planes[0]?.length ?? 0);
	const endResampling = () => {
		if (resamplers !== null) add(resamplers.each.map((one) => one.end()));
		resamplers = null;
	};
	const silence = (untilMs: number) => {
		if (endMs === null) return;
		const missingMs = untilMs - endMs;
		if (missingMs > mostSilenceMs) endMs = untilMs;
		else if (missingMs > 0) {
			endResampling();
			const frames = Math.floor((missingMs * sampleRate) / 1000);
			blocks.add([], frames);
			endMs += (frames * 1000) / sampleRate;
		}
	};
	const finish = () => {
		isOver = true;
		endResampling();
		blocks.end();
		give(null);
	};
	return {
		began(atMs) {
			if (isOver) return;
			silence(atMs);
			endMs ??= atMs;
			isThere = true;
			hasDelivered = false;
		},
		arrived(planes, rate, askedMs, nowMs) {
			if (isOver) return;
			if (resamplers?.rate !== rate) {
				endResampling();
				const each = Array.from({ length: channels }, () =>
					createResampler(Math.round(rate), sampleRate),
				);
				resamplers = { rate, each };
			}
			const { each } = resamplers;
			add(
				mixChannels(planes, channels).map((plane, channel) => each[channel]?.push(plane) ?? plane),
			);
			const lengthMs = ((planes[0]?.length ?? 0) * 1000) / rate;
			// The first piece tells when the device really began, unless it has waited until Stop was pressed: then it is old.
			const isFirst = endMs === null || (!hasDelivered && stopping === null);
			endMs = isFirst ? nowMs : Math.min(nowMs, (endMs ?? 0) + lengthMs * clockTolerance);
			hasDelivered = true;
			arrivedMs = nowMs;
			if (stopping === null) return;
			const waited = nowMs - Math.max(askedMs, stopping.sinceMs);
			// Only waits in succession say that everything was read: reading itself takes time, too.
			stopping.waitedMs = waited < 1 ? 0 : stopping.waitedMs + Math.min(waitAtMostMs, waited);
			if (endMs >= stopping.pressedMs || stopping.waitedMs >= enoughWaitingMs) finish();
		},
		ended() {
			isThere = false;
		},
		muted(isMuted, nowMs) {
			mutedMs = isMuted ? nowMs : null;
		},
		tick(nowMs) {
			const isLate = tickedMs !== null && nowMs - tickedMs > lateTickMs;
			tickedMs = nowMs;
			if (isLate || isOver) return;
			const quietMs = nowMs - arrivedMs;
			const isMuted = mutedMs !== null && Math.min(quietMs, nowMs - mutedMs) >= mutedPatienceMs;
			if (!isThere || isMuted) silence(stopping?.pressedMs ?? nowMs);
			if (stopping === null) return;
			const isQuiet = Math.min(quietMs, nowMs - stopping.sinceMs) >= nothingMoreMs;
			if (!isThere || isQuiet) finish();
		},
		stop(pressedMs, nowMs) {
			stopping = { pressedMs, sinceMs: nowMs, waitedMs: 0 };
		},
	};
}

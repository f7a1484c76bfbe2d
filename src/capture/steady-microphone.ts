import { setTimeout as sleep } from "node:timers/promises";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
import { frameBytes, type SampleFormat } from "./capture.ts";
import type { Microphone, MicrophoneEvents, OpenMicrophone } from "./microphone.ts";

export type SteadyEvents = Pick<MicrophoneEvents, "onFrames" | "onMoved" | "onOverrun"> & {
	/** It went away; it is waited for from now on. */
	onGone(reason: OnwaxError): void;
	/**
	 * It is back, or another one took its place: told before its first frames.
	 * @param missedSeconds how long nothing was heard, up to the first of those frames
	 */
	onBack(device: string, missedSeconds: number): void;
	/** Open again after `resume()`, and nothing was missed: told before its first frames. */
	onResumed(): void;
};

/** A microphone that is waited for when it goes away. */
export type SteadyMicrophone = {
	readonly device: string;
	readonly isThere: boolean;
	hold(): void;
	proceed(): void;
	/** Lets the device go, so that nobody listens; what it had heard is handed over first. */
	pause(): Promise<void>;
	/** Opens it again; resolves when it is open, or not wanted any more. */
	resume(): Promise<void>;
	/** As `pause`, and for good. An opening that is under way is given up. */
	close(): Promise<void>;
};

const retryMs = 500;
/** For so long only the device that was chosen will do; then the system's default will, too. */
const chosenOnlyMs = 3000;
/** One that goes within this is opened again after a pause, twice as long each time. */
const shortLivedMs = 5000;
const longestPauseMs = 8000;
/** So much a device may hand over at once when it is opened: what PulseAudio gathers at most, and some. */
const deviceBufferSeconds = 2.5;
/** A device's clock is not ours: what runs ahead by less than this is no surplus. */
const clockTolerance = 1.05;
/** A program that does not go when it is told to is not waited for longer. */
const givingUpMs = 1000;

/**
 * @param signal ends the first opening
 * @throws what `open` throws, where the first opening fails: then nothing has begun; the signal's reason
 */
export async function openSteadyMicrophone(
	open: OpenMicrophone,
	format: SampleFormat,
	chosen: string | null,
	events: SteadyEvents,
	signal?: AbortSignal,
): Promise<SteadyMicrophone> {
	const bytesPerSecond = frameBytes(format) * format.sampleRate;
	const blockSeconds = ({ length }: Buffer) => length / bytesPerSecond;
	let isClosed = false;
	let isHeld = false;
	let microphone: Microphone | null = null;
	let device = "";
	let openedAt = 0;
	let lastHeardAt = performance.now();
	let pauseMs = 0;
	/**
	 * How far the sound is ahead of the clock since it was first lost. Before that a device may run as
	 * fast as it likes; afterwards one that comes and goes must not fill the recording with more than time.
	 */
	let surplusSeconds: number | null = null;
	let reopening: Promise<void> | null = null;
	let releasing: Promise<void> = Promise.resolve();
	/** Ends openings, and the waiting between them. */
	let wanting = new AbortController();

	/** What of a block has its place in time. */
	function inTime(frames: Buffer): Buffer {
		const now = performance.now();
		const passedSeconds = ((now - lastHeardAt) / 1000) * clockTolerance;
		lastHeardAt = now;
		if (surplusSeconds === null) return frames;
		surplusSeconds = Math.max(0, surplusSeconds - passedSeconds);
		const roomFrames = Math.floor((deviceBufferSeconds - surplusSeconds) * format.sampleRate);
		const kept = frames.subarray(0, Math.max(0, roomFrames) * frameBytes(format));
		surplusSeconds += blockSeconds(kept);
		return kept;
	}

	function hand(frames: Buffer): void {
		const kept = inTime(frames);
		if (kept.length > 0) events.onFrames(kept);
	}

	/** The silence that is missing; what came too early stands for some of it. */
	function missedUntil(at: number): number {
		const awaySeconds = Math.max(0, (at - lastHeardAt) / 1000);
		const surplus = surplusSeconds ?? 0;
		surplusSeconds = Math.max(0, surplus - awaySeconds);
		return Math.max(0, awaySeconds - surplus);
	}

	/**
	 * One opening; frames that come before it is known what was opened are handed over after that.
	 *
	 * @returns whether it is there: not where it went at once, or is not wanted any more
	 */
	async function openOnce(
		name: string | null,
		signal: AbortSignal,
		onOpen: (firstFrameAt: number) => void,
	): Promise<boolean> {
		const early: Buffer[] = [];
		let firstFrameAt: number | null = null;
		let known = false;
		let lost: OnwaxError | null = null;
		const opened = await open(
			format,
			name,
			{
				onFrames(frames) {
					firstFrameAt ??= performance.now() - blockSeconds(frames) * 1000;
					if (known) hand(frames);
					else early.push(frames);
				},
				onMoved(to) {
					device = to;
					if (known) events.onMoved(to);
				},
				onOverrun: () => events.onOverrun(),
				onGone(reason) {
					lost = reason;
					if (known) gone(reason, signal);
				},
			},
			signal,
		);
		if (signal.aborted) {
			await opened.close();
			return false;
		}
		microphone = opened;
		device = opened.device;
		openedAt = performance.now();
		if (isHeld) opened.hold();
		// A burst claims a beginning before the end of what was heard already.
		const heardFrom = Math.max(lastHeardAt, firstFrameAt ?? openedAt);
		onOpen(heardFrom);
		known = true;
		lastHeardAt = heardFrom;
		for (const frames of early) hand(frames);
		if (lost !== null) gone(lost, signal);
		return microphone !== null;
	}

	function gone(reason: OnwaxError, signal: AbortSignal): void {
		if (signal.aborted) return;
		microphone = null;
		surplusSeconds ??= 0;
		const wasShort = performance.now() - openedAt < shortLivedMs;
		pauseMs = wasShort ? Math.min(longestPauseMs, Math.max(retryMs, pauseMs * 2)) : 0;
		events.onGone(reason);
		// One that went while it was being opened is opened again by whoever does that.
		reopening ??= reopen(true, signal);
	}

	/** Tries until it is there, or not wanted any more. */
	async function reopen(afterLoss: boolean, signal: AbortSignal): Promise<void> {
		const passed = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
		const since = performance.now();
		let told = afterLoss;
		const onOpen = (firstFrameAt: number) => {
			if (told) events.onBack(device, missedUntil(firstFrameAt));
			else events.onResumed();
		};
		if (afterLoss) await passed(pauseMs);
		while (!signal.aborted) {
			const waited = performance.now() - since;
			// The chosen one first, at every round; the default only when it has stayed away.
			const names = chosen !== null && waited >= chosenOnlyMs ? [chosen, null] : [chosen];
			for (const name of names) {
				try {
					if (await openOnce(name, signal, onOpen)) {
						reopening = null;
						return;
					}
					// It went as soon as it was there, and that has been told.
					told = true;
					break;
				} catch (error) {
					if (signal.aborted) break;
					if (!told) events.onGone(toOnwaxError(error, "ERR_NO_SOUND_DEVICE"));
					told = true;
				}
			}
			await passed(Math.max(retryMs, pauseMs));
		}
	}

	async function letGo(): Promise<void> {
		wanting.abort();
		const closing = microphone;
		const givingUp = reopening;
		microphone = null;
		reopening = null;
		const patience = sleep(givingUpMs, undefined, { ref: false });
		await Promise.allSettled([closing?.close(), Promise.race([givingUp, patience])]);
	}

	function release(): Promise<void> {
		const before = releasing;
		releasing = Promise.all([before, letGo()]).then(() => undefined);
		return releasing;
	}

	const giveUp = () => wanting.abort(signal?.reason);
	signal?.throwIfAborted();
	signal?.addEventListener("abort", giveUp, { once: true });
	try {
		await openOnce(chosen, wanting.signal, () => {});
	} finally {
		signal?.removeEventListener("abort", giveUp);
	}
	if (signal?.aborted) {
		await release();
		throw signal.reason;
	}
	return {
		get device() {
			return device;
		},
		get isThere() {
			return microphone !== null;
		},
		hold() {
			isHeld = true;
			microphone?.hold();
		},
		proceed() {
			isHeld = false;
			microphone?.proceed();
		},
		pause: release,
		async resume() {
			await releasing;
			if (isClosed || microphone !== null || reopening !== null) return;
			wanting = new AbortController();
			lastHeardAt = performance.now();
			reopening = reopen(false, wanting.signal);
			await reopening;
		},
		close() {
			isClosed = true;
			return release();
		},
	};
}

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
};

/** A microphone that is waited for when it goes away. */
export type SteadyMicrophone = {
	readonly device: string;
	readonly isThere: boolean;
	hold(): void;
	proceed(): void;
	/** Lets the device go, so that nobody listens; what it had heard is handed over first. */
	pause(): Promise<void>;
	/** Opens it again, waiting for it where it is gone meanwhile. */
	resume(): Promise<void>;
	close(): Promise<void>;
};

const retryMs = 500;
/** For so long only the device that was chosen will do; then the system's default will, too. */
const chosenOnlyMs = 3000;

/** @throws what `open` throws, where the first opening fails: then nothing has begun */
export async function openSteadyMicrophone(
	open: OpenMicrophone,
	format: SampleFormat,
	chosen: string | null,
	events: SteadyEvents,
): Promise<SteadyMicrophone> {
	const blockSeconds = ({ length }: Buffer) => length / frameBytes(format) / format.sampleRate;
	let wanted = true;
	let microphone: Microphone | null = null;
	let device = "";
	let lastHeardAt = performance.now();
	let opening: Promise<void> | null = null;
	/** Ends the waiting of whoever waits to try again. */
	let letting = new AbortController();
	let attempt = 0;

	/** One opening; frames that come before it is known what was opened are handed over after that. */
	async function openOnce(
		name: string | null,
		onOpen: (firstFrameAt: number) => void,
	): Promise<boolean> {
		const mine = ++attempt;
		const early: Buffer[] = [];
		let firstFrameAt: number | null = null;
		let known = false;
		let lost: OnwaxError | null = null;
		const opened = await open(format, name, {
			onFrames(frames) {
				if (mine !== attempt) return;
				firstFrameAt ??= performance.now() - blockSeconds(frames) * 1000;
				if (!known) return void early.push(frames);
				lastHeardAt = performance.now();
				events.onFrames(frames);
			},
			onMoved(to) {
				device = to;
				if (known) events.onMoved(to);
			},
			onOverrun: () => events.onOverrun(),
			onGone(reason) {
				lost = reason;
				if (known && mine === attempt) gone(reason);
			},
		});
		if (!wanted || mine !== attempt) {
			await opened.close();
			return false;
		}
		microphone = opened;
		device = opened.device;
		onOpen(firstFrameAt ?? performance.now());
		known = true;
		lastHeardAt = performance.now();
		for (const frames of early) events.onFrames(frames);
		if (lost !== null) gone(lost);
		return true;
	}

	function gone(reason: OnwaxError): void {
		if (!wanted) return;
		microphone = null;
		events.onGone(reason);
		void reopen(true);
	}

	/** Tries until it is there, or not wanted any more. */
	function reopen(afterLoss: boolean): Promise<void> {
		opening ??= tryAgain(afterLoss).finally(() => {
			opening = null;
		});
		return opening;
	}

	async function tryAgain(afterLoss: boolean): Promise<void> {
		const since = performance.now();
		let told = afterLoss;
		while (wanted) {
			const waited = performance.now() - since;
			// The chosen one first, at every round; the default only when it has stayed away.
			const names = chosen !== null && waited >= chosenOnlyMs ? [chosen, null] : [chosen];
			for (const name of names) {
				try {
					const isOpen = await openOnce(name, (firstFrameAt) => {
						if (told) events.onBack(device, Math.max(0, (firstFrameAt - lastHeardAt) / 1000));
					});
					if (isOpen) return;
				} catch (error) {
					if (!told) events.onGone(toOnwaxError(error, "ERR_NO_SOUND_DEVICE"));
					told = true;
				}
			}
			await sleep(retryMs, undefined, { signal: letting.signal }).catch(() => undefined);
		}
	}

	async function letGo(): Promise<void> {
		wanted = false;
		letting.abort();
		const closing = microphone;
		microphone = null;
		await closing?.close();
		// An opening that is under way lets go of what it opens by itself.
		attempt += 1;
	}

	await openOnce(chosen, () => {});
	return {
		get device() {
			return device;
		},
		get isThere() {
			return microphone !== null;
		},
		hold: () => microphone?.hold(),
		proceed: () => microphone?.proceed(),
		pause: letGo,
		async resume() {
			wanted = true;
			letting = new AbortController();
			lastHeardAt = performance.now();
			await reopen(false);
		},
		close: letGo,
	};
}

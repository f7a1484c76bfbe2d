import { uptime } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { freeBytes } from "../durable/volume.ts";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
import type { BegunCapture } from "./begin-capture.ts";
import {
	type CaptureState,
	frameBytes,
	type Level,
	type Notice,
	type Snapshot,
	type StopReason,
} from "./capture.ts";
import { createGuard } from "./guard.ts";
import { createMeter } from "./levels.ts";
import { noticeEvents } from "./notice-events.ts";
import { createPreRoll } from "./pre-roll.ts";
import type { RecorderOptions } from "./recorder-options.ts";
import { type Sealed, sealCapture } from "./seal-capture.ts";
import { openSteadyMicrophone, type SteadyMicrophone } from "./steady-microphone.ts";
import type { VoiceActivity } from "./voice-activity.ts";

export type Recorder = {
	snapshot(): Snapshot;
	/** Lets the device go. While speech is waited for, nobody listens either. */
	pause(): Promise<void>;
	/**
	 * Opens the device again. Resolves when it hears, or, where that takes long, with the state
	 * `waiting-for-device`: the end of the pause is told when it hears.
	 */
	resume(): Promise<void>;
	stop(reason: StopReason): void;
	/** Resolves when its end has begun: what comes after it can be made ready. */
	readonly stopping: Promise<StopReason>;
	/** Resolves when the audio is sealed on disk. Never rejects. */
	readonly sealed: Promise<Sealed>;
};

const meterMs = 100;
const watchMs = 500;
/** Beyond this the device has to wait for the disk, and goes on below the second. */
const holdBytes = 8 * 1024 * 1024;
const proceedBytes = 1024 * 1024;
/** A disk that confirms nothing is waited for until memory holds so much. */
const mostHeldBytes = 64 * 1024 * 1024;
/** A longer absence of the device is noted, not filled: nobody wants hours of nothing. */
const longestFillSeconds = 600;
/** Whoever resumes is answered after this at the latest. */
const resumePatienceMs = 1000;

/** The sound system's own words, which stand behind what the driver makes of them. */
function afterColon(message: string): string {
	return message.slice(message.indexOf(": ") + 1).trim();
}

/**
 * Records from a microphone to disk, watched over by the guard, until something ends it.
 *
 * @throws what opening the microphone or making the recording's folder threw, or the signal's reason:
 *   then nothing was recorded, and nothing of it is left
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
	const { format, reserveBytes, waitForSpeech, maxSeconds } = options;
	const mostFrames =
		maxSeconds === null ? Infinity : Math.max(1, Math.round(maxSeconds * format.sampleRate));
	const startedAt = new Date();
	const startedAtMs = performance.now();
	const written = noticeEvents(startedAt, () => performance.now() - startedAtMs);
	const guard = createGuard({ format, device: options.device ?? "default", reserveBytes });
	const meter = createMeter(format);
	let level: Level | null = null;
	let state: CaptureState = waitForSpeech ? "waiting-for-speech" : "opening";
	let capture: BegunCapture | null = null;
	let beginning: Promise<void> | null = null;
	let holding: NodeJS.Timeout | null = null;
	let ending = false;
	let microphone: SteadyMicrophone | null = null;
	/** Since when the device is away; null while it is there. */
	let goneAtMs: number | null = null;
	/** From `resume()` until it hears. */
	let isResuming = false;
	let switching: Promise<void> = Promise.resolve();
	let lastSpeechSeconds = 0;
	/** What comes before there is a place for it: all of it, or while nobody speaks the last of it. */
	const early: Buffer[] = [];
	const preRoll = waitForSpeech ? createPreRoll(format, options.preRollSeconds) : null;

	const stopping = Promise.withResolvers<StopReason>();

	const capturedFrames = () => capture?.log.appendedFrames ?? 0;
	const capturedSeconds = () => capturedFrames() / format.sampleRate;
	const at = () => ({ nowMs: performance.now(), positionSeconds: capturedSeconds() });

	function tell(notices: readonly Notice[]): void {
		for (const notice of notices) {
			const event = written.eventOf(notice);
			if (event) capture?.note(event);
			options.onNotice(notice);
		}
	}

	function onFrames(frames: Buffer): void {
		meter.hear(frames);
		voice?.hear(frames);
		if (capture !== null) keep(frames);
		else if (beginning === null && preRoll !== null) preRoll.put(frames);
		else early.push(frames);
		tell(guard.arrived(frames.length / frameBytes(format), at()));
	}

	function keep(frames: Buffer): void {
		const { log } = capture as BegunCapture;
		const roomBytes = roomFrames() * frameBytes(format);
		log.append(frames.length > roomBytes ? frames.subarray(0, roomBytes) : frames);
		if (roomFrames() === 0) stop("max-length");
		if (log.waitingBytes > holdBytes) hold();
	}

	/** @returns how much of it had room, in seconds */
	function keepSilence(seconds: number): number {
		const frames = Math.min(Math.round(seconds * format.sampleRate), roomFrames());
		capture?.log.appendSilence(frames);
		if (roomFrames() === 0) stop("max-length");
		return frames / format.sampleRate;
	}

	function roomFrames(): number {
		return Math.max(0, mostFrames - capturedFrames());
	}

	/** The disk is slower than the device: what comes waits in the device's own buffer. */
	function hold(): void {
		const device = microphone;
		// Where it is not there yet the next block asks again.
		if (device === null || holding !== null) return;
		device.hold();
		guard.held(true, at());
		holding = setInterval(() => {
			if ((capture?.log.waitingBytes ?? 0) > proceedBytes) return;
			if (holding) clearInterval(holding);
			holding = null;
			guard.held(false, at());
			device.proceed();
		}, 2);
	}

	function begin(): Promise<void> {
		beginning ??= options
			.begin({ onTrouble, onTroubleOver: () => tell(guard.diskWell(at())) })
			.then((begun) => {
				capture = begun;
				for (const frames of [...(preRoll?.drain() ?? []), ...early.splice(0)]) keep(frames);
				if (state === "opening" || state === "waiting-for-speech") state = stateThere();
			});
		return beginning;
	}

	/** What it does while neither paused nor at its end. */
	function stateThere(): CaptureState {
		if (waitForSpeech && beginning === null) return "waiting-for-speech";
		return goneAtMs === null ? "recording" : "waiting-for-device";
	}

	/** The device is open, and hears. */
	function hears(): void {
		goneAtMs = null;
		if (state === "waiting-for-device") state = stateThere();
		if (!isResuming) return;
		isResuming = false;
		tell(guard.resumed(at()));
	}

	function onTrouble(error: OnwaxError): void {
		if (error.code === "ERR_DISK_FULL") {
			tell(guard.diskFull(at()));
			stop("disk-full");
		} else tell(guard.diskError(error.message, at()));
	}

	function onSpeech(): void {
		lastSpeechSeconds = capturedSeconds();
		if (state !== "waiting-for-speech") return;
		state = "opening";
		begin().catch((error: unknown) => {
			onTrouble(toOnwaxError(error, "ERR_IO"));
			stop("disk-error");
		});
	}

	const voice: VoiceActivity | null =
		waitForSpeech || options.stopAfterSilenceSeconds !== null
			? (await import("./voice-activity.ts")).openVoiceActivity({
					format,
					onSpeech,
					onLost: (reason) => tell(guard.voiceActivityLost(reason, at())),
				})
			: null;
	const events = {
		onFrames,
		onMoved: (device: string) => tell(guard.deviceMoved(device, at())),
		onOverrun: () => tell(guard.overrun(at())),
		onGone(reason: OnwaxError) {
			goneAtMs ??= performance.now();
			if (state === "recording") state = "waiting-for-device";
			tell(guard.deviceGone(at(), afterColon(reason.message)));
		},
		onBack(device: string, missedSeconds: number) {
			hears();
			const fills = capture !== null && missedSeconds <= longestFillSeconds;
			const filledSeconds = fills ? keepSilence(missedSeconds) : null;
			tell(guard.deviceBack(device, at(), filledSeconds));
		},
		onResumed() {
			hears();
			// It was away when the pause began.
			if (guard.active().some(({ kind }) => kind === "device-gone"))
				tell(guard.deviceBack(microphone?.device ?? "default", at(), null));
		},
	};
	const { signal } = options;
	const opening = openSteadyMicrophone(options.open, format, options.device, events, signal);
	// The folder is made while the device opens: the first word is not to wait for the disk.
	const [opened, begun] = await Promise.allSettled([
		opening,
		waitForSpeech ? Promise.resolve() : begin(),
	]);
	const failure = [opened, begun].find((one) => one.status === "rejected");
	if (failure || opened.status === "rejected" || signal?.aborted) {
		ending = true;
		voice?.close();
		if (opened.status === "fulfilled") await opened.value.close();
		// The first word may have begun it meanwhile.
		await (beginning as Promise<void> | null)?.catch(() => undefined);
		await (capture as BegunCapture | null)?.discard();
		throw failure?.reason ?? signal?.reason;
	}
	const heardThrough = opened.value;
	microphone = heardThrough;
	guard.opened(heardThrough.device);

	const metering = setInterval(() => {
		const heard = meter.take();
		if (heard.frames > 0) level = heard.level;
		else if (!heardThrough.isThere) level = null;
		tell(guard.heard(heard, at()));
	}, meterMs);
	const watching = setInterval(() => {
		tell(guard.tick(at(), uptime()));
		watchSilence();
		watchLength();
		void watchDisk();
	}, watchMs);
	// Whatever ended it meanwhile: only here is there all that sealing needs.
	const sealed = stopping.promise.then(seal);

	function watchSilence(): void {
		const { stopAfterSilenceSeconds } = options;
		if (stopAfterSilenceSeconds === null || state !== "recording") return;
		const judgedSeconds = capturedSeconds() - (voice?.waitingSeconds() ?? 0);
		if (judgedSeconds - lastSpeechSeconds >= stopAfterSilenceSeconds) stop("silence");
	}

	/** Nobody waits for a device beyond the end. */
	function watchLength(): void {
		if (goneAtMs === null || state !== "waiting-for-device") return;
		const awaySeconds = (performance.now() - goneAtMs) / 1000;
		if (capturedSeconds() + awaySeconds >= (maxSeconds ?? Infinity)) stop("max-length");
	}

	async function watchDisk(): Promise<void> {
		if ((capture?.log.heldBytes ?? 0) > mostHeldBytes) stop("disk-error");
		const free = await freeBytes(options.diskPath).catch(() => null);
		if (free === null || ending) return;
		tell(guard.disk(free, at()));
		if (free >= reserveBytes) return;
		tell(guard.diskReserve(at()));
		stop("disk-reserve");
	}

	function stop(reason: StopReason): void {
		if (ending) return;
		ending = true;
		state = "stopping";
		stopping.resolve(reason);
	}

	async function seal(reason: StopReason): Promise<Sealed> {
		await heardThrough.close();
		for (const timer of [metering, watching, holding]) clearInterval(timer ?? undefined);
		voice?.close();
		await beginning?.catch(() => undefined);
		tell(guard.finish(at()));
		return sealCapture(reason, capture, written.rest());
	}

	async function pause(): Promise<void> {
		// The first word was heard a moment ago, and its folder is being made.
		if (state === "opening") await beginning?.catch(() => undefined);
		if (!["recording", "waiting-for-device", "waiting-for-speech"].includes(state)) return;
		state = "paused";
		isResuming = false;
		await heardThrough.pause();
		goneAtMs = null;
		// What was heard before a pause does not belong to a word after it.
		if (beginning === null) preRoll?.drain();
		if (state === "paused") tell(guard.paused(at()));
	}

	async function resume(): Promise<void> {
		if (state !== "paused") return;
		state = "waiting-for-device";
		isResuming = true;
		await Promise.race([heardThrough.resume(), sleep(resumePatienceMs, undefined, { ref: false })]);
	}

	/** One after the other: a key may be pressed faster than a device opens. */
	function inTurn(step: () => Promise<void>): Promise<void> {
		switching = switching.then(step);
		return switching;
	}

	return {
		stopping: stopping.promise,
		sealed,
		stop,
		pause: () => inTurn(pause),
		resume: () => inTurn(resume),
		snapshot() {
			const log = capture?.log;
			return {
				name: capture?.name ?? "",
				state,
				device: heardThrough.device,
				requestedDevice: options.device,
				format,
				title: options.title,
				startedAt: startedAt.toISOString(),
				capturedSeconds: capturedSeconds(),
				writtenSeconds: (log?.writtenFrames ?? 0) / format.sampleRate,
				syncedSeconds: (log?.syncedFrames ?? 0) / format.sampleRate,
				sizeBytes: log?.sizeBytes ?? 0,
				level,
				diskSecondsLeft: guard.diskSecondsLeft(),
				active: guard.active(),
			};
		},
	};
}

import { tmpdir, uptime } from "node:os";
import { freeBytes } from "../durable/volume.ts";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
import type { BegunCapture } from "./begin-capture.ts";
import {
	type CaptureState,
	frameBytes,
	type Level,
	type Notice,
	type SampleFormat,
	type Snapshot,
	type StopReason,
} from "./capture.ts";
import { createGuard } from "./guard.ts";
import { createMeter } from "./levels.ts";
import type { OpenMicrophone } from "./microphone.ts";
import { noticeEvents } from "./notice-events.ts";
import { createPreRoll } from "./pre-roll.ts";
import { type Rescued, rescue } from "./rescue.ts";
import { openSteadyMicrophone } from "./steady-microphone.ts";
import type { VoiceActivity } from "./voice-activity.ts";

export type RecorderOptions = {
	open: OpenMicrophone;
	device: string | null;
	format: SampleFormat;
	title: string | null;
	/** Makes the recording on disk; called once, when there is something to keep. */
	begin(trouble: {
		onTrouble(error: OnwaxError): void;
		onTroubleOver(): void;
	}): Promise<BegunCapture>;
	/** The folder whose disk is watched, and what is to stay free on it. */
	diskPath: string;
	reserveBytes: number;
	/** Listen into memory first, and begin with the first word. */
	waitForSpeech: boolean;
	/** How much of what came before the first word is kept. */
	preRollSeconds: number;
	/** End after so long without speech; null never. */
	stopAfterSilenceSeconds: number | null;
	maxSeconds: number | null;
	onNotice(notice: Notice): void;
};

export type Sealed = {
	reason: StopReason;
	/** Null where nothing was to be kept: nobody spoke, or not one sample came. */
	capture: BegunCapture | null;
	/** What the disk refused to the end, and where that went instead. */
	unsaved: { error: OnwaxError; rescued: Rescued | null } | null;
};

export type Recorder = {
	snapshot(): Snapshot;
	pause(): Promise<void>;
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
const sealPatienceMs = 5000;

/** The sound system's own words, which stand behind what the driver makes of them. */
function afterColon(message: string): string {
	return message.slice(message.indexOf(": ") + 1).trim();
}

/**
 * Records from a microphone to disk, watched over by the guard, until something ends it.
 *
 * @throws what opening the microphone or making the recording's folder threw: then nothing was recorded
 */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
	const { format, reserveBytes, waitForSpeech } = options;
	const bytesPerFrame = frameBytes(format);
	const mostFrames = Math.round((options.maxSeconds ?? 0) * format.sampleRate) || Infinity;
	const startedAt = new Date();
	const startedAtMs = performance.now();
	const events = noticeEvents(startedAt, () => performance.now() - startedAtMs);
	const guard = createGuard({ format, device: options.device ?? "default", reserveBytes });
	const meter = createMeter(format);
	let level: Level | null = null;
	let state: CaptureState = waitForSpeech ? "waiting-for-speech" : "opening";
	let capture: BegunCapture | null = null;
	let beginning: Promise<void> | null = null;
	let holding: NodeJS.Timeout | null = null;
	let ending = false;
	let lastSpeechSeconds = 0;
	/** What comes before there is a place for it: all of it, or while nobody speaks the last of it. */
	const early: Buffer[] = [];
	const preRoll = waitForSpeech ? createPreRoll(format, options.preRollSeconds) : null;

	const stopping = Promise.withResolvers<StopReason>();
	const sealing = Promise.withResolvers<Sealed>();

	const capturedFrames = () => capture?.log.appendedFrames ?? 0;
	const capturedSeconds = () => capturedFrames() / format.sampleRate;
	const at = () => ({ nowMs: performance.now(), positionSeconds: capturedSeconds() });

	function tell(notices: readonly Notice[]): void {
		for (const notice of notices) {
			const event = events.eventOf(notice);
			if (event) capture?.note(event);
			options.onNotice(notice);
		}
	}

	function onFrames(frames: Buffer): void {
		meter.hear(frames);
		voice?.hear(frames);
		if (capture !== null) keep(frames);
		else if (state === "waiting-for-speech") preRoll?.put(frames);
		else early.push(frames);
		tell(guard.arrived(frames.length / bytesPerFrame, at()));
	}

	function keep(frames: Buffer): void {
		const { log } = capture as BegunCapture;
		const roomBytes = (mostFrames - log.appendedFrames) * bytesPerFrame;
		log.append(frames.length > roomBytes ? frames.subarray(0, roomBytes) : frames);
		if (log.appendedFrames >= mostFrames) stop("max-length");
		if (log.waitingBytes > holdBytes && holding === null) hold();
	}

	/** The disk is slower than the device: what comes waits in the device's own buffer. */
	async function hold(): Promise<void> {
		const device = await opening;
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
		beginning ??= options.begin({ onTrouble, onTroubleOver }).then((begun) => {
			capture = begun;
			for (const frames of [...(preRoll?.drain() ?? []), ...early.splice(0)]) keep(frames);
			if (state === "opening" || state === "waiting-for-speech") state = "recording";
		});
		return beginning;
	}

	function onTrouble(error: OnwaxError): void {
		if (error.code === "ERR_DISK_FULL") {
			tell(guard.diskFull(at()));
			stop("disk-full");
		} else tell(guard.diskError(error.message, at()));
	}

	function onTroubleOver(): void {
		tell(guard.diskWell(at()));
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

	const listens = waitForSpeech || options.stopAfterSilenceSeconds !== null;
	const voice: VoiceActivity | null = listens
		? (await import("./voice-activity.ts")).openVoiceActivity({
				format,
				onSpeech,
				onLost: (reason) => tell(guard.voiceActivityLost(reason, at())),
			})
		: null;
	const opening = openSteadyMicrophone(options.open, format, options.device, {
		onFrames,
		onMoved: (device) => tell(guard.deviceMoved(device, at())),
		onOverrun: () => tell(guard.overrun(at())),
		onGone(reason) {
			if (state === "recording") state = "waiting-for-device";
			tell(guard.deviceGone(at(), afterColon(reason.message)));
		},
		onBack(device, missedSeconds) {
			if (state === "waiting-for-device") state = "recording";
			const fills = capture !== null && missedSeconds <= longestFillSeconds;
			if (fills) capture?.log.appendSilence(Math.round(missedSeconds * format.sampleRate));
			tell(guard.deviceBack(device, at(), fills ? missedSeconds : null));
		},
	});
	// The folder is made while the device opens: the first word is not to wait for the disk.
	const [opened, begun] = await Promise.allSettled([
		opening,
		waitForSpeech ? Promise.resolve() : begin(),
	]);
	if (opened.status === "rejected" || begun.status === "rejected") {
		voice?.close();
		if (opened.status === "fulfilled") await opened.value.close();
		await (capture as BegunCapture | null)?.discard();
		throw opened.status === "rejected" ? opened.reason : (begun as PromiseRejectedResult).reason;
	}
	const microphone = opened.value;
	guard.opened(microphone.device);

	const metering = setInterval(() => {
		const heard = meter.take();
		if (heard.frames > 0) level = heard.level;
		else if (!microphone.isThere) level = null;
		tell(guard.heard(heard, at()));
	}, meterMs);
	const watching = setInterval(() => {
		tell(guard.tick(at(), uptime()));
		watchSilence();
		void watchDisk();
	}, watchMs);

	function watchSilence(): void {
		const { stopAfterSilenceSeconds } = options;
		if (stopAfterSilenceSeconds === null || state !== "recording") return;
		const judgedSeconds = capturedSeconds() - (voice?.waitingSeconds() ?? 0);
		if (judgedSeconds - lastSpeechSeconds >= stopAfterSilenceSeconds) stop("silence");
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
		stopping.resolve(reason);
		seal(reason).then(sealing.resolve, sealing.reject);
	}

	async function seal(reason: StopReason): Promise<Sealed> {
		state = "stopping";
		const microphone = await opening;
		await microphone.close();
		for (const timer of [metering, watching, holding]) clearInterval(timer ?? undefined);
		voice?.close();
		await beginning?.catch(() => undefined);
		tell(guard.finish(at()));
		if (capture === null) return { reason, capture, unsaved: null };
		const rest = events.rest();
		if (rest) capture.note(rest);
		await capture.closeNotes();
		try {
			await capture.log.seal(sealPatienceMs);
			return { reason, capture, unsaved: null };
		} catch (thrown) {
			const error = toOnwaxError(thrown, "ERR_IO");
			const frames = capture.log.unsynced();
			const rescued = await rescue(capture, frames, tmpdir()).catch(() => null);
			return { reason, capture, unsaved: { error, rescued } };
		}
	}

	return {
		stopping: stopping.promise,
		sealed: sealing.promise,
		stop,
		async pause() {
			if (state !== "recording" && state !== "waiting-for-device") return;
			state = "paused";
			await microphone.pause();
			tell(guard.paused(at()));
		},
		async resume() {
			if (state !== "paused") return;
			state = "recording";
			tell(guard.resumed(at()));
			await microphone.resume();
		},
		snapshot() {
			const log = capture?.log;
			return {
				name: capture?.name ?? "",
				state,
				device: microphone.device,
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

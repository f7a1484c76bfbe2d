import { frameBytes, type Notice, type NoticeKind, type SampleFormat } from "./capture.ts";
import { createClockWatch } from "./clock-watch.ts";
import { createForecast } from "./forecast.ts";
import { inWords } from "./in-words.ts";
import type { Heard } from "./levels.ts";
import { createNoticeBoard, type Moment } from "./notice-board.ts";
import { createSleepWatch } from "./sleep-watch.ts";
import { createSoundWatch } from "./sound-watch.ts";

export type GuardOptions = {
	format: SampleFormat;
	/** In the sound system's words. */
	device: string;
	/** What is to stay free on the disk. */
	reserveBytes: number;
};

/**
 * Watches a recording and says what a person would want to know while something can still be done.
 * Pure: it is told what happened and when, and answers with what is new. A lasting thing has one
 * `begins` (a second one where it becomes serious) and one `ends`.
 */
export type Guard = {
	/** What the device that was opened first is called. */
	opened(device: string): void;
	/** A block came in: once for every block, after it was taken. `at` is its end in the recording. */
	arrived(frames: number, at: Moment): Notice[];
	/** What the meter took: ten times a second or so. */
	heard(heard: Heard, at: Moment): Notice[];
	/** Twice a second, also while nothing comes. `uptimeSeconds`: `os.uptime()`. */
	tick(at: Moment, uptimeSeconds: number): Notice[];
	/** Nothing is asked of the device (a slow disk), so that nothing coming means nothing. */
	held(isHeld: boolean, at: Moment): void;
	/** `reason`: the sound system's words. */
	deviceGone(at: Moment, reason: string): Notice[];
	/**
	 * `filledSeconds`: how much silence the recorder put in place of what was missed, `at` being the end
	 * of that; null for none.
	 */
	deviceBack(device: string, at: Moment, filledSeconds: number | null): Notice[];
	deviceMoved(device: string, at: Moment): Notice[];
	overrun(at: Moment): Notice[];
	paused(at: Moment): Notice[];
	resumed(at: Moment): Notice[];
	/** About once a second. */
	disk(freeBytes: number, at: Moment): Notice[];
	/** Until the reserve is reached, at the present rate; null where it cannot be told. */
	diskSecondsLeft(): number | null;
	diskReserve(at: Moment): Notice[];
	diskFull(at: Moment): Notice[];
	/** `reason`: the system's words. */
	diskError(reason: string, at: Moment): Notice[];
	/** The disk takes what it is given again. */
	diskWell(at: Moment): Notice[];
	voiceActivityLost(reason: string, at: Moment): Notice[];
	/** What lasts at this moment. */
	active(): Notice[];
	/** The recording is over: ends what lasts. */
	finish(at: Moment): Notice[];
};

/**
 * Nothing for so long from an open device is a stall. More than two seconds, because that is what
 * PulseAudio gathers at most before it hands anything over.
 */
const stallMs = 2500;

/** The sound system may drop samples many times a second: that is told so often at most. */
const overrunEveryMs = 5000;

const lowDiskSeconds = 600;
const seriousDiskSeconds = 120;
/** Enough again only with some to spare, or a forecast near the limit would come and go. */
const enoughDiskSeconds = 900;

/** What is known of the sound says nothing about another device, or about none. */
const ofTheInput: NoticeKind[] = ["stalled", "silence", "too-quiet", "clipping"];

const none: Notice[] = [];

export function createGuard(options: GuardOptions): Guard {
	const { format, reserveBytes } = options;
	const { sampleRate } = format;
	const board = createNoticeBoard();
	const sound = createSoundWatch(board, sampleRate);
	const clock = createClockWatch(sampleRate);
	const sleep = createSleepWatch();
	const forecast = createForecast(reserveBytes);
	let device = options.device;
	let lastArrivalMs: number | null = null;
	let isHeld = false;
	let overruns = 0;
	let overrunToldMs = -Infinity;

	const isPaused = () => board.lasts("paused");
	const isGone = () => board.lasts("device-gone");
	const ownBytesPerSecond = () => (isPaused() ? 0 : sampleRate * frameBytes(format));

	const endAll = (kinds: NoticeKind[], message: string, at: Moment) =>
		kinds.flatMap((kind) => board.end(kind, message, at));

	/** The stream begins anew: nothing that came before says anything about it. */
	const startAnew = (at: Moment) => {
		clock.restart();
		lastArrivalMs = at.nowMs;
	};

	const checkStall = (at: Moment): Notice[] => {
		lastArrivalMs ??= at.nowMs;
		if (isHeld || isPaused() || isGone() || at.nowMs - lastArrivalMs < stallMs) return none;
		const seconds = (at.nowMs - lastArrivalMs) / 1000;
		return board.begin(
			"stalled",
			"serious",
			`“${device}” has delivered nothing for ${inWords(seconds)}: unplug it and plug it in again, or choose another input.`,
			at,
		);
	};

	const checkSleep = (at: Moment, uptimeSeconds: number): Notice[] => {
		const standstill = sleep.check(at.nowMs, uptimeSeconds);
		if (!standstill) return none;
		clock.interrupted();
		// What stood still was this process: the device may have delivered all the while.
		lastArrivalMs = at.nowMs;
		const { suspendedSeconds, stoodStillSeconds } = standstill;
		const position = at.positionSeconds;
		const notices: Notice[] = [];
		if (suspendedSeconds > 0) {
			const words = `The computer slept for about ${inWords(suspendedSeconds)}: nothing was recorded meanwhile.`;
			notices.push(...board.happened("suspended", "warning", words, position, suspendedSeconds));
		}
		if (stoodStillSeconds > 0) {
			const words = `Onwax stood still for ${inWords(stoodStillSeconds)}; what the sound system kept meanwhile is recorded, and if anything is missing that is told next.`;
			const seconds = stoodStillSeconds;
			notices.push(...board.happened("process-stopped", "info", words, position, seconds));
		}
		return notices;
	};

	const tellOverruns = (at: Moment): Notice[] => {
		if (overruns === 0 || at.nowMs - overrunToldMs < overrunEveryMs) return none;
		const times = overruns === 1 ? "" : ` ${overruns} times`;
		overruns = 0;
		overrunToldMs = at.nowMs;
		const message = `The sound system dropped samples${times}: the computer is too busy. Close what you do not need.`;
		return board.happened("overrun", "warning", message, at.positionSeconds, null);
	};

	const newDevice = (name: string, at: Moment): Notice[] => {
		const ends = endAll(ofTheInput, "Another input.", at);
		sound.newInput();
		startAnew(at);
		if (name === device) return ends;
		const message = `Recording from “${name}” now, no longer from “${device}”. If that is not what you want, choose the input in the system's sound settings.`;
		device = name;
		return [
			...ends,
			...board.happened("device-changed", "warning", message, at.positionSeconds, null),
		];
	};

	return {
		opened: (name) => {
			device = name;
		},
		arrived: (frames, at) => {
			const sinceMs = at.nowMs - (lastArrivalMs ?? at.nowMs);
			lastArrivalMs = at.nowMs;
			const begin = Math.max(0, at.positionSeconds - frames / sampleRate);
			const loss = clock.arrived(frames, at.nowMs, begin);
			if (loss === null && !board.lasts("stalled")) return none;
			const seconds = sinceMs / 1000;
			const words = `“${device}” delivers again, after ${inWords(seconds)}.`;
			const ends = board.end("stalled", words, at, seconds);
			if (loss === null) return ends;
			const { missingSeconds, positionSeconds } = loss;
			const message = `About ${inWords(missingSeconds)} of sound are missing here: they were lost before they reached Onwax.`;
			return [
				...ends,
				...board.happened("gap", "warning", message, positionSeconds, missingSeconds),
			];
		},
		heard: (heard, at) => sound.heard(heard, at),
		tick: (at, uptimeSeconds) => {
			const slept = checkSleep(at, uptimeSeconds);
			return [...slept, ...checkStall(at), ...tellOverruns(at)];
		},
		held: (held, at) => {
			isHeld = held;
			lastArrivalMs = at.nowMs;
		},
		deviceGone: (at, reason) => {
			if (isGone()) return none;
			const ends = endAll(ofTheInput, "The input is gone.", at);
			const message = `“${device}” is gone (${reason.replace(/\.$/, "")}): the recording goes on as soon as it, or another input, is there.`;
			return [...ends, ...board.begin("device-gone", "serious", message, at)];
		},
		deviceBack: (name, at, filledSeconds) => {
			const sinceMs = board.sinceMs("device-gone");
			if (sinceMs === null) return newDevice(name, at);
			const seconds = filledSeconds ?? (at.nowMs - sinceMs) / 1000;
			const place = Math.max(0, at.positionSeconds - (filledSeconds ?? 0));
			const missed =
				filledSeconds === null
					? `${inWords(seconds)} were not recorded here, and nothing stands for them.`
					: `${inWords(seconds)} were not recorded here: silence stands for them, so that times stay true.`;
			const severity = isPaused() ? "info" : "warning";
			return [
				...board.end("device-gone", `“${name}” is there again.`, at),
				...newDevice(name, at),
				...board.happened("gap", severity, missed, place, seconds),
			];
		},
		deviceMoved: newDevice,
		overrun: (at) => {
			overruns++;
			clock.interrupted();
			return tellOverruns(at);
		},
		paused: (at) => board.begin("paused", "info", "Paused: nothing is recorded.", at),
		resumed: (at) => {
			startAnew(at);
			return board.end("paused", "Recording again.", at);
		},
		disk: (freeBytes, at) => {
			forecast.saw(freeBytes, at.nowMs);
			const seconds = forecast.secondsLeft(ownBytesPerSecond());
			if (seconds === null) return none;
			if (seconds > enoughDiskSeconds)
				return board.end("disk-low", "There is enough disk space again.", at);
			if (seconds > lowDiskSeconds) return none;
			const isSerious = seconds < seriousDiskSeconds;
			const message = `Disk space for about ${inWords(seconds)} is left: free some, or the recording will be ended then.`;
			return board.begin("disk-low", isSerious ? "serious" : "warning", message, at);
		},
		diskSecondsLeft: () => forecast.secondsLeft(ownBytesPerSecond()),
		diskReserve: ({ positionSeconds }) => {
			const message =
				"The disk is full but for the reserve: the recording ends here, and all of it is kept. Free some space before the next one.";
			return board.happened("disk-reserve", "serious", message, positionSeconds, null);
		},
		diskFull: ({ positionSeconds }) => {
			const message =
				"The disk is full: the recording ends here. Space that was set aside takes what is still in memory.";
			return board.happened("disk-full", "serious", message, positionSeconds, null);
		},
		diskError: (reason, at) => {
			const message = `The disk refused a write (${reason.replace(/\.$/, "")}): what may be affected is written again, to a new file. Check the disk.`;
			return board.begin("disk-error", "serious", message, at);
		},
		diskWell: (at) => board.end("disk-error", "The disk takes everything again.", at),
		voiceActivityLost: (reason, { positionSeconds }) => {
			const message = `Speech can no longer be told from noise (${reason.replace(/\.$/, "")}): from here on loudness decides.`;
			return board.happened("voice-activity-lost", "warning", message, positionSeconds, null);
		},
		active: () => board.active(),
		finish: (at) =>
			board.active().flatMap(({ kind }) => board.end(kind, "The recording ended meanwhile.", at)),
	};
}

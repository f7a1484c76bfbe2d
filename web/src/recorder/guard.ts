import type { Heard } from "./levels.ts";

export type NoticeKind =
	| "silence"
	| "too-quiet"
	| "clipping"
	| "muted"
	| "stalled"
	| "gap"
	| "suspended"
	| "device-gone"
	| "device-refused"
	| "paused"
	| "halted"
	| "disk-low"
	| "disk-full";

/** Something that a person would want to know while something can still be done. */
export type Notice = {
	kind: NoticeKind;
	/** `serious`: without somebody doing something, sound is being lost or worthless. */
	severity: "info" | "warning" | "serious";
	message: string;
	/** `happened` is over at once; what begins is shown until it ends. */
	phase: "begins" | "ends" | "happened";
	/** Where in the recording. */
	atSeconds: number;
};

/** The rules and words of the terminal's guard (src/capture/), for what a page can know. Pure. */
export type Guard = {
	/** Samples came in, and were taken. */
	arrived(heard: Heard, nowMs: number, atSeconds: number): Notice[];
	/** Twice a second, also while nothing comes. `wallMs` goes on while the computer sleeps. */
	tick(nowMs: number, wallMs: number, atSeconds: number): Notice[];
	paused(atSeconds: number): Notice[];
	/** What came before says nothing about the clock. */
	resumed(atSeconds: number): Notice[];
	deviceGone(device: string, atSeconds: number): Notice[];
	deviceBack(device: string, atSeconds: number): Notice[];
	muted(isMuted: boolean, atSeconds: number): Notice[];
	/** The device is gone, and the page may not listen to it again. */
	refused(atSeconds: number): Notice[];
	/** The browser runs no sound for this page: nothing comes, not even silence. */
	halted(isHalted: boolean, atSeconds: number): Notice[];
	/** How long there is room for; null: it cannot be told. */
	room(secondsLeft: number | null, atSeconds: number): Notice[];
};

const silentFromStartSeconds = 3;
const silentSeconds = 10;
const mostSilentSeconds = 60;
const quietDbfs = -45;
const loudDbfs = -42;
const quietFromStartSeconds = 15;
const quietSeconds = 60;
const clippedRuns = 3;
const clippedWithinSeconds = 2;
const clippedClearSeconds = 5;
const stallMs = 2500;
const sleptMs = 2000;
/** Samples that are late come within such a window; those that are missing do not. */
const lateWindowMs = 3000;
const missingSeconds = 0.2;
const lowRoomSeconds = 600;
const seriousRoomSeconds = 120;
const enoughRoomSeconds = 900;

export function createGuard(): Guard {
	const lasting = new Map<NoticeKind, Notice["severity"]>();
	const begin = (
		kind: NoticeKind,
		severity: Notice["severity"],
		message: string,
		atSeconds: number,
	): Notice[] => {
		if (lasting.get(kind) === severity) return [];
		lasting.set(kind, severity);
		return [{ kind, severity, message, phase: "begins", atSeconds }];
	};
	const end = (kind: NoticeKind, message: string, atSeconds: number): Notice[] => {
		if (!lasting.delete(kind)) return [];
		return [{ kind, severity: "info", message, phase: "ends", atSeconds }];
	};

	let everSounded = false;
	let everLoud = false;
	let silentNeeded = silentSeconds;
	let silentFor = 0;
	let quietFor = 0;
	let heardFor = 0;
	let lastClippedAt = Number.NEGATIVE_INFINITY;
	let runs: { at: number; count: number }[] = [];

	const silence = ({ isFlat, seconds }: Heard, at: number): Notice[] => {
		if (isFlat) {
			silentFor += seconds;
			if (silentFor < (everSounded ? silentNeeded : silentFromStartSeconds)) return [];
			const words = `Nothing but digital silence for ${inWords(silentFor)}: check that the microphone is not muted, and that it is the right input.`;
			return begin("silence", "serious", words, at);
		}
		const lasted = silentFor;
		silentFor = 0;
		everSounded = true;
		if (!lasting.has("silence")) return [];
		// A silence that ended by itself was a noise gate: the next one has to last longer.
		silentNeeded = Math.min(mostSilentSeconds, silentNeeded * 2);
		return end("silence", `Sound again, after ${inWords(lasted)} of silence.`, at);
	};

	const quiet = ({ isFlat, seconds, swingDbfs }: Heard, at: number): Notice[] => {
		if (isFlat) return [];
		if (swingDbfs >= quietDbfs) everLoud = true;
		if (swingDbfs >= (lasting.has("too-quiet") ? loudDbfs : quietDbfs)) {
			quietFor = 0;
			return end("too-quiet", "Loud enough again.", at);
		}
		quietFor += seconds;
		if (quietFor < (everLoud ? quietSeconds : quietFromStartSeconds)) return [];
		const words = `Nothing louder than ${quietDbfs} dBFS for ${inWords(quietFor)}: if somebody is speaking, go closer to the microphone or raise its level.`;
		return begin("too-quiet", "warning", words, at);
	};

	const clipping = (heard: Heard, at: number): Notice[] => {
		heardFor += heard.seconds;
		if (heard.clippedRuns > 0) {
			lastClippedAt = heardFor;
			runs.push({ at: heardFor, count: heard.clippedRuns });
		}
		runs = runs.filter((run) => run.at >= heardFor - clippedWithinSeconds);
		if (runs.reduce((sum, { count }) => sum + count, 0) >= clippedRuns) {
			const words =
				"Too loud, the sound is cut off at the top: lower the microphone's level, or go further away.";
			return begin("clipping", "warning", words, at);
		}
		if (heardFor - lastClippedAt < clippedClearSeconds) return [];
		return end("clipping", "No longer too loud.", at);
	};

	let firstMs: number | null = null;
	let lastMs: number | null = null;
	let arrivedSeconds = 0;
	let windowFromMs = 0;
	/** How far what arrived lies behind the clock: at the least, in this window and in the last one. */
	let leastBehind = Number.POSITIVE_INFINITY;
	let usuallyBehind: number | null = null;

	const clock = (seconds: number, nowMs: number, at: number): Notice[] => {
		if (firstMs === null) {
			firstMs = nowMs - seconds * 1000;
			windowFromMs = nowMs;
		}
		arrivedSeconds += seconds;
		lastMs = nowMs;
		leastBehind = Math.min(leastBehind, (nowMs - firstMs) / 1000 - arrivedSeconds);
		if (nowMs - windowFromMs < lateWindowMs) return [];
		const missing = usuallyBehind === null ? 0 : leastBehind - usuallyBehind;
		usuallyBehind = leastBehind;
		leastBehind = Number.POSITIVE_INFINITY;
		windowFromMs = nowMs;
		if (missing < missingSeconds) return [];
		const words = `About ${inWords(missing)} of sound are missing here: the browser or the computer stood still, and they were lost before they reached Onwax.`;
		return [{ kind: "gap", severity: "warning", message: words, phase: "happened", atSeconds: at }];
	};

	let ticked: { nowMs: number; wallMs: number } | null = null;
	return {
		arrived: (heard, nowMs, at) => [
			...end("stalled", "The microphone delivers again.", at),
			...clock(heard.seconds, nowMs, at),
			...(lasting.has("device-gone")
				? []
				: [...silence(heard, at), ...quiet(heard, at), ...clipping(heard, at)]),
		],
		tick: (nowMs, wallMs, at) => {
			const before = ticked ?? { nowMs, wallMs };
			lastMs ??= before.nowMs;
			ticked = { nowMs, wallMs };
			const sleptFor = wallMs - before.wallMs - (nowMs - before.nowMs);
			if (sleptFor >= sleptMs) {
				const words = `The computer slept for about ${inWords(sleptFor / 1000)}, or its clock was set: if it slept, nothing was recorded meanwhile.`;
				return [
					{
						kind: "suspended",
						severity: "warning",
						message: words,
						phase: "happened",
						atSeconds: at,
					},
				];
			}
			// A tick that comes late says that this program stood still, not the microphone.
			if (nowMs - before.nowMs > stallMs / 2) lastMs = nowMs;
			if (lasting.has("device-gone") || lasting.has("halted") || nowMs - lastMs < stallMs)
				return [];
			const words = `The microphone has delivered nothing for ${inWords((nowMs - lastMs) / 1000)}: unplug it and plug it in again, or choose another input.`;
			return begin("stalled", "serious", words, at);
		},
		paused: (at) => begin("paused", "info", "Paused: nothing is recorded.", at),
		resumed: (at) => {
			firstMs = null;
			lastMs = null;
			ticked = null;
			arrivedSeconds = 0;
			usuallyBehind = null;
			leastBehind = Number.POSITIVE_INFINITY;
			return end("paused", "Recording again.", at);
		},
		deviceGone: (device, at) => [
			...end("silence", "The input is gone.", at),
			...end("muted", "The input is gone.", at),
			...begin(
				"device-gone",
				"serious",
				`“${device}” is gone: silence is recorded until it, or another input, is there. Plug it in again.`,
				at,
			),
		],
		deviceBack: (device, at) => {
			everSounded = false;
			silentFor = 0;
			const refused = end("device-refused", "This page may use the microphone again.", at);
			const words = `Recording from “${device}” now. Silence stands for what was missed, so that times stay true.`;
			const back = end("device-gone", words, at);
			return [...refused, ...back.map((notice) => ({ ...notice, severity: "warning" as const }))];
		},
		muted: (isMuted, at) =>
			isMuted
				? begin(
						"muted",
						"serious",
						"The browser or the system has muted the microphone: unmute it there (often a key or a switch).",
						at,
					)
				: end("muted", "The microphone is no longer muted.", at),
		refused: (at) =>
			begin(
				"device-refused",
				"serious",
				"This page may not use the microphone any more: allow it in the browser (the sign beside the address). Silence is recorded until then; what came before is kept.",
				at,
			),
		halted: (isHalted, at) =>
			isHalted
				? begin(
						"halted",
						"serious",
						"The browser has stopped this page's sound, and nothing is recorded: bring this page to the front, and press a key.",
						at,
					)
				: end("halted", "The browser runs this page's sound again.", at),
		room: (secondsLeft, at) => {
			if (secondsLeft === null) return [];
			if (secondsLeft > enoughRoomSeconds)
				return end("disk-low", "There is enough room in this browser again.", at);
			if (secondsLeft > lowRoomSeconds) return [];
			const severity = secondsLeft < seriousRoomSeconds ? "serious" : "warning";
			const words = `This browser has room for about ${inWords(Math.max(0, secondsLeft))} more: free disk space, or the recording will be ended then, and kept.`;
			return begin("disk-low", severity, words, at);
		},
	};
}

/** `0.35 s`, `3.2 s`, `12 s`, `5 min 3 s`, `2 h 5 min` */
export function inWords(seconds: number): string {
	if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
	if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
	const whole = Math.round(seconds);
	const joined = (large: string, small: number, unit: string) =>
		small === 0 ? large : `${large} ${small} ${unit}`;
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return joined(`${minutes} min`, whole % 60, "s");
	return joined(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

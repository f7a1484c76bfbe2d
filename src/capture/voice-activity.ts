import { type ChildProcessByStdio, spawn } from "node:child_process";
import { extname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { SampleFormat } from "./capture.ts";
import { createDownsampler, voiceSampleRate } from "./sixteen-kilohertz.ts";
import { createVoiceEnergy } from "./voice-energy.ts";

export type VoiceActivityOptions = {
	format: SampleFormat;
	/**
	 * Somebody speaks: told at once, and again with every piece heard while it lasts. `heardSeconds`: how
	 * far what was heard has been judged.
	 */
	onSpeech(heardSeconds: number): void;
	/** Somebody stopped speaking. */
	onSilence?(heardSeconds: number): void;
	/** Silero cannot run any more, and loudness decides from now on. At most once. */
	onLost(reason: string): void;
	/** No answer for so long: it hangs. */
	patienceMs?: number;
};

export type VoiceActivity = {
	/** Whole frames; read at once, never waited for. */
	hear(frames: Uint8Array): void;
	/** How far Silero's answers are behind what was heard. */
	waitingSeconds(): number;
	/** What Silero was not asked about because it lagged behind; loudness decided there. */
	droppedSeconds(): number;
	/** Of the process that Silero runs in; null where there is none. */
	pid(): number | null;
	close(): void;
};

/** So much may wait in the pipe and in memory (320 KB): a detector that far behind is skipped. */
const mostWaitingSamples = 10 * voiceSampleRate;

/** Smaller pieces wake the detector more often than it takes to think: 1.4 % of a core instead of 2 %. */
const pieceSamples = voiceSampleRate / 10;

const defaultPatienceMs = 5000;
/** After a standstill of this process the answers are there, and have only not been read yet. */
const graceMs = 1000;

const answerBytes = 4;
/** The child counts in 31 bits. */
const countLimit = 2 ** 31;

/** What the child may know of the program's surroundings: no keys, no tokens. */
const passedOn = ["PATH", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "SystemRoot"];

/**
 * Listens for speech, by Silero VAD in a process of its own: native code that crashes or hangs there
 * costs the recording nothing. Where it cannot run, loudness stands in.
 */
export function openVoiceActivity(options: VoiceActivityOptions): VoiceActivity {
	const { onSpeech, onSilence, onLost, patienceMs = defaultPatienceMs } = options;
	const downsample = createDownsampler(options.format);
	/** Always listens, so that it knows the room when it is needed. */
	const energy = createVoiceEnergy();
	let child: Child | null = startChild();
	let gathered: Int16Array[] = [];
	let gatheredSamples = 0;
	let heardSamples = 0;
	let droppedSamples = 0;
	let askedSamples = 0;
	let answeredSamples = 0;
	let isSpeaking = false;
	let watchdog: NodeJS.Timeout | null = null;
	let rest: Buffer = Buffer.alloc(0);

	const judged = (speaks: boolean, samples: number) => {
		const seconds = samples / voiceSampleRate;
		const stopped = isSpeaking && !speaks;
		isSpeaking = speaks;
		if (speaks) onSpeech(seconds);
		else if (stopped) onSilence?.(seconds);
	};

	const waitingSamples = () => (askedSamples - answeredSamples + countLimit) % countLimit;

	const letGo = () => {
		if (watchdog) clearTimeout(watchdog);
		watchdog = null;
		const ending = child;
		child = null;
		ending?.stdin.destroy();
		ending?.stdout.destroy();
		ending?.kill("SIGKILL");
	};

	const lose = (reason: string) => {
		if (child === null) return;
		letGo();
		onLost(reason);
	};

	/** Rings when nothing was answered for so long, and once more after a grace. */
	const watch = () => {
		watchdog ??= setTimeout(() => {
			watchdog = setTimeout(() => lose("the detector hangs"), graceMs).unref();
		}, patienceMs).unref();
	};

	const onAnswer = (piece: Buffer) => {
		rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
		const whole = rest.length - (rest.length % answerBytes);
		if (whole === 0) return;
		const speaks: boolean[] = [];
		for (let at = 0; at < whole; at += answerBytes) {
			const word = rest.readUInt32LE(at);
			answeredSamples = word >>> 1;
			speaks.push((word & 1) === 1);
		}
		rest = Buffer.from(rest.subarray(whole));
		if (watchdog) clearTimeout(watchdog);
		watchdog = null;
		if (waitingSamples() > 0) watch();
		for (const speak of speaks) judged(speak, heardSamples - waitingSamples());
	};

	const gather = (samples: Int16Array): Int16Array | null => {
		gathered.push(samples);
		gatheredSamples += samples.length;
		if (gatheredSamples < pieceSamples) return null;
		const piece = new Int16Array(gatheredSamples);
		let at = 0;
		for (const part of gathered) {
			piece.set(part, at);
			at += part.length;
		}
		gathered = [];
		gatheredSamples = 0;
		return piece;
	};

	const ask = (to: Child, samples: Int16Array) => {
		to.stdin.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
		askedSamples = (askedSamples + samples.length) % countLimit;
		watch();
	};

	child.on("error", (error) => lose(error.message));
	child.on("exit", (code, signal) => lose(`the detector ended with ${signal ?? code}`));
	child.stdin.on("error", () => undefined);
	child.stdout.on("data", onAnswer);
	return {
		hear: (frames) => {
			const samples = gather(downsample(frames));
			if (samples === null) return;
			heardSamples += samples.length;
			const isLoud = energy.hear(samples);
			if (child !== null && waitingSamples() + samples.length <= mostWaitingSamples)
				return ask(child, samples);
			if (child !== null) droppedSamples += samples.length;
			judged(isLoud, heardSamples);
		},
		waitingSeconds: () => (child === null ? 0 : waitingSamples() / voiceSampleRate),
		droppedSeconds: () => droppedSamples / voiceSampleRate,
		pid: () => child?.pid ?? null,
		close: letGo,
	};
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

function startChild(): Child {
	const path = new URL(`./voice-activity-child${extname(import.meta.url)}`, import.meta.url);
	const env: NodeJS.ProcessEnv = { MALLOC_ARENA_MAX: "2" };
	for (const name of passedOn) if (process.env[name] !== undefined) env[name] = process.env[name];
	return spawn(process.execPath, ["--max-semi-space-size=1", fileURLToPath(path)], {
		env,
		stdio: ["pipe", "pipe", "ignore"],
		// Ctrl-C on a terminal ends a recording; what it may still have to say is waited for.
		detached: process.platform !== "win32",
		windowsHide: true,
	});
}

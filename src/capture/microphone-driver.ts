import { setTimeout as sleep } from "node:timers/promises";
import { OnwaxError } from "../errors.ts";
import { frameBytes, type SampleFormat } from "./capture.ts";
import type { Microphone, MicrophoneEvents } from "./microphone.ts";
import { type Ending, startProcess } from "./microphone-process.ts";
import type { Follower, MicrophoneProgram, Refusal, Said } from "./microphone-program.ts";

/** A device that is open and silent for so long counts as open. */
const silentMs = 3000;
/** So long a program may take to say that its device is open. */
const answerMs = 5000;

export type Started = { microphone: Microphone } | { refusal: Refusal };

type Opening = "heard" | "silent" | "over";

/**
 * Runs one program as a microphone: cuts its output into whole frames, and its end into reasons.
 * Resolves with its first samples, when it is open and stays silent, or when it cannot hear.
 *
 * @param device an id that this program knows
 * @param signal ends the opening: the program is gone before this throws
 * @throws ERR_UNSUPPORTED where the program cannot hear like that; the signal's reason
 */
export async function startMicrophone(
	program: MicrophoneProgram,
	format: SampleFormat,
	device: string | null,
	env: NodeJS.ProcessEnv,
	events: MicrophoneEvents,
	signal?: AbortSignal,
): Promise<Started> {
	signal?.throwIfAborted();
	const command = program.command(format, device);
	const frameSize = frameBytes(format);
	let state: "opening" | "open" | "closing" | "over" = "opening";
	let listening: string | null = null;
	let trouble: Extract<Said, { kind: "trouble" }> | null = null;
	/** What it said last that nobody understands: the only reason there may be. */
	let chatter: string | null = null;
	let torn: Buffer | null = null;
	let heard: () => void = () => {};
	let follower: Follower | null = null;

	function onBytes(chunk: Buffer): void {
		const bytes: Buffer = torn === null ? chunk : Buffer.concat([torn, chunk]);
		const whole = bytes.length - (bytes.length % frameSize);
		torn = whole === bytes.length ? null : bytes.subarray(whole);
		if (whole === 0) return;
		if (state === "opening") state = "open";
		events.onFrames(torn === null ? bytes : bytes.subarray(0, whole));
		heard();
	}

	function onListening(name: string): void {
		if (name === listening) return;
		const isMove = listening !== null && state === "open";
		listening = name;
		if (isMove) events.onMoved(name);
	}

	const child = startProcess(command, env, program.endsWithInput ?? false, {
		onBytes,
		onLine(line) {
			const said = program.read(line);
			if (said === null) chatter = line;
			else if (said.kind === "listening") onListening(said.device);
			else if (said.kind === "trouble") {
				trouble ??= said;
				// It may go on all the same, with something else than what was asked for.
				if (said.code === "ERR_UNSUPPORTED") child.kill();
			} else if (state === "open") events.onOverrun();
		},
	});
	const over = child.over.then((ending) => {
		const before = state;
		state = "over";
		follower?.stop();
		heard();
		if (before === "open") events.onGone(goneError(refusalOf(ending)));
		return ending;
	});
	if (child.pid !== undefined) follower = program.follow?.(child.pid, env, onListening) ?? null;

	function refusalOf({ errorCode, status, signal, wentSilent }: Ending): Refusal {
		const { name, installHint, troubleHint } = program;
		const refusal = { code: "ERR_NO_SOUND_DEVICE", hint: troubleHint, isMissing: false } as const;
		if (errorCode === "ENOENT") {
			return { ...refusal, reason: "is not installed", hint: installHint, isMissing: true };
		}
		if (errorCode === "EACCES") {
			const hint = `Make ${command[0] ?? name} executable.`;
			return { ...refusal, reason: "may not be run", hint };
		}
		if (errorCode !== null) return { ...refusal, reason: `cannot be started (${errorCode})` };
		if (trouble) {
			return { ...refusal, code: trouble.code ?? refusal.code, reason: `says: ${trouble.message}` };
		}
		if (wentSilent) return { ...refusal, reason: "closed its output" };
		const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
		return { ...refusal, reason: chatter === null ? how : `${how}, saying: ${chatter}` };
	}

	function goneError({ code, reason, hint }: Refusal): OnwaxError {
		const from = listening === null ? "" : ` (${listening})`;
		return new OnwaxError(code, `The microphone${from} went away: ${program.name} ${reason}`, {
			retryable: true,
			hint,
		});
	}

	async function untilOpen(): Promise<Opening> {
		const first = new Promise<Opening>((resolve) => {
			heard = () => resolve(state === "over" ? "over" : "heard");
			if (state !== "opening") heard();
		});
		const isSilent = new AbortController();
		const opening = await Promise.race([first, untilSilent(isSilent.signal)]);
		isSilent.abort();
		heard = () => {};
		return opening;
	}

	/** Resolves when it is open without a sound, or, where it does not get so far, has been ended. */
	async function untilSilent(signal: AbortSignal): Promise<Opening> {
		const passed = (ms: number) => sleep(ms, undefined, { signal }).then(null, () => undefined);
		await passed(silentMs);
		for (let waitedMs = silentMs; !signal.aborted && waitedMs < answerMs; waitedMs += 500) {
			if (!program.tellsWhenOpen) return "silent";
			if (listening === null) listening = (await follower?.ask()) ?? null;
			if (listening !== null) return "silent";
			await passed(500);
		}
		if (signal.aborted) return "heard";
		trouble ??= { kind: "trouble", message: "nothing; the sound system does not answer" };
		child.kill();
		await over;
		return "over";
	}

	function giveUp(): void {
		if (state !== "over") state = "closing";
		follower?.stop();
		child.kill();
	}

	signal?.addEventListener("abort", giveUp, { once: true });
	try {
		const opening = await untilOpen();
		if (opening === "over" && !signal?.aborted) return { refusal: refusalOf(await over) };
		if (state === "opening") state = "open";
		if (!signal?.aborted) listening ??= (await follower?.ask()) ?? null;
	} finally {
		signal?.removeEventListener("abort", giveUp);
	}
	if (signal?.aborted) {
		await over;
		throw signal.reason;
	}

	return {
		microphone: {
			get device() {
				return listening ?? device ?? "default";
			},
			hold: child.hold,
			proceed: child.proceed,
			async close() {
				if (state === "open") {
					state = "closing";
					follower?.stop();
					child.proceed();
					await untilCaughtUp();
				}
				await child.end();
				await over;
			},
		},
	};

	/** What was heard when this is called has arrived: with a block that came half a latency later, or never. */
	async function untilCaughtUp(): Promise<void> {
		const askedAt = performance.now();
		const { latencyMs } = program;
		const late = new AbortController();
		const caughtUp = new Promise<void>((resolve) => {
			heard = () => {
				if (state === "over" || performance.now() - askedAt >= latencyMs / 2) resolve();
			};
		});
		const enough = sleep(latencyMs * 1.5, undefined, { signal: late.signal }).catch(() => {});
		await Promise.race([caughtUp, enough]);
		late.abort();
	}
}

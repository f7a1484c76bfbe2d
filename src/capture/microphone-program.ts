import type { ErrorCode } from "../errors.ts";
import type { SampleFormat } from "./capture.ts";
import type { InputDevice } from "./microphone.ts";

/** What a program can tell about itself, in a line on stderr. */
export type Said =
	/** The device is open (or, when it was open already, another one took its place). */
	| { kind: "listening"; device: string }
	| { kind: "overrun" }
	/** Why it cannot go on, in the sound system's words. */
	| { kind: "trouble"; message: string; code?: ErrorCode };

/** Looks after a running program from outside, for what it does not say itself. */
export type Follower = {
	/** The device that it listens to; null where that cannot be found out (not yet, or at all). */
	ask(): Promise<string | null>;
	stop(): void;
};

/**
 * A program that hears: it writes raw samples (signed 16-bit little-endian, interleaved) to its
 * standard output until SIGTERM, and why it cannot to its standard error, in English (LC_ALL=C).
 */
export type MicrophoneProgram = {
	/** What people know it by: `parec`. */
	readonly name: string;
	/**
	 * The program and its arguments.
	 * @param device an id of its own devices; null for the system's default
	 * @throws ERR_UNSUPPORTED where it cannot hear like that
	 */
	command(format: SampleFormat, device: string | null): string[];
	/** Understands a line that it said; null for chatter. */
	read(line: string): Said | null;
	/** How far what it hands over may lag behind what was heard. */
	readonly latencyMs: number;
	/** It says, or its follower knows, when the device is open: silence without that is no microphone. */
	readonly tellsWhenOpen: boolean;
	/** It ends when its standard input does; so it needs no signal, and survives nobody. */
	readonly endsWithInput?: boolean;
	/** @param onListening told of each change to another device */
	follow?(pid: number, env: NodeJS.ProcessEnv, onListening: (device: string) => void): Follower;
	/** Its devices; null where it cannot say (not installed, no sound server). */
	listDevices(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<InputDevice[] | null>;
	/** True where an id that is in no list may still be one. */
	takesUnlisted?(device: string): boolean;
	/** What to do when it is not there. */
	readonly installHint: string;
	/** What to do when it is there and hears nothing. */
	readonly troubleHint: string;
};

/** Why a program could not be used. */
export type Refusal = {
	code: ErrorCode;
	/** Goes on after its name: `is not installed`, `says: Connection refused`. */
	reason: string;
	hint: string;
	/** It is not on this machine: less interesting than what another one says. */
	isMissing: boolean;
};

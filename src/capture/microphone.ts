import type { OnwaxError } from "../errors.ts";
import type { SampleFormat } from "./capture.ts";

/**
 * A microphone that is open. Whatever it is made of runs in a process of its own: a sound library
 * that crashes costs that process, and the file belongs to ours.
 */
export type Microphone = {
	/** What is heard through, in the sound system's words. */
	readonly device: string;
	/** Lets samples wait in the device's buffer (a disk that is slower than the device). */
	hold(): void;
	proceed(): void;
	/** Ends it; what it had heard until now is handed over first. Nothing comes after this resolves. */
	close(): Promise<void>;
};

export type MicrophoneEvents = {
	/** Whole frames, in order. The bytes are the callee's. */
	onFrames(frames: Buffer): void;
	/** The sound system went on with another device. */
	onMoved(device: string): void;
	/** The sound system says that it dropped samples. */
	onOverrun(): void;
	/** It went away without `close()`. At most once, and nothing after it. */
	onGone(reason: OnwaxError): void;
};

/**
 * Opens a microphone: the one that `device` names, or the system's default. Resolves with the first
 * samples, or where a device is open and stays silent for three seconds.
 *
 * @throws ERR_NO_SOUND_DEVICE, ERR_AMBIGUOUS (several devices have such a name), ERR_UNSUPPORTED (that
 *   rate or number of channels); the signal's reason, once nothing of the opening is left running
 */
export type OpenMicrophone = (
	format: SampleFormat,
	device: string | null,
	events: MicrophoneEvents,
	/** Ends an opening that is under way. A microphone that is open takes no notice of it. */
	signal?: AbortSignal,
) => Promise<Microphone>;

/** An input that can be chosen. */
export type InputDevice = {
	/** What `--device` takes; stable across starts. */
	id: string;
	/** In words. */
	name: string;
	isDefault: boolean;
	/** Hears what the machine plays, instead of a microphone. */
	isMonitor: boolean;
	channels: number | null;
	sampleRate: number | null;
};

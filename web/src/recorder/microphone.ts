import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import { openGraphSource } from "./graph-source.ts";
import type { Preferences } from "./preferences.ts";
import type { SoundSource, SourceEvents } from "./sound-source.ts";
import { openTrackSource } from "./track-source.ts";

/** What a person is told where no recording can begin: what it is, and what to do. */
export class MicrophoneError extends Error {
	readonly hint: string;
	/** Somebody said no. */
	readonly isRefused: boolean;
	constructor(message: string, hint: string, isRefused = false) {
		super(message);
		this.hint = hint;
		this.isRefused = isRefused;
	}
}

export type MicrophoneOptions = Preferences & RecordingFormat;

export type Microphone = {
	/** Takes turns with the recording's worker: blocks of 16-bit samples, then null for the end. */
	samples: MessagePort;
	sampleRate: number;
	/** What happens to the device from now on, and first what has happened already. */
	listen(told: (change: DeviceChange, label: string) => void): void;
	/** Hands over what it still has, and lets go of the device. */
	stop(): void;
};

/** `refused`: this page may not listen any more. `halted`: the browser runs no sound for this page. */
export type DeviceChange =
	| ("gone" | "refused" | "back")
	| ("muted" | "unmuted")
	| ("halted" | "running");

const lookAgainMs = 1000;

/** @throws MicrophoneError */
export async function openMicrophone(options: MicrophoneOptions): Promise<Microphone> {
	if (!window.isSecureContext || navigator.mediaDevices === undefined)
		throw new MicrophoneError(
			"Browsers give the microphone only to pages that came over a secure connection.",
			"Open Onwax at http://localhost or http://127.0.0.1 on its own computer, or put it behind HTTPS.",
		);
	const permission = await permissionNow();
	let stream = await listen(options);
	let listener: (change: DeviceChange, label: string) => void = () => {};
	let label = "";
	let isAttached = false;
	let isStopped = false;
	let isLooking = false;
	let again: ReturnType<typeof setTimeout> | null = null;
	const told = (change: DeviceChange) => {
		if (!isStopped) listener(change, label);
	};

	const attach = (from: MediaStream) => {
		const track = from.getAudioTracks()[0];
		source.attach(from);
		isAttached = true;
		stream = from;
		label = track?.label || "the microphone";
		const mute = () => {
			source.muted(isMuted(from));
			told(isMuted(from) ? "muted" : "unmuted");
		};
		track?.addEventListener("ended", () => lost(0));
		track?.addEventListener("mute", mute);
		track?.addEventListener("unmute", mute);
		source.muted(isMuted(from));
		if (isMuted(from)) told("muted");
		// It may have gone before anybody listened.
		if (track?.readyState === "ended") lost(lookAgainMs);
	};
	const lost = (lookAfterMs: number) => {
		if (isStopped || !isAttached) return;
		isAttached = false;
		source.detach();
		letGoOf(stream);
		told("gone");
		// Not by a timer: hidden pages wait for those.
		if (lookAfterMs === 0) void goOn();
		else again = setTimeout(goOn, lookAfterMs);
	};
	/** One look at a time: devices come with several events, and two streams would be heard as one too loud. */
	const goOn = async () => {
		if (isStopped || isLooking || isAttached) return;
		if (again !== null) clearTimeout(again);
		isLooking = true;
		try {
			const found = await listen(options);
			if (isStopped) return letGoOf(found);
			try {
				attach(found);
			} catch (error) {
				letGoOf(found);
				throw error;
			}
			if (isAttached) told("back");
		} catch (error) {
			// Asked again when something has changed: some browsers put the question to their person each time.
			if (error instanceof MicrophoneError && error.isRefused) told("refused");
			else if (!isStopped) again = setTimeout(goOn, lookAgainMs);
		} finally {
			isLooking = false;
		}
	};
	const source = await openSource(options, stream, {
		halted: (isHalted) => told(isHalted ? "halted" : "running"),
		failed: () => lost(lookAgainMs),
	}).catch((error: unknown) => {
		letGoOf(stream);
		throw inWords(error);
	});
	try {
		attach(stream);
	} catch (error) {
		source.stop(() => letGoOf(stream));
		throw inWords(error);
	}
	permission?.addEventListener("change", goOn);
	navigator.mediaDevices.addEventListener("devicechange", goOn);
	return {
		samples: source.samples,
		sampleRate: source.sampleRate,
		listen(told) {
			listener = told;
			if (!isAttached) told("gone", label);
			else if (isMuted(stream)) told("muted", label);
		},
		stop() {
			isStopped = true;
			permission?.removeEventListener("change", goOn);
			if (again !== null) clearTimeout(again);
			navigator.mediaDevices.removeEventListener("devicechange", goOn);
			source.stop(() => letGoOf(stream));
		},
	};
}

/** The way that keeps what is late, where this browser has it. */
async function openSource(
	format: RecordingFormat,
	stream: MediaStream,
	told: SourceEvents,
): Promise<SoundSource> {
	return (
		(await openTrackSource(format, stream, told)) ?? (await openGraphSource(format, stream, told))
	);
}

function isMuted(stream: MediaStream): boolean {
	return stream.getAudioTracks()[0]?.muted === true;
}

/** Tells when it changes; null where a browser does not. */
async function permissionNow(): Promise<PermissionStatus | null> {
	try {
		return await navigator.permissions.query({ name: "microphone" as PermissionName });
	} catch {
		return null;
	}
}

function letGoOf(stream: MediaStream): void {
	for (const track of stream.getTracks()) track.stop();
}

async function listen(options: MicrophoneOptions): Promise<MediaStream> {
	const { deviceId, processing, channels } = options;
	const audio: MediaTrackConstraints = {
		channelCount: { ideal: channels },
		echoCancellation: processing,
		noiseSuppression: processing,
		autoGainControl: processing,
	};
	const { mediaDevices } = navigator;
	try {
		if (deviceId !== null)
			return await mediaDevices.getUserMedia({
				audio: { ...audio, deviceId: { exact: deviceId } },
			});
	} catch (error) {
		// The one that was chosen is not there: any other is better than none.
		if (!isNamed(error, "OverconstrainedError", "NotFoundError")) throw inWords(error);
	}
	try {
		return await mediaDevices.getUserMedia({ audio });
	} catch (error) {
		throw inWords(error);
	}
}

function isNamed(error: unknown, ...names: string[]): boolean {
	return error instanceof Error && names.includes(error.name);
}

function inWords(error: unknown): MicrophoneError {
	if (isNamed(error, "NotAllowedError", "SecurityError"))
		return new MicrophoneError(
			"This page may not use the microphone.",
			"Allow it in the browser (the sign beside the address), and in the system's privacy settings; then press Record again.",
			true,
		);
	if (isNamed(error, "NotFoundError", "OverconstrainedError"))
		return new MicrophoneError(
			"There is no microphone here.",
			"Plug one in, or switch it on; then press Record again.",
		);
	if (isNamed(error, "NotReadableError", "AbortError"))
		return new MicrophoneError(
			"The microphone does not answer.",
			"Another program may be using it: close that one, or choose another input.",
		);
	return new MicrophoneError(
		`The microphone could not be opened: ${error instanceof Error ? error.message : String(error)}`,
		"Try again, or choose another input.",
	);
}

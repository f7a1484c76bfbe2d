import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import workletUrl from "./capture-worklet.ts?worker&url";
import type { Preferences } from "./preferences.ts";

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
	const opened = await openNode(options, stream).catch((error: unknown) => {
		letGoOf(stream);
		throw inWords(error);
	});
	const { context, node } = opened;
	let source: MediaStreamAudioSourceNode | null = null;
	let label = "";
	let isStopped = false;
	let isLooking = false;
	let listener: (change: DeviceChange, label: string) => void = () => {};
	const told = (change: DeviceChange) => {
		if (!isStopped) listener(change, label);
	};
	let again: ReturnType<typeof setTimeout> | null = null;

	const attach = (from: MediaStream) => {
		const track = from.getAudioTracks()[0];
		source = context.createMediaStreamSource(from);
		source.connect(node);
		stream = from;
		label = track?.label || "the microphone";
		track?.addEventListener("ended", lost);
		track?.addEventListener("mute", () => told("muted"));
		track?.addEventListener("unmute", () => told("unmuted"));
		if (isMuted(from)) told("muted");
	};
	const lost = () => {
		if (isStopped) return;
		source?.disconnect();
		source = null;
		letGoOf(stream);
		told("gone");
		void goOn();
	};
	/** One look at a time: devices come with several events, and two streams would be heard as one too loud. */
	const goOn = async () => {
		if (isStopped || isLooking || source !== null) return;
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
			told("back");
		} catch (error) {
			// Asked again when something has changed: some browsers put the question to their person each time.
			if (error instanceof MicrophoneError && error.isRefused) told("refused");
			else if (!isStopped) again = setTimeout(goOn, lookAgainMs);
		} finally {
			isLooking = false;
		}
	};
	const { port1, port2 } = new MessageChannel();
	const wake = () => {
		if (context.state === "running" || isStopped) return;
		// Refused until somebody touches the page, where the browser wants that.
		void context.resume().catch(() => {});
	};
	const stateChanged = () => {
		if (isStopped) return;
		told(context.state === "running" ? "running" : "halted");
		wake();
	};
	const wakers = ["visibilitychange", "pointerdown", "keydown"] as const;
	try {
		attach(stream);
	} catch (error) {
		letGoOf(stream);
		void context.close();
		throw inWords(error);
	}
	for (const event of wakers) document.addEventListener(event, wake);
	permission?.addEventListener("change", goOn);
	navigator.mediaDevices.addEventListener("devicechange", goOn);
	node.port.postMessage({ out: port1 }, [port1]);
	// What a browser refuses without a touch of the page is told, and does not keep the recording from beginning.
	wake();
	context.addEventListener("statechange", stateChanged);
	return {
		samples: port2,
		sampleRate: context.sampleRate,
		listen(told) {
			listener = told;
			if (source === null) told("gone", label);
			else if (isMuted(stream)) told("muted", label);
		},
		stop() {
			isStopped = true;
			permission?.removeEventListener("change", goOn);
			if (again !== null) clearTimeout(again);
			navigator.mediaDevices.removeEventListener("devicechange", goOn);
			for (const event of wakers) document.removeEventListener(event, wake);
			node.port.postMessage("stop");
			letGoOf(stream);
			// The worklet needs a moment to hand over its last block.
			setTimeout(() => void context.close(), 500);
		},
	};
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

/** At the wanted rate, where the browser can change to it; what a microphone has other channels is mixed to these. */
async function openNode({ sampleRate, channels }: MicrophoneOptions, stream: MediaStream) {
	let context = new AudioContext({ sampleRate, latencyHint: "balanced" });
	try {
		try {
			context.createMediaStreamSource(stream);
		} catch {
			await context.close();
			context = new AudioContext({ latencyHint: "balanced" });
		}
		await context.audioWorklet.addModule(workletUrl);
		const node = new AudioWorkletNode(context, "onwax-capture", {
			...{ numberOfInputs: 1, numberOfOutputs: 1, channelCount: channels },
			...{ channelCountMode: "explicit", processorOptions: { channels } },
		});
		// A node that leads nowhere is not run by every browser; it gives nothing but silence.
		node.connect(context.destination);
		return { context, node };
	} catch (error) {
		await context.close();
		throw error;
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

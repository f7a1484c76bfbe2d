import workletUrl from "./capture-worklet.ts?worker&url";

/** What a person is told where no recording can begin: what it is, and what to do. */
export class MicrophoneError extends Error {
	readonly hint: string;
	constructor(message: string, hint: string) {
		super(message);
		this.hint = hint;
	}
}

export type MicrophoneOptions = {
	/** As `enumerateDevices` names it; null: the system's own choice. */
	deviceId: string | null;
	sampleRate: number;
	/** Echo and noise are taken out, and the level is levelled, by the browser. */
	processing: boolean;
};

export type Microphone = {
	/** Takes turns with the recording's worker: blocks of 16-bit samples, then null for the end. */
	samples: MessagePort;
	sampleRate: number;
	label(): string;
	/** Hands over what it still has, and lets go of the device. */
	stop(): void;
};

const lookAgainMs = 1000;

/** @throws MicrophoneError */
export async function openMicrophone(
	options: MicrophoneOptions,
	told: (change: "gone" | "back" | "muted" | "unmuted", label: string) => void,
): Promise<Microphone> {
	if (!window.isSecureContext || navigator.mediaDevices === undefined)
		throw new MicrophoneError(
			"Browsers give the microphone only to pages that came over a secure connection.",
			"Open Onwax at http://localhost or http://127.0.0.1 on its own computer, or put it behind HTTPS.",
		);
	let stream = await listen(options);
	const context = await openContext(options.sampleRate, stream);
	await context.audioWorklet.addModule(workletUrl);
	const node = new AudioWorkletNode(context, "onwax-capture", {
		...{ numberOfInputs: 1, numberOfOutputs: 1, channelCountMode: "max" },
	});
	// A node that leads nowhere is not run by every browser; it gives nothing but silence.
	node.connect(context.destination);
	let source: MediaStreamAudioSourceNode | null = null;
	let label = "";
	let isStopped = false;
	let again: ReturnType<typeof setTimeout> | null = null;

	const attach = (from: MediaStream) => {
		stream = from;
		const track = from.getAudioTracks()[0];
		label = track?.label || "the microphone";
		source = context.createMediaStreamSource(from);
		source.connect(node);
		track?.addEventListener("ended", lost);
		track?.addEventListener("mute", () => told("muted", label));
		track?.addEventListener("unmute", () => told("unmuted", label));
		if (track?.muted) told("muted", label);
	};
	const lost = () => {
		if (isStopped) return;
		source?.disconnect();
		source = null;
		told("gone", label);
		void goOn();
	};
	const goOn = async () => {
		if (again !== null) clearTimeout(again);
		again = null;
		if (isStopped || source !== null) return;
		try {
			attach(await listen(options));
			told("back", label);
		} catch {
			again = setTimeout(() => void goOn(), lookAgainMs);
		}
	};
	const { port1, port2 } = new MessageChannel();
	const wake = () => {
		if (context.state !== "running" && !isStopped) void context.resume();
	};
	context.addEventListener("statechange", wake);
	document.addEventListener("visibilitychange", wake);
	navigator.mediaDevices.addEventListener("devicechange", goOn);
	await context.resume();
	attach(stream);
	node.port.postMessage({ out: port1 }, [port1]);
	return {
		samples: port2,
		sampleRate: context.sampleRate,
		label: () => label,
		stop() {
			isStopped = true;
			if (again !== null) clearTimeout(again);
			navigator.mediaDevices.removeEventListener("devicechange", goOn);
			document.removeEventListener("visibilitychange", wake);
			node.port.postMessage("stop");
			for (const track of stream.getTracks()) track.stop();
			// The worklet needs a moment to hand over its last block.
			setTimeout(() => void context.close(), 500);
		},
	};
}

async function listen({ deviceId, processing }: MicrophoneOptions): Promise<MediaStream> {
	const audio: MediaTrackConstraints = {
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

/** At the wanted rate, where the browser can change to it. */
async function openContext(sampleRate: number, stream: MediaStream): Promise<AudioContext> {
	const context = new AudioContext({ sampleRate, latencyHint: "balanced" });
	try {
		context.createMediaStreamSource(stream);
		return context;
	} catch {
		await context.close();
		return new AudioContext({ latencyHint: "balanced" });
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

import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import workletUrl from "./capture-worklet.ts?worker&url";
import type { SoundSource, SourceEvents } from "./sound-source.ts";

/**
 * By Web Audio, which every browser has. It runs on a schedule: where the computer has no time for it at the right
 * moment, some ms are lost, and nobody is told.
 *
 * @param stream to find out what the browser can do with it; it is not attached
 */
export async function openGraphSource(
	format: RecordingFormat,
	stream: MediaStream,
	told: SourceEvents,
): Promise<SoundSource> {
	const { context, node } = await openNode(format, stream);
	const { port1, port2 } = new MessageChannel();
	let source: MediaStreamAudioSourceNode | null = null;
	let isStopped = false;
	const wake = () => {
		if (context.state === "running" || isStopped) return;
		// Refused until somebody touches the page, where the browser wants that.
		void context.resume().catch(() => {});
	};
	const wakers = ["visibilitychange", "pointerdown", "keydown"] as const;
	for (const event of wakers) document.addEventListener(event, wake);
	node.port.postMessage({ out: port1 }, [port1]);
	// What a browser refuses without a touch of the page is told, and does not keep the recording from beginning.
	wake();
	context.addEventListener("statechange", () => {
		if (isStopped) return;
		told.halted(context.state !== "running");
		wake();
	});
	return {
		samples: port2,
		sampleRate: context.sampleRate,
		attach(from) {
			source = context.createMediaStreamSource(from);
			source.connect(node);
		},
		detach() {
			source?.disconnect();
			source = null;
		},
		// The graph goes on by itself, and hears silence.
		muted() {},
		stop(released) {
			isStopped = true;
			for (const event of wakers) document.removeEventListener(event, wake);
			node.port.postMessage("stop");
			released();
			// The worklet needs a moment to hand over its last block.
			setTimeout(() => void context.close(), 500);
		},
	};
}

/** At the wanted rate, where the browser can change to it; what a microphone has other channels is mixed to these. */
async function openNode({ sampleRate, channels }: RecordingFormat, stream: MediaStream) {
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

/** Runs where the sound is: turns it into 16-bit samples and hands them to the worker, past the page's own thread. */
import { createSampleBlocks, type SampleBlocks } from "./sample-blocks.ts";

declare const sampleRate: number;
declare class AudioWorkletProcessor {
	readonly port: MessagePort;
}
type Options = { processorOptions: { channels: number } };
declare function registerProcessor(
	name: string,
	processor: new (options: Options) => AudioWorkletProcessor,
): void;

// The platform asks for a class here.
class Capture extends AudioWorkletProcessor {
	#out: MessagePort | null = null;
	readonly #blocks: SampleBlocks;
	#isOver = false;

	constructor({ processorOptions: { channels } }: Options) {
		super();
		this.#blocks = createSampleBlocks(sampleRate, channels, (block) =>
			this.#out?.postMessage(block, [block.buffer]),
		);
		this.port.onmessage = ({ data }: MessageEvent<{ out: MessagePort } | "stop">) => {
			if (data !== "stop") {
				this.#out = data.out;
				return;
			}
			this.#blocks.end();
			this.#isOver = true;
			this.#out?.postMessage(null);
		};
	}

	process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
		if (this.#isOver) return false;
		if (this.#out === null) return true;
		this.#blocks.add(inputs[0] ?? [], outputs[0]?.[0]?.length ?? 128);
		return true;
	}
}

registerProcessor("onwax-capture", Capture);

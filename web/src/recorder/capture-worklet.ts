/** Runs where the sound is: turns it into 16-bit samples and hands them to the worker, past the page's own thread. */

declare const sampleRate: number;
declare class AudioWorkletProcessor {
	readonly port: MessagePort;
}
type Options = { processorOptions: { channels: number } };
declare function registerProcessor(
	name: string,
	processor: new (options: Options) => AudioWorkletProcessor,
): void;

/** What a tab that dies has not handed over yet, at most. */
const blockSeconds = 0.05;

// The platform asks for a class here.
class Capture extends AudioWorkletProcessor {
	#out: MessagePort | null = null;
	readonly #channels: number;
	readonly #block: Int16Array;
	#filled = 0;
	#isOver = false;

	constructor({ processorOptions: { channels } }: Options) {
		super();
		this.#channels = channels;
		this.#block = new Int16Array(Math.round(sampleRate * blockSeconds) * channels);
		this.port.onmessage = ({ data }: MessageEvent<{ out: MessagePort } | "stop">) => {
			if (data !== "stop") {
				this.#out = data.out;
				return;
			}
			this.#hand();
			this.#isOver = true;
			this.#out?.postMessage(null);
		};
	}

	process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
		if (this.#isOver) return false;
		if (this.#out === null) return true;
		const input = inputs[0] ?? [];
		const frames = outputs[0]?.[0]?.length ?? 128;
		for (let frame = 0; frame < frames; frame++) {
			for (let channel = 0; channel < this.#channels; channel++) {
				// Where there is no input at this moment there is silence, so that times stay true.
				const value = input[channel]?.[frame] ?? 0;
				const clamped = Math.max(-1, Math.min(1, value));
				this.#block[this.#filled++] = Math.round(clamped * (clamped < 0 ? 32768 : 32767));
			}
			if (this.#filled === this.#block.length) this.#hand();
		}
		return true;
	}

	#hand(): void {
		const samples = this.#block.slice(0, this.#filled);
		this.#filled = 0;
		if (samples.length > 0) this.#out?.postMessage(samples, [samples.buffer]);
	}
}

registerProcessor("onwax-capture", Capture);

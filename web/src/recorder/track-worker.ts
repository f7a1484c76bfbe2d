/// <reference lib="webworker" />
/** Does nothing but read the microphone's tracks: it has time when there is sound, whatever page and disk are doing. */
import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import { sharedNowMs } from "./shared-clock.ts";
import { createTrackSound, type TrackSound } from "./track-sound.ts";

declare const self: DedicatedWorkerGlobalScope;

/** Times are of `sharedNowMs`. */
export type ToTrackWorker =
	| { type: "begin"; samples: MessagePort; format: RecordingFormat }
	| { type: "track"; readable: ReadableStream<AudioData>; atMs: number }
	| { type: "muted"; isMuted: boolean }
	| { type: "stop"; atMs: number };

/** `done`: the last block was handed over. `failed`: a track could not be read on. */
export type FromTrackWorker = "ready" | "done" | "failed";

const tickMs = 50;
let sound: TrackSound | null = null;
/** One track after the other: the next one begins when the last one is read to its end. */
let reading: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToTrackWorker>) => {
	if (data.type === "begin") begin(data.samples, data.format);
	else if (data.type === "track")
		reading = reading.then(() => read(data.readable, data.atMs)).catch(() => tell("failed"));
	else if (data.type === "muted") sound?.muted(data.isMuted, sharedNowMs());
	else sound?.stop(Math.min(data.atMs, sharedNowMs()), sharedNowMs());
};
tell("ready");

function tell(message: FromTrackWorker): void {
	self.postMessage(message);
}

function begin(samples: MessagePort, format: RecordingFormat): void {
	sound = createTrackSound(format, (block) => {
		samples.postMessage(block, block === null ? [] : [block.buffer]);
		if (block === null) tell("done");
	});
	setInterval(() => sound?.tick(sharedNowMs()), tickMs);
}

async function read(readable: ReadableStream<AudioData>, atMs: number): Promise<void> {
	sound?.began(Math.min(atMs, sharedNowMs()));
	const reader = readable.getReader();
	try {
		for (;;) {
			const askedMs = sharedNowMs();
			const { done, value } = await reader.read();
			if (done) return;
			const { sampleRate } = value;
			const planes = planesOf(value);
			value.close();
			sound?.arrived(planes, sampleRate, askedMs, sharedNowMs());
		}
	} finally {
		sound?.ended();
	}
}

function planesOf(data: AudioData): Float32Array[] {
	return Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
		const plane = new Float32Array(data.numberOfFrames);
		data.copyTo(plane, { planeIndex, format: "f32-planar" });
		return plane;
	});
}

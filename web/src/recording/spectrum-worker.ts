import { type Spectrogram, spectrogramOf } from "./spectrum.ts";

export type SpectrumTask = { samples: Int16Array; columns: number };

self.onmessage = ({ data }: MessageEvent<SpectrumTask>) => {
	const spectrogram: Spectrogram = spectrogramOf(data.samples, data.columns);
	self.postMessage(spectrogram, { transfer: [spectrogram.levels.buffer as ArrayBuffer] });
};

import { voiceSampleRate } from "./sixteen-kilohertz.ts";

export type VoiceEnergy = {
	/** 16 kHz mono; true where the end of it is as loud as speech in this room would be. */
	hear(samples: Int16Array): boolean;
};

export const windowSamples = 512;
const windowsPerSecond = voiceSampleRate / windowSamples;

/** Speech pauses between syllables and words: the quietest window of two seconds is the room. */
const floorWindows = Math.round(2 * windowsPerSecond);
const aboveFloorDb = 10;
const lowestFloorDbfs = -60;

/** A click is over sooner … */
const onWindows = 3;
/** … and a pause between words is shorter. */
const offWindows = Math.round(0.3 * windowsPerSecond);

/**
 * Tells speech by loudness alone: well above the quietest moment of the last two seconds (the idea of
 * minimum statistics, R. Martin 2001). A hum or a fan becomes the room; music does not. It stands in
 * where the real detector cannot run.
 */
export function createVoiceEnergy(): VoiceEnergy {
	const recentDbfs: number[] = [];
	let sumOfSquares = 0;
	let filled = 0;
	let loudFor = 0;
	let quietFor = 0;
	let speaks = false;

	const judge = (dbfs: number) => {
		recentDbfs.push(dbfs);
		if (recentDbfs.length > floorWindows) recentDbfs.shift();
		const floorDbfs = Math.max(lowestFloorDbfs, Math.min(...recentDbfs));
		const isLoud = dbfs > floorDbfs + aboveFloorDb;
		loudFor = isLoud ? loudFor + 1 : 0;
		quietFor = isLoud ? 0 : quietFor + 1;
		if (loudFor >= onWindows) speaks = true;
		if (quietFor >= offWindows) speaks = false;
	};
	return {
		hear: (samples) => {
			for (const sample of samples) {
				sumOfSquares += sample * sample;
				if (++filled < windowSamples) continue;
				judge(10 * Math.log10(sumOfSquares / windowSamples / 32768 ** 2));
				sumOfSquares = 0;
				filled = 0;
			}
			return speaks;
		},
	};
}

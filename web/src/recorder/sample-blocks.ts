/** What a tab that dies has not handed over yet, at most. */
const blockSeconds = 0.05;

export type SampleBlocks = {
	/** From -1 to 1, one plane for each channel. A channel that is not there is silent, so that times stay true. */
	add(planes: readonly Float32Array[], frames: number): void;
	/** Hands over what has begun. */
	end(): void;
};

/** Makes blocks of 16-bit samples, interleaved. */
export function createSampleBlocks(
	sampleRate: number,
	channels: number,
	hand: (block: Int16Array<ArrayBuffer>) => void,
): SampleBlocks {
	const block = new Int16Array(Math.round(sampleRate * blockSeconds) * channels);
	let filled = 0;
	const end = () => {
		if (filled > 0) hand(block.slice(0, filled));
		filled = 0;
	};
	return {
		end,
		add(planes, frames) {
			for (let frame = 0; frame < frames; frame++) {
				for (let channel = 0; channel < channels; channel++) {
					const clamped = Math.max(-1, Math.min(1, planes[channel]?.[frame] ?? 0));
					block[filled++] = Math.round(clamped * (clamped < 0 ? 32768 : 32767));
				}
				if (filled === block.length) end();
			}
		},
	};
}

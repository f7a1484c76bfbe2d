import { setTimeout as sleep } from "node:timers/promises";
import type { OnwaxError } from "../errors.ts";
import type { Level, SampleFormat } from "./capture.ts";
import { createMeter, type Heard } from "./levels.ts";
import type { OpenMicrophone } from "./microphone.ts";

export type Trial = {
	/** In the sound system's words. */
	device: string;
	/** Seconds of audio that came. */
	heardSeconds: number;
	verdict: "sound" | "quiet" | "clipping" | "silence" | "nothing";
	/** Of the loudest tenth of a second; null where nothing came. */
	level: Level | null;
};

const blockMs = 100;
/** Speech into a microphone that is set up for it peaks well above; a room without speech stays below. */
const speechPeakDbfs = -40;
/** A click may hit the end of the scale; speech that does so in several blocks is cut off. */
const clippedBlocks = 3;

/**
 * Listens to a microphone, keeps nothing, and judges what came.
 *
 * @throws what opening throws; the signal's reason; what the microphone said when it went away
 */
export async function listenFor(
	open: OpenMicrophone,
	format: SampleFormat,
	device: string | null,
	options: { seconds: number; signal: AbortSignal; onHeard(heard: Heard): void },
): Promise<Trial> {
	const meter = createMeter(format);
	let lost: OnwaxError | null = null;
	const microphone = await open(format, device, {
		onFrames: (frames) => meter.hear(frames),
		onMoved: () => {},
		onOverrun: () => {},
		onGone: (reason) => {
			lost = reason;
		},
	});
	const blocks: Heard[] = [];
	try {
		for (let count = Math.ceil((options.seconds * 1000) / blockMs); count > 0; count--) {
			await sleep(blockMs);
			options.signal.throwIfAborted();
			if (lost !== null) throw lost;
			const heard = meter.take();
			options.onHeard(heard);
			if (heard.frames > 0) blocks.push(heard);
		}
	} finally {
		await microphone.close();
	}
	const frames = blocks.reduce((sum, block) => sum + block.frames, 0);
	return {
		device: microphone.device,
		heardSeconds: frames / format.sampleRate,
		verdict: verdictOf(blocks),
		level: loudest(blocks)?.level ?? null,
	};
}

/** What the blocks, of a tenth of a second each, say together. */
export function verdictOf(blocks: readonly Heard[]): Trial["verdict"] {
	const top = loudest(blocks);
	if (top === null) return "nothing";
	if (blocks.every(({ isFlat }) => isFlat)) return "silence";
	if (blocks.filter(({ clippedRuns }) => clippedRuns > 0).length >= clippedBlocks)
		return "clipping";
	// The swing is a peak that an offset does not feign.
	return Math.max(...blocks.map(({ swingDbfs }) => swingDbfs)) >= speechPeakDbfs
		? "sound"
		: "quiet";
}

function loudest(blocks: readonly Heard[]): Heard | null {
	return blocks.reduce<Heard | null>(
		(top, block) => (top === null || block.level.peakDbfs > top.level.peakDbfs ? block : top),
		null,
	);
}

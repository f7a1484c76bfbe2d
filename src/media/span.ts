import { AV_NOPTS_VALUE, AVSEEK_FLAG_BACKWARD } from "node-av/constants";
import type { Frame } from "node-av/lib";
import { bytesPerSample } from "../wav.ts";
import { type AudioInput, eachFrame, withAudioInput } from "./av-input.ts";
import { noBeat } from "./progress.ts";

/** Cuts one stretch out of what a file decodes to, to the sample. */
export type SpanCutter = {
	/** Whether anything of this frame belongs to the stretch; to be asked for every frame, in order. */
	isWanted: (frame: Frame) => boolean;
	/** Hands on what belongs to it of the resampled output; only valid during the call. */
	cut: (bytes: Buffer, write: (bytes: Buffer) => void) => void;
	/** Handed on so far. */
	samples: () => number;
	isEnough: () => boolean;
};

/** Decoders of lossy formats need some frames before what they say is right. */
const warmUpSeconds = 0.5;

/**
 * Goes to just before the stretch, where the format can be sought in; else the frames before it are
 * decoded and left out. Frames say when they are heard, so either way gives the same samples.
 */
export async function openSpan(
	input: AudioInput,
	{ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number },
	{ sampleRate, channels }: { sampleRate: number; channels: number },
): Promise<SpanCutter> {
	const { format, stream } = input;
	const { num, den } = stream.timeBase;
	const beginning = await firstMoment(input);
	const seekSeconds = startSeconds - warmUpSeconds;
	if (seekSeconds > warmUpSeconds) {
		const timestamp = beginning + BigInt(Math.floor((seekSeconds * den) / num));
		format.seekFrameSync(stream.index, timestamp, AVSEEK_FLAG_BACKWARD);
	}
	const blockBytes = channels * bytesPerSample;
	const wanted = Math.max(0, Math.round((endSeconds - startSeconds) * sampleRate));
	/** Samples to leave out of the output; below zero: silence to put in front. Null: none came yet. */
	let toSkip: number | null = null;
	let written = 0;
	let reachedSeconds = 0;
	return {
		isWanted: (frame) => {
			const { pts, nbSamples } = frame;
			const startsAt =
				pts === AV_NOPTS_VALUE ? reachedSeconds : (Number(pts - beginning) * num) / den;
			reachedSeconds = startsAt + nbSamples / Math.max(1, frame.sampleRate);
			if (reachedSeconds <= startSeconds || startsAt >= endSeconds) return false;
			toSkip ??= Math.round((startSeconds - startsAt) * sampleRate);
			return true;
		},
		cut: (bytes, write) => {
			if (toSkip === null) return;
			if (toSkip < 0) {
				const silence = Math.min(-toSkip, wanted - written);
				if (silence > 0) write(Buffer.alloc(silence * blockBytes));
				written += Math.max(0, silence);
				toSkip = 0;
			}
			const count = bytes.length / blockBytes;
			const from = Math.min(toSkip, count);
			toSkip -= from;
			const to = Math.min(count, from + wanted - written);
			if (to <= from) return;
			write(bytes.subarray(from * blockBytes, to * blockBytes));
			written += to - from;
		},
		samples: () => written,
		isEnough: () => reachedSeconds >= endSeconds,
	};
}

/**
 * When the first sample of the whole is heard, by the stream's own clock. What the container says of
 * it is not always so: encoders put padding in front, which decoders take away.
 */
async function firstMoment({ path }: AudioInput): Promise<bigint> {
	let first = 0n;
	await withAudioInput(path, (another) =>
		eachFrame(
			another,
			noBeat,
			({ pts }) => {
				if (pts !== AV_NOPTS_VALUE) first = pts;
			},
			{ maxFrames: 1 },
		),
	);
	return first;
}

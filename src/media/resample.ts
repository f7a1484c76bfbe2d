import { AV_SAMPLE_FMT_S16 } from "node-av/constants";
import { avChannelLayoutDefault, Frame, SoftwareResampleContext } from "node-av/lib";
import { unreadable } from "./unreadable.ts";

/** Beyond any real recording; a damaged header may say more, and the filter would fill all memory. */
const maxSampleRate = 2 ** 20;
const maxChannels = 64;

/** Interleaved signed 16-bit samples; only valid during the call. */
export type OnSamples = (samples: Buffer, count: number) => void;

export type Resampler = {
	/** Takes a decoded frame of whatever rate, layout and format. */
	push: (frame: Frame) => void;
	/** Hands out what the filter still holds. */
	flush: () => void;
	close: () => void;
};

/**
 * Turns decoded frames into interleaved 16-bit samples of one rate and channel count. A stream may
 * change its own rate or layout half way (a broadcast, a joined MP3): then a new converter starts.
 */
export function openResampler(
	sampleRate: number,
	channels: number,
	onSamples: OnSamples,
): Resampler {
	const layout = avChannelLayoutDefault(channels);
	const out = new Frame();
	out.alloc();
	let context: SoftwareResampleContext | null = null;
	let from = { sampleRate: 0, channels: 0, format: -1 };

	const convert = (frame: Frame | null) => {
		if (context === null) return;
		out.format = AV_SAMPLE_FMT_S16;
		out.sampleRate = sampleRate;
		out.channelLayout = layout;
		const code = context.convertFrame(out, frame);
		if (code < 0) throw unreadable("The decoded audio cannot be converted.");
		const count = out.nbSamples;
		const data = count > 0 ? out.data?.[0] : undefined;
		if (data) onSamples(data.subarray(0, count * channels * 2), count);
		out.unref();
	};
	const free = () => {
		context?.free();
		context = null;
	};
	const adopt = (frame: Frame) => {
		const next = {
			sampleRate: frame.sampleRate,
			channels: frame.channels,
			format: Number(frame.format),
		};
		const same =
			next.sampleRate === from.sampleRate &&
			next.channels === from.channels &&
			next.format === from.format;
		if (same && context !== null) return;
		convert(null);
		free();
		if (next.sampleRate > maxSampleRate || next.channels > maxChannels)
			throw unreadable(
				`Audio of ${next.channels} channels at ${next.sampleRate} Hz is taken for damage.`,
			);
		from = next;
		const own = frame.channelLayout;
		const inLayout = own.mask === 0n ? avChannelLayoutDefault(next.channels) : own;
		frame.channelLayout = inLayout;
		context = new SoftwareResampleContext();
		const code = context.allocSetOpts2(
			layout,
			AV_SAMPLE_FMT_S16,
			sampleRate,
			inLayout,
			frame.format as typeof AV_SAMPLE_FMT_S16,
			next.sampleRate,
		);
		if (code < 0 || context.init() < 0)
			throw unreadable(
				`Audio of ${next.channels} channels at ${next.sampleRate} Hz cannot be converted.`,
			);
	};
	return {
		push: (frame) => {
			adopt(frame);
			if (frame.channelLayout.mask === 0n)
				frame.channelLayout = avChannelLayoutDefault(from.channels);
			convert(frame);
		},
		flush: () => convert(null),
		close: () => {
			free();
			out.free();
		},
	};
}

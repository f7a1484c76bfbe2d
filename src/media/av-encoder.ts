import {
	AV_CODEC_FLAG_GLOBAL_HEADER,
	AV_OPT_SEARCH_CHILDREN,
	AV_OPT_TYPE_STRING,
	AV_SAMPLE_FMT_S16,
	AV_SAMPLE_FMT_S32,
	AVERROR_EAGAIN,
	AVERROR_EOF,
	type FFEncoderCodec,
} from "node-av/constants";
import { avChannelLayoutDefault, Codec, CodecContext, Frame, Packet, Rational } from "node-av/lib";
import { OnwaxError } from "../errors.ts";
import { reasonOf } from "./av-input.ts";

export type EncoderOptions = {
	codec: "flac" | "libopus";
	sampleRate: number;
	channels: number;
	/** Bytes of one interleaved sample: 2, or 4 with the sound in the upper 24 bits. */
	sampleBytes: 2 | 4;
	bitRate?: number;
	settings: Record<string, string>;
};

export type Encoder = {
	context: CodecContext;
	/** Bytes of one full frame: whole multiples of it are encoded without being copied together. */
	frameBytes: number;
	/** Takes interleaved samples in pieces of any size. */
	write: (samples: Buffer) => void;
	/** Encodes what is left. */
	finish: () => void;
	close: () => void;
};

/**
 * Encodes interleaved samples; frame and packet are used again and again, so that memory stays the
 * same however long the audio is. Throws ERR_UNSUPPORTED where the codec cannot hold such audio.
 *
 * @param onPacket the packet is only valid during the call; an empty one may end the stream
 */
export function openEncoder(options: EncoderOptions, onPacket: (packet: Packet) => void): Encoder {
	const { sampleRate, channels, sampleBytes } = options;
	const codec = Codec.findEncoderByName(options.codec as FFEncoderCodec);
	if (codec === null) throw unsupported(options, "the encoder is missing");
	const layout = avChannelLayoutDefault(channels);
	const format = sampleBytes === 2 ? AV_SAMPLE_FMT_S16 : AV_SAMPLE_FMT_S32;
	const context = new CodecContext();
	context.allocContext3(codec);
	context.sampleRate = sampleRate;
	context.sampleFormat = format;
	context.channelLayout = layout;
	context.timeBase = new Rational(1, sampleRate);
	context.threadCount = 1;
	if (sampleBytes === 4) context.bitsPerRawSample = 24;
	if (options.bitRate !== undefined) context.bitRate = BigInt(options.bitRate);
	context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
	// Not as a Dictionary of open2Sync: node-av 6.1 frees that one twice and brings the process down.
	for (const [name, value] of Object.entries(options.settings))
		context.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN);
	const opened = context.open2Sync(codec, null);
	if (opened < 0) {
		context.freeContext();
		throw unsupported(options, reasonOf(opened));
	}
	const frameSamples = context.frameSize;
	const blockBytes = channels * sampleBytes;
	const frameBytes = frameSamples * blockBytes;
	const frame = new Frame();
	frame.alloc();
	frame.format = format;
	frame.sampleRate = sampleRate;
	frame.channelLayout = layout;
	frame.nbSamples = frameSamples;
	frame.getBuffer(0);
	const packet = new Packet();
	packet.alloc();
	const pending = Buffer.alloc(frameBytes);
	let pendingBytes = 0;
	let position = 0;

	const send = (next: Frame | null) => {
		const sent = context.sendFrameSync(next);
		if (sent < 0) throw new OnwaxError("ERR_INTERNAL", `Encoding failed: ${reasonOf(sent)}`);
		for (;;) {
			const code = context.receivePacketSync(packet);
			if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return;
			if (code < 0) throw new OnwaxError("ERR_INTERNAL", `Encoding failed: ${reasonOf(code)}`);
			onPacket(packet);
			packet.unref();
		}
	};
	const encode = (bytes: Buffer) => {
		const count = bytes.length / blockBytes;
		// The encoder may still hold the last frame's buffer.
		frame.makeWritable();
		frame.nbSamples = count;
		frame.fromBuffer(bytes);
		frame.pts = BigInt(position);
		position += count;
		send(frame);
	};
	return {
		context,
		frameBytes,
		write: (samples) => {
			let at = 0;
			if (pendingBytes > 0) {
				at = samples.copy(pending, pendingBytes, 0, frameBytes - pendingBytes);
				pendingBytes += at;
				if (pendingBytes < frameBytes) return;
				encode(pending);
				pendingBytes = 0;
			}
			for (; at + frameBytes <= samples.length; at += frameBytes)
				encode(samples.subarray(at, at + frameBytes));
			pendingBytes = samples.copy(pending, 0, at);
		},
		finish: () => {
			if (pendingBytes > 0) encode(pending.subarray(0, pendingBytes));
			pendingBytes = 0;
			send(null);
		},
		close: () => {
			packet.free();
			frame.free();
			context.freeContext();
		},
	};
}

function unsupported(options: EncoderOptions, reason: string): OnwaxError {
	const name = options.codec === "flac" ? "FLAC" : "Opus";
	return new OnwaxError(
		"ERR_UNSUPPORTED",
		`${name} cannot hold ${options.channels} channels at ${options.sampleRate} Hz: ${reason}.`,
	);
}

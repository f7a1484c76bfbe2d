import { closeSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { FormatContext, type Packet, Rational } from "node-av/lib";
import { openEncoder } from "./av-encoder.ts";
import { outputFailure } from "./av-input.ts";
import { syncAndHash } from "./output-file.ts";
import type { SampleWriter } from "./sample-writer.ts";

export type OpusOptions = {
	sampleRate: number;
	channels: number;
	bitRate: number;
	/** What the encoder is to favour: clear words, or sound as it is. */
	application: "voip" | "audio";
};

/** Writes 16-bit samples as Opus in Ogg (RFC 7845), through FFmpeg's own muxer. */
export function createOpusFile(path: string, options: OpusOptions): SampleWriter {
	// Created by us first: the muxer would follow a link, and would not keep the file private.
	closeSync(openSync(path, "wx", 0o600));
	const url = `file:${resolve(path)}`;
	const format = new FormatContext();
	const encoder = openEncoder(
		{
			codec: "libopus",
			sampleRate: options.sampleRate,
			channels: options.channels,
			sampleBytes: 2,
			bitRate: options.bitRate,
			settings: { application: options.application },
		},
		(packet) => mux(packet),
	);
	const check = (code: number) => {
		if (code < 0) throw outputFailure(code);
	};
	let openFile = false;
	const close = () => {
		encoder.close();
		if (openFile) format.closeOutputSync();
		openFile = false;
		format.freeContext();
	};
	const start = () => {
		check(format.allocOutputContext2(null, "ogg", url));
		const added = format.newStream(null);
		added.codecpar.fromContext(encoder.context);
		added.timeBase = new Rational(1, options.sampleRate);
		check(format.openOutputSync());
		openFile = true;
		check(format.writeHeaderSync(null));
		return added;
	};
	let stream: ReturnType<typeof start>;
	try {
		stream = start();
	} catch (error) {
		close();
		throw error;
	}
	const mux = (packet: Packet) => {
		packet.streamIndex = 0;
		packet.rescaleTs({ num: 1, den: options.sampleRate }, stream.timeBase);
		check(format.interleavedWriteFrameSync(packet));
	};
	return {
		write: encoder.write,
		finish: async () => {
			encoder.finish();
			check(format.writeTrailerSync());
			check(format.pb?.error ?? 0);
			format.closeOutputSync();
			openFile = false;
			return (await syncAndHash(path)).sizeBytes;
		},
		close,
	};
}

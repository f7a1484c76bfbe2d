import { closeSync, constants as fsConstants, fstatSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { getSystemErrorName } from "node:util";
import {
	AV_CODEC_ID_NONE,
	AV_LOG_QUIET,
	AVERROR_EAGAIN,
	AVERROR_EIO,
	AVERROR_EOF,
	AVMEDIA_TYPE_AUDIO,
} from "node-av/constants";
import {
	Codec,
	CodecContext,
	Dictionary,
	FFmpegError,
	FormatContext,
	Frame,
	Log,
	Packet,
	type Stream,
} from "node-av/lib";
import { OnwaxError } from "../errors.ts";
import { systemFailure } from "../processes/error-message.ts";
import { decoders, demuxers } from "./containers.ts";
import type { Beat } from "./progress.ts";
import { unreadable } from "./unreadable.ts";
import { readWavFacts } from "./wav-file.ts";

/** One local file, opened by FFmpeg, with its best audio stream. Only ever used in a child. */
export type AudioInput = {
	path: string;
	sizeBytes: number;
	format: FormatContext;
	stream: Stream;
	/** Null where FFmpeg knows no end; see `probe` for counting. */
	durationSeconds: number | null;
	close: () => void;
};

/**
 * Opens `path` and nothing else: an absolute path behind `file:` (so that no character in a name
 * can mean a protocol or an option), the protocol `file` alone, and only listed demuxers and
 * decoders. System errors are thrown as they are; whatever FFmpeg refuses is ERR_AUDIO_UNREADABLE.
 */
export function openAudioInput(path: string): AudioInput {
	Log.setLevel(AV_LOG_QUIET);
	const { sizeBytes, lyingWav } = look(path);
	if (sizeBytes === 0) throw unreadable("The file is empty.");
	const format = new FormatContext();
	const whitelists = Dictionary.fromObject({
		protocol_whitelist: "file",
		format_whitelist: demuxers.join(","),
		codec_whitelist: decoders.join(","),
		// FFmpeg would believe the header, and leave out what a recorder could not write into it.
		...(lyingWav ? { ignore_length: 1 } : {}),
	});
	try {
		const opened = format.openInputSync(`file:${resolve(path)}`, null, whitelists);
		if (opened < 0) throw openFailure(path, opened);
		const analysed = format.findStreamInfoSync(null);
		if (analysed < 0) throw openFailure(path, analysed);
		const index = format.findBestStream(AVMEDIA_TYPE_AUDIO);
		const stream = format.streams[index];
		if (stream === undefined) throw unreadable("The file has no audio in it.");
		if (stream.codecpar.codecId === AV_CODEC_ID_NONE)
			throw unreadable("The audio in the file is in an unknown encoding.");
		return {
			path,
			sizeBytes,
			format,
			stream,
			durationSeconds: declaredDuration(format, stream),
			close: () => format.closeInputSync(),
		};
	} catch (error) {
		format.closeInputSync();
		throw error;
	} finally {
		whitelists.free();
	}
}

/** Runs `use` over the opened file and closes it whatever happens. */
export async function withAudioInput<T>(
	path: string,
	use: (input: AudioInput) => Promise<T>,
): Promise<T> {
	const input = openAudioInput(path);
	try {
		return await use(input);
	} finally {
		input.close();
	}
}

/**
 * Hands over each packet of the audio stream; the packet is only valid during the call. A damaged
 * end is an end; a disk that cannot be read is an error. `onPacket` returns false to stop.
 */
export async function eachPacket(
	input: AudioInput,
	beat: Beat,
	onPacket: (packet: Packet) => boolean,
): Promise<void> {
	const packet = new Packet();
	packet.alloc();
	try {
		for (;;) {
			const code = input.format.readFrameSync(packet);
			if (code === AVERROR_EAGAIN) continue;
			if (code === AVERROR_EIO) readThrough(input.path);
			if (code < 0) return;
			const wanted = packet.streamIndex === input.stream.index;
			const goOn = wanted ? onPacket(packet) : true;
			packet.unref();
			if (!goOn) return;
			const pause = beat();
			if (pause) await pause;
		}
	} finally {
		packet.free();
	}
}

export type DecodeOptions = {
	/** Any damage is an error, instead of a gap: for verifying what we wrote ourselves. */
	strict?: boolean;
	/** Stop after so many frames. */
	maxFrames?: number;
	/** Asked after every packet: whether nothing more is wanted. */
	isEnough?: () => boolean;
};

/**
 * Decodes the audio stream frame by frame in constant memory; the frame is only valid during the
 * call. Throws ERR_AUDIO_UNREADABLE where not a single frame could be decoded.
 *
 * @returns how many frames there were
 */
export async function eachFrame(
	input: AudioInput,
	beat: Beat,
	onFrame: (frame: Frame) => void,
	options: DecodeOptions = {},
): Promise<number> {
	const context = openDecoder(input);
	const frame = new Frame();
	frame.alloc();
	const limit = options.maxFrames ?? Number.POSITIVE_INFINITY;
	let frames = 0;
	let failures = 0;
	const receive = () => {
		for (;;) {
			const code = context.receiveFrameSync(frame);
			if (code === AVERROR_EAGAIN || code === AVERROR_EOF) return;
			if (code < 0) {
				failures++;
				return;
			}
			frames++;
			try {
				if (frame.nbSamples > 0) onFrame(frame);
			} finally {
				frame.unref();
			}
		}
	};
	try {
		await eachPacket(input, beat, (packet) => {
			if (context.sendPacketSync(packet) < 0) failures++;
			receive();
			return frames < limit && !options.isEnough?.();
		});
		context.sendPacketSync(null);
		receive();
	} finally {
		frame.free();
		context.freeContext();
	}
	if (options.strict && failures > 0) throw unreadable("Some of the audio cannot be decoded.");
	if (frames === 0 && failures > 0)
		throw unreadable("The file looks like audio, but nothing in it can be decoded.");
	return frames;
}

function openDecoder(input: AudioInput): CodecContext {
	const parameters = input.stream.codecpar;
	const codec = Codec.findDecoder(parameters.codecId);
	if (codec === null || !decoders.includes(codec.name ?? ""))
		throw unreadable(
			`There is no decoder for the audio in the file (${codec?.name ?? "unknown"}).`,
		);
	const context = new CodecContext();
	context.allocContext3(codec);
	const copied = parameters.toContext(context);
	context.threadCount = 1;
	// Without it the decoder cannot cut away the padding that encoders put at both ends.
	context.pktTimebase = input.stream.timeBase;
	const opened = copied < 0 ? copied : context.open2Sync(codec, null);
	if (opened < 0) {
		context.freeContext();
		throw unreadable(`The decoder refuses the audio in the file: ${reasonOf(opened)}.`);
	}
	return context;
}

function declaredDuration(format: FormatContext, stream: Stream): number | null {
	if (format.duration > 0n) return Number(format.duration) / 1e6;
	if (stream.duration > 0n)
		return (Number(stream.duration) * stream.timeBase.num) / stream.timeBase.den;
	return null;
}

/** FFmpeg's words for one of its (negative) codes. */
export function reasonOf(code: number): string {
	return FFmpegError.strerror(code);
}

/** An error of writing: FFmpeg hands on `-errno`, and a full disk must be told from bad data. */
export function outputFailure(code: number): OnwaxError {
	return systemFailure(`Cannot write the audio: ${reasonOf(code)}`, systemNameOf(code));
}

function systemNameOf(code: number): string | null {
	try {
		return code > -200 ? getSystemErrorName(code) : null;
	} catch {
		return null; // not an errno: one of FFmpeg's own codes
	}
}

/**
 * That the file is there and may be read was seen before (`look`), so FFmpeg's EPERM, ENOENT or
 * ENOMEM speak of what it met inside: some demuxers answer -1 to anything they dislike.
 */
function openFailure(path: string, code: number): OnwaxError {
	if (code === AVERROR_EIO) readThrough(path);
	const name = systemNameOf(code);
	if (name === "EMFILE" || name === "ENFILE")
		return systemFailure(`Cannot open the file: ${reasonOf(code)}`, name);
	return unreadable(`The file is not audio that can be read (${reasonOf(code)}).`);
}

function look(path: string): { sizeBytes: number; lyingWav: boolean } {
	// Not blocking: opening a named pipe would otherwise wait for a writer for ever.
	const fd = openSync(path, fsConstants.O_RDONLY | (fsConstants.O_NONBLOCK ?? 0));
	try {
		const stat = fstatSync(fd);
		if (!stat.isFile()) throw new OnwaxError("ERR_NOT_A_FILE", "Only regular files can be read.");
		return { sizeBytes: stat.size, lyingWav: readWavFacts(fd)?.sizeHonest === false };
	} finally {
		closeSync(fd);
	}
}

/**
 * FFmpeg says EIO both for a failing disk and for some broken files. Reading the file once more
 * ourselves tells them apart: a failing disk throws here, and must never pass for an early end.
 */
function readThrough(path: string): void {
	const fd = openSync(path, "r");
	try {
		const buffer = Buffer.allocUnsafe(1 << 20);
		while (readSync(fd, buffer, 0, buffer.length, null) > 0);
	} finally {
		closeSync(fd);
	}
}

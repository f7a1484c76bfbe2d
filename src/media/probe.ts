import { closeSync, openSync, readSync } from "node:fs";
import { AV_DISPOSITION_ATTACHED_PIC, AVMEDIA_TYPE_VIDEO } from "node-av/constants";
import { avGetCodecName } from "node-av/lib";
import {
	type AudioInput,
	eachFrame,
	eachPacket,
	openAudioInput,
	withAudioInput,
} from "./av-input.ts";
import { describeContainer, isLossless } from "./containers.ts";
import type { ProbeFacts, Progress } from "./messages.ts";
import { noBeat, reportingBeat } from "./progress.ts";
import { unreadable } from "./unreadable.ts";

/** Below this FFmpeg itself says that it may have mistaken something else for audio. */
const trustedProbeScore = 25;

/**
 * What FFmpeg knows of a file. Where the container tells no duration (WebM from a browser, a
 * stream cut short) the packets are counted, in constant memory.
 */
export async function probe(
	path: string,
	report: (progress: Progress) => void,
): Promise<ProbeFacts> {
	const facts = await withAudioInput(path, async (input) => ({
		...describe(input),
		durationSeconds: input.durationSeconds ?? (await countDuration(input, report)),
		doubtful: input.format.probeScore <= trustedProbeScore,
	}));
	const { doubtful, ...known } = facts;
	if (doubtful) await requireOneFrame(path);
	return known;
}

function describe(input: AudioInput): Omit<ProbeFacts, "durationSeconds"> {
	const parameters = input.stream.codecpar;
	const codec = avGetCodecName(parameters.codecId);
	const hasVideo = input.format.streams.some(
		(stream) =>
			stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO &&
			!stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC),
	);
	const demuxer = input.format.iformat?.name ?? "unknown";
	const bits = parameters.bitsPerRawSample || parameters.bitsPerCodedSample;
	return {
		...describeContainer(demuxer, demuxer.includes("webm") && saysWebm(input.path), hasVideo),
		codec,
		sampleRate: parameters.sampleRate > 0 ? parameters.sampleRate : null,
		channels: parameters.channels > 0 ? parameters.channels : null,
		bitDepth: codec !== null && isLossless(codec) && bits > 0 ? bits : null,
	};
}

/** The end of the last packet, counted from the start of the first. */
async function countDuration(
	input: AudioInput,
	report: (progress: Progress) => void,
): Promise<number | null> {
	const { num, den } = input.stream.timeBase;
	const tick = reportingBeat(null, report);
	let first: bigint | null = null;
	let end = 0n;
	let seconds = 0;
	await eachPacket(
		input,
		() => tick(seconds),
		(packet) => {
			const start = packet.pts > -(2n ** 62n) ? packet.pts : packet.dts;
			if (start <= -(2n ** 62n)) return true;
			first ??= start;
			if (start + packet.duration > end) end = start + packet.duration;
			seconds = (Number(end - first) * num) / den;
			return true;
		},
	);
	return first === null ? null : seconds;
}

async function requireOneFrame(path: string): Promise<void> {
	const input = openAudioInput(path);
	try {
		const frames = await eachFrame(input, noBeat, () => undefined, { maxFrames: 1 });
		if (frames === 0) throw unreadable("Nothing in the file can be decoded as audio.");
	} finally {
		input.close();
	}
}

/** WebM and Matroska are one demuxer to FFmpeg; the DocType near the start tells them apart. */
function saysWebm(path: string): boolean {
	const fd = openSync(path, "r");
	try {
		const head = Buffer.alloc(256);
		return head.subarray(0, readSync(fd, head, 0, head.length, 0)).includes("webm");
	} finally {
		closeSync(fd);
	}
}

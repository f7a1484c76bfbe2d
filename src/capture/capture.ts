import { bytesPerSample } from "../wav.ts";

/**
 * The nouns of a recording in progress. Samples are always signed 16-bit little-endian, interleaved:
 * one frame is one sample of every channel.
 */
export type SampleFormat = { sampleRate: number; channels: number };

export function frameBytes({ channels }: SampleFormat): number {
	return channels * bytesPerSample;
}

/** Loudness in decibels below full scale; -Infinity for digital silence. */
export type Level = { peakDbfs: number; rmsDbfs: number };

export const noticeKinds = [
	/** Nothing but zeros: muted, or the wrong input. */
	"silence",
	"too-quiet",
	"clipping",
	/** The device is there, and hands nothing over. */
	"stalled",
	"device-gone",
	/** The sound system went on with another device. */
	"device-changed",
	/** The sound system dropped samples that nobody fetched in time. */
	"overrun",
	/** The machine slept. */
	"suspended",
	/** This process stood still (stopped, or the machine was out of breath). */
	"process-stopped",
	/** Samples are missing; `durationSeconds` says how many, and silence stands for them where time was kept true. */
	"gap",
	"paused",
	/** The disk will be full soon. */
	"disk-low",
	/** The reserve is reached: the recording ends in order. */
	"disk-reserve",
	/** The disk is full: the ballast was given up for what is in memory. */
	"disk-full",
	/** The disk took a write or a sync back; what it may have lost was written again, to a new segment. */
	"disk-error",
	"voice-activity-lost",
] as const;

export type NoticeKind = (typeof noticeKinds)[number];

/** Something the guard has to say. What lasts has a beginning and an end, each told once. */
export type Notice = {
	kind: NoticeKind;
	phase: "begins" | "ends" | "happened";
	/** `serious`: without somebody doing something, audio is being lost or worthless. */
	severity: "info" | "warning" | "serious";
	/** One sentence for people, with what can be done where something can. */
	message: string;
	/** Where in the recording, in seconds of audio. */
	positionSeconds: number;
	/** How long it lasted, where that is known. */
	durationSeconds: number | null;
};

export type CaptureState =
	| "opening"
	/** Listening into memory until somebody speaks; nothing is kept yet. */
	| "waiting-for-speech"
	| "recording"
	| "paused"
	| "waiting-for-device"
	| "stopping";

export const stopReasons = [
	"asked",
	"interrupted",
	"silence",
	"max-length",
	"disk-reserve",
	"disk-full",
	"disk-error",
] as const;

export type StopReason = (typeof stopReasons)[number];

/** What is true of a capture at this moment. */
export type Snapshot = {
	name: string;
	state: CaptureState;
	device: string;
	/** In the words of whoever asked for one; null where it was the system's default. */
	requestedDevice: string | null;
	format: SampleFormat;
	title: string | null;
	/** When it began, ISO 8601. */
	startedAt: string;
	/** Seconds of audio so far: captured, handed to the kernel, and proof against a power cut. */
	capturedSeconds: number;
	writtenSeconds: number;
	syncedSeconds: number;
	sizeBytes: number;
	/** Of the last tenth of a second; null before the first sound. */
	level: Level | null;
	/** Until the reserve is reached, at the present rate; null where it cannot be told. */
	diskSecondsLeft: number | null;
	/** What lasts at this moment. */
	active: Notice[];
};

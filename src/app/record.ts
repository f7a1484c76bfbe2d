import { layoutOf, makeLayout } from "../archive/layout.ts";
import { openWriter, type Writer } from "../archive/writer.ts";
import { type BegunCapture, beginCapture } from "../capture/begin-capture.ts";
import type { Notice, SampleFormat } from "../capture/capture.ts";
import type { OpenMicrophone } from "../capture/microphone.ts";
import { type Recorder, startRecorder } from "../capture/recorder.ts";
import type { Config } from "../config/defaults.ts";
import { requireFreeSpace, requireLocalDisk } from "../durable/volume.ts";
import type { Staged } from "../library/stage.ts";

export type RecordOptions = {
	title: string | null;
	tags: string[];
	/** Null for the system's default. */
	device: string | null;
	format: SampleFormat;
	stopAfterSilenceSeconds: number | null;
	maxSeconds: number | null;
	waitForSpeech: boolean;
	preRollSeconds: number;
	onNotice(notice: Notice): void;
	/** Aborted before the microphone is open, nothing was recorded, and nothing is left. */
	signal?: AbortSignal;
};

export type RecordingInProgress = Recorder & {
	/** This process's place in `incoming/`; whoever opens the library afterwards is given it. */
	readonly writer: Writer;
};

const syncEverySeconds = 0.5;

/**
 * Begins to record. Needs nothing but a folder that can be written: no catalogue, no engine, and no
 * healing of what an earlier crash left can keep anybody from recording.
 *
 * @throws before the microphone is opened: ERR_DISK_FULL, ERR_READ_ONLY, ERR_PERMISSION, ERR_UNSUPPORTED;
 *   then what opening it throws; the signal's reason where it is aborted before that
 */
export async function startRecording(
	config: Config,
	open: OpenMicrophone,
	options: RecordOptions,
): Promise<RecordingInProgress> {
	const layout = layoutOf(config.dataDir);
	await makeLayout(layout);
	await requireLocalDisk(layout.data);
	const reserveBytes = config.minFreeSpaceMb * 1e6;
	await requireFreeSpace(layout.incoming, 0, reserveBytes);
	const writer = await openWriter(layout);
	const { title, tags, device, format } = options;
	const segmentBytes = config.record.segmentMb * 2 ** 20;
	try {
		const recorder = await startRecorder({
			...options,
			open,
			diskPath: layout.incoming,
			reserveBytes,
			begin: (trouble) =>
				beginCapture(
					writer,
					{ title, tags, device, format, segmentBytes, syncEverySeconds },
					trouble,
				),
		});
		return { ...recorder, writer };
	} catch (error) {
		await writer.close();
		throw error;
	}
}

/**
 * Makes one honest, hashed file of what was recorded. Needs no library: it goes on while one is being
 * opened.
 *
 * @returns null where not one sample had come; then nothing is left of it either
 * @throws why that could not be done; the audio stays where it is, and the next start does it
 */
export async function finishRecording(
	capture: BegunCapture,
	appVersion: string,
): Promise<Staged | null> {
	// Not needed before, and a recorder is to be small.
	const { finishCapture } = await import("../library/finish-capture.ts");
	const staged = await finishCapture(capture.folder, capture.intent, appVersion, false);
	if (staged === null) await capture.discard();
	return staged;
}

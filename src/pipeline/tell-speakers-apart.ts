import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { prepareTranscript, readEngineOutput, readTranscript } from "../archive/transcript-file.ts";
import type { CatalogueDatabase } from "../catalogue/catalogue.ts";
import { partName } from "../durable/part-name.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import { OnwaxError } from "../errors.ts";
import { type Corrected, composeTranscript } from "../layers/compose-transcript.ts";
import { type Change, changeRecording, type Held } from "../library/change.ts";
import type { Library } from "../library/library.ts";
import type { Media } from "../media/media.ts";
import { type Metadata, originalSha256, shelfOf } from "../recording.ts";
import { assignSpeakers } from "../speakers/assign-speakers.ts";
import { carryNames } from "../speakers/carry-names.ts";
import { type LabelledTurn, labelOf } from "../speakers/speaker-turns.ts";
import {
	prepareSpeakers,
	type SpeakersFile,
	speakersFilename,
	turnsUnder,
} from "../speakers/speakers-file.ts";
import type { DiarisationModels, SpeakerTurn, Speech } from "../speech/speech.ts";
import { speechSampleRate } from "../speech/wav-samples.ts";
import type { AudioInput } from "../transcribe/engine.ts";
import type { EngineOutput, Segment, Transcript } from "../transcript.ts";
import { bytesPerSample } from "../wav.ts";
import { prepareAudio } from "./prepare-audio.ts";

export type SpeakersContext = {
	library: Library;
	media: Media;
	speech: Speech;
	/** What the lexicons made of an engine's output when this transcript was written; null: unknown. */
	corrected: (output: EngineOutput, transcript: Transcript) => Promise<Corrected | null>;
};

/** Voices are compared over all of a recording, which is in memory for that: 230 MB for an hour. */
export const longestHours = 4;

/** Why the speakers of a recording are not told apart; null where they can be. */
export function whyNotApart(
	{ name, audio }: Metadata,
	transcript: Transcript | null,
): OnwaxError | null {
	if (transcript === null) {
		return new OnwaxError("ERR_STATE", `${name} has no text yet, so there is nobody to name.`, {
			hint: "`onwax retry` asks an engine for it.",
		});
	}
	if (transcript.segments.length === 0) {
		return new OnwaxError(
			"ERR_UNSUPPORTED",
			"The text has no times, so nobody can say whose words they are.",
			{ hint: `\`onwax transcribe ${name} --engine NAME\` asks an engine that gives times.` },
		);
	}
	return (audio.durationSeconds ?? 0) > longestHours * 3600 ? tooLong() : null;
}

function tooLong(): OnwaxError {
	return new OnwaxError(
		"ERR_UNSUPPORTED",
		`Speakers are told apart in recordings of up to ${longestHours} hours; this one is longer.`,
		{ hint: "Its text is whole; only who says what stays unknown." },
	);
}

/**
 * Listens for who speaks when, and writes that together with the transcript that says so. The models
 * work while nothing is held. Names that people gave go to the labels that take the place of theirs.
 *
 * @param request.count how many speakers there are; null finds out
 * @param within joins the change: thrown errors leave everything as it is
 * @throws ERR_AUDIO_UNREADABLE, ERR_DISK_FULL, ERR_ENGINE, ERR_ENGINE_TIMEOUT, ERR_UNSUPPORTED
 */
export async function tellSpeakersApart(
	context: SpeakersContext,
	metadata: Metadata,
	request: { models: DiarisationModels; count: number | null; signal: AbortSignal },
	within: {
		before?: () => Promise<void>;
		inSameTransaction?: (tx: CatalogueDatabase) => Promise<void>;
	} = {},
): Promise<void> {
	const { models, count } = request;
	const turns = labelled(await listenFor(context, metadata, request));
	const file: SpeakersFile = {
		format: 1,
		sourceSha256: originalSha256(metadata),
		models: {
			segmentation: modelName(models.segmentation),
			embedding: modelName(models.embedding),
		},
		count,
		turns,
	};
	await changeRecording(
		context.library,
		metadata.name,
		async (held) => {
			await within.before?.();
			return labelling(context, held, file);
		},
		async (tx) => within.inSameTransaction?.(tx),
	);
}

const wanted: Omit<AudioInput, "maxSeconds"> = {
	container: "wav",
	sampleRate: speechSampleRate,
	channels: 1,
	maxBytes: null,
	extensions: null,
};

async function listenFor(
	{ library, media, speech }: SpeakersContext,
	metadata: Metadata,
	{ models, count, signal }: Parameters<typeof tellSpeakersApart>[2],
): Promise<SpeakerTurn[]> {
	const { name, audio, audioFile } = metadata;
	const path = join(recordingFolder(library.layout, shelfOf(metadata), name), audioFile);
	const { folder: scratch } = await library.writer();
	const outputStem = join(scratch, partName("speech"));
	try {
		const neededBytes = (audio.durationSeconds ?? 0) * speechSampleRate * bytesPerSample;
		await requireFreeSpace(scratch, neededBytes, library.reserveBytes);
		const prepared = await prepareAudio(media, { path, audio }, wanted, outputStem, signal);
		if (audio.durationSeconds === null) {
			const { durationSeconds } = await media.probe(prepared.path);
			if ((durationSeconds ?? 0) > longestHours * 3600) throw tooLong();
		}
		return await speech.diarise(models, prepared.path, { count, signal });
	} catch (error) {
		throw (await wasMoved(library, metadata)) ? movedMeanwhile(name, error) : error;
	} finally {
		await rm(`${outputStem}.wav`, { force: true });
	}
}

/** Compressed, or into the trash: nothing is held while the models are at work. */
async function wasMoved(library: Library, before: Metadata): Promise<boolean> {
	const now = (await library.catalogue.get(before.name))?.metadata;
	return !now || shelfOf(now) !== shelfOf(before) || now.audioFile !== before.audioFile;
}

function movedMeanwhile(name: string, cause: unknown): OnwaxError {
	if (cause instanceof OnwaxError && cause.code === "ERR_INTERRUPTED") return cause;
	return new OnwaxError("ERR_STATE", `${name} was put elsewhere while it was being listened to.`, {
		retryable: true,
		hint: "Nothing is lost; the work is taken up again where it lies now.",
		cause,
	});
}

function labelled(turns: readonly SpeakerTurn[]): LabelledTurn[] {
	const toMs = (seconds: number) => Math.round(seconds * 1000) / 1000;
	return turns
		.map(({ startSeconds, endSeconds, speaker }) => ({
			startSeconds: toMs(startSeconds),
			endSeconds: toMs(endSeconds),
			speaker: labelOf(speaker),
		}))
		.filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds);
}

/** The folder, where the file's own name says nothing. */
function modelName(path: string): string {
	const file = basename(path);
	return /^model(\.int8)?\.onnx$/.test(file) ? basename(dirname(path)) : file;
}

async function labelling(
	context: SpeakersContext,
	{ folder, metadata }: Held,
	file: SpeakersFile,
): Promise<Change | null> {
	const before = await readTranscript(folder);
	if (before === null) return null;
	const { speakerNames = {} } = before;
	const names = carryNames(speakerNames, await turnsUnder(folder, before), file.turns);
	const transcript = await composed(context, folder, before, names, file.turns);
	const [speakersFacts, written] = await Promise.all([
		prepareSpeakers(folder, file),
		prepareTranscript(folder, transcript),
	]);
	return {
		fields: { files: { ...metadata.files, ...written, [speakersFilename]: speakersFacts } },
	};
}

/**
 * The same layers, labelled. From the ground up, because labels may have cut segments before; where
 * the layers cannot be had any more the segments are labelled as they are: no text ever changes here.
 */
async function composed(
	{ corrected }: SpeakersContext,
	folder: string,
	before: Transcript,
	speakerNames: Record<string, string>,
	turns: readonly LabelledTurn[],
): Promise<Transcript> {
	const { engineFile } = before;
	const label = (segments: readonly Segment[]) => assignSpeakers(segments, turns);
	const output = await readEngineOutput(folder, engineFile);
	const below = output === null ? null : await corrected(output, before);
	if (output !== null && below !== null) {
		const above = { ...before, speakerNames };
		const again = composeTranscript({ engineFile, output, corrected: below, above, label });
		if (again.text === before.text) return again;
	}
	const { speakerNames: _, ...rest } = before;
	const named = Object.keys(speakerNames).length > 0 ? { speakerNames } : {};
	return { ...rest, segments: label(before.segments), ...named };
}

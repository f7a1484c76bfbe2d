import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorFilename, prepareErrorFile } from "../archive/error-file.ts";
import { writeMetadata } from "../archive/metadata-file.ts";
import { newName } from "../archive/name.ts";
import type { Writer } from "../archive/writer.ts";
import { placePrepared } from "../durable/prepared-file.ts";
import { step } from "../durable/step.ts";
import type { OnwaxError } from "../errors.ts";
import type { AudioFacts, FileFacts, Metadata, RecordingEvent, Source } from "../recording.ts";
import { hasIntent, removeIntent } from "./intent.ts";

/** What is known about audio before it is here. */
export type Arrival = {
	source: Source;
	originalFilename: string | null;
	/** Extension of the audio file in the archive, with the dot: `.wav`. */
	extension: string;
	title?: string | null;
	description?: string | null;
	tags?: string[];
	/** When it was recorded, where that is known; else now. */
	createdAt?: Date;
	/** Read when the audio is complete: `fill` may add to it. */
	events?: RecordingEvent[];
	/** Adds files to the folder when the audio is there; what it returns goes into metadata.json. */
	complete?: (folder: string, metadata: Metadata) => Promise<Partial<Metadata>>;
};

/** A whole recording in the writer's own folder: on disk, not yet counting. */
export type Staged = { folder: string; metadata: Metadata };

export type Inspection = { audio: AudioFacts; error: OnwaxError | null };

/**
 * Prepares a recording's folder. `fill` writes the audio file and syncs it, `inspect` says what can
 * be heard in it; audio that nothing can read is kept all the same, as a failed recording.
 * On any error the folder is removed again and the error passed on; but where `fill` wrote an intent
 * (audio that exists nowhere else), what came stays for the next start to make a recording of.
 */
export async function stage(
	writer: Writer,
	appVersion: string,
	arrival: Arrival,
	fill: (audioPath: string) => Promise<FileFacts>,
	inspect: (audioPath: string) => Promise<Inspection>,
): Promise<Staged> {
	const { name, createdAt } = newName(arrival.createdAt);
	const folder = join(writer.folder, name);
	step("stage:folder");
	await mkdir(folder, { mode: 0o700 });
	try {
		const audioFile = `audio${arrival.extension}`;
		const audioPath = join(folder, audioFile);
		const facts = await fill(audioPath);
		const inspection = await inspect(audioPath);
		const place = { folder, name, createdAt };
		return await describe(place, appVersion, arrival, { audioFile, facts, inspection });
	} catch (error) {
		if (!(await hasIntent(folder))) await discard(folder);
		throw error;
	}
}

/**
 * Makes a whole recording of a folder with audio in it that is complete and synced: metadata.json
 * is written last, and with it on disk the folder is whole.
 */
export async function describe(
	place: { folder: string; name: string; createdAt: string },
	appVersion: string,
	arrival: Arrival,
	sound: { audioFile: string; facts: FileFacts; inspection: Inspection },
): Promise<Staged> {
	const { folder, name, createdAt } = place;
	const { audioFile, facts, inspection } = sound;
	const files: Record<string, FileFacts> = { [audioFile]: facts };
	const { audio, error } = inspection;
	const refusal = error && { code: error.code, message: error.message, hint: error.hint };
	if (refusal) {
		files[errorFilename] = await prepareErrorFile(folder, refusal, [
			{ ...refusal, at: createdAt, engine: null, httpStatus: null, latencySeconds: 0 },
		]);
	}
	const bare: Metadata = {
		format: 1,
		id: randomUUID(),
		name,
		revision: 1,
		appVersion,
		createdAt,
		modifiedAt: createdAt,
		state: error ? "failed" : "pending",
		archived: false,
		deletedAt: null,
		source: arrival.source,
		originalFilename: arrival.originalFilename,
		title: arrival.title ?? null,
		description: arrival.description ?? null,
		tags: arrival.tags ?? [],
		audioFile,
		audio,
		original: null,
		transcription: null,
		error: refusal,
		retention: null,
		events: arrival.events ?? [],
		files,
	};
	const metadata = { ...bare, ...(await arrival.complete?.(folder, bare)) };
	step("stage:metadata");
	await writeMetadata(folder, metadata, { syncFolder: "later" });
	await placePrepared(folder, metadata.files);
	await removeIntent(folder);
	return { folder, metadata };
}

/** Removes a staged folder. What cannot be removed now is removed by the next start. */
export async function discard(folder: string): Promise<void> {
	await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

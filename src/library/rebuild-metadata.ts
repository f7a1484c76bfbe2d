import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorFilename } from "../archive/error-file.ts";
import { coverageFacts, readTranscript, transcriptFilename } from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import type {
	FileFacts,
	Metadata,
	RecordingErrorFacts,
	Shelf,
	TranscriptionFacts,
} from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import type { InspectAudio } from "./recover-staged.ts";

/**
 * A metadata.json made anew from what lies in the folder: the audio is looked into, the state
 * follows from the transcript and the error history. What only metadata.json knew (title, tags) is
 * taken from `hints`, where the catalogue or the damaged text still have it.
 *
 * @returns null where there is no audio
 */
export async function rebuildMetadata(
	place: { name: string; shelf: Shelf; folder: string },
	files: ReadonlyMap<string, FileFacts>,
	hints: { known: Metadata | null; read: Metadata | null },
	inspect: InspectAudio,
	appVersion: string,
): Promise<Metadata | null> {
	const { name, shelf, folder } = place;
	const audioFile = chooseAudio(files);
	if (audioFile === null) return null;
	const { audio, error: unreadable } = await inspect(join(folder, audioFile));
	const transcript = files.has(transcriptFilename) ? await readTranscript(folder) : null;
	const error = unreadable
		? { code: unreadable.code, message: unreadable.message, hint: unreadable.hint }
		: await readError(folder);
	const hint = hints.known ?? hints.read;
	const now = new Date().toISOString();
	const createdAt = hint?.createdAt ?? timeInName(name);
	return {
		format: 1,
		id: hint?.id ?? randomUUID(),
		name,
		revision: Math.max(hints.known?.revision ?? 0, hints.read?.revision ?? 0),
		appVersion,
		createdAt,
		modifiedAt: now,
		state: transcript ? "success" : error ? "failed" : "pending",
		archived: hint?.archived ?? false,
		deletedAt: shelf === "trash" ? (hint?.deletedAt ?? now) : null,
		source: hint?.source ?? "import",
		originalFilename: hint?.originalFilename ?? null,
		title: hint?.title ?? null,
		description: hint?.description ?? null,
		tags: hint?.tags ?? [],
		audioFile,
		audio,
		original: hint?.audioFile === audioFile ? hint.original : null,
		transcription: transcript && (hint?.transcription ?? transcriptionOf(transcript, now)),
		error: transcript ? null : error,
		retention: hint?.retention ?? null,
		events: hint?.events ?? [],
		files: Object.fromEntries(files),
	};
}

/** What the program itself makes of audio, the least processed first. */
const madeHere = ["audio.mended.wav", "audio.flac", "audio.opus"];

/**
 * Of several, the least processed one: audio as it came in before what was made of it. A file
 * without a byte only where there is nothing else.
 */
function chooseAudio(files: ReadonlyMap<string, FileFacts>): string | null {
	// An original is not in the list: -1, before all that are.
	const rank = (file: string) => madeHere.indexOf(file);
	const isEmpty = (file: string) => (files.get(file)?.sizeBytes === 0 ? 1 : 0);
	const audio = [...files.keys()].filter((file) => /^audio\.(mended\.)?[a-z0-9]{1,10}$/.test(file));
	audio.sort((a, b) => isEmpty(a) - isEmpty(b) || rank(a) - rank(b) || (a < b ? -1 : 1));
	return audio[0] ?? null;
}

/** What can be said of a transcription when only its result is left. */
export function transcriptionOf(transcript: Transcript, completedAt: string): TranscriptionFacts {
	const { engine, model, language, engineFile } = transcript;
	const coverage = transcript.coverage ? coverageFacts(transcript.coverage) : null;
	const unknown = { latencySeconds: 0, attempts: 1, fallback: null };
	return { engine, model, language, engineFile, completedAt, coverage, ...unknown };
}

/** What stands in error.json in the end, where that can be read. */
async function readError(folder: string): Promise<RecordingErrorFacts | null> {
	try {
		const document = JSON.parse(await readFile(join(folder, errorFilename), "utf8"));
		const { code, message, hint } = document?.error ?? {};
		if (typeof code !== "string" || typeof message !== "string") return null;
		return { code, message, hint: typeof hint === "string" ? hint : null };
	} catch (error) {
		if (error instanceof OnwaxError) throw error;
		// No history, or none that can be read: then nothing is known to have failed.
		return null;
	}
}

/** `YYYY-MM-DD_HH-MM-SS.microseconds_uid6` is a time in UTC. */
function timeInName(name: string): string {
	const date = name.slice(0, 10);
	const time = name.slice(11, 19).replaceAll("-", ":");
	return `${date}T${time}.${name.slice(20, 26)}Z`;
}

import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import type { OnwaxError } from "../../errors.ts";
import { extensionOf } from "../../import/find-files.ts";
import type { Attempt } from "../../job.ts";
import type { RecordingErrorFacts, State } from "../../recording.ts";
import type { RawOutput } from "../../transcribe/engine-output.ts";
import { readTranscriptJson } from "../../transcribe/transcript-json.ts";
import {
	asFields,
	type Fields,
	filenameOf,
	numberOf,
	pick,
	readOldJson,
	readOldText,
	textOf,
	timeOf,
} from "./old-json.ts";

/** A recording of another program's library, as far as it can be understood. */
export type OldRecording = {
	audioPath: string;
	/** What a person is shown. */
	shown: string;
	createdAt: Date | null;
	originalFilename: string | null;
	title: string | null;
	description: string | null;
	tags: string[];
	state: State;
	/** What an engine said. */
	output: RawOutput | null;
	/** Plain text that says something else: a person's, presumably. */
	editedText: string | null;
	engine: string | null;
	model: string | null;
	latencySeconds: number | null;
	attempts: number | null;
	error: RecordingErrorFacts | null;
	history: Attempt[];
};

export type OldEntry =
	| { kind: "recording"; recording: OldRecording }
	| { kind: "passed"; shown: string }
	| { kind: "problem"; shown: string; error: OnwaxError };

/** Reads one folder that holds one recording; null where there is no audio in it. */
export async function readOldFolder(
	folder: string,
	state: State,
	formats: readonly string[],
): Promise<OldRecording | null> {
	const entries = await readdir(folder, { withFileTypes: true });
	const audio: { name: string; sizeBytes: number }[] = [];
	for (const entry of entries) {
		if (!entry.isFile() || !isAudio(entry.name, formats)) continue;
		const { size } = await stat(join(folder, entry.name));
		audio.push({ name: entry.name, sizeBytes: size });
	}
	// Usually there is one; of several, the one called audio, else the largest.
	audio.sort(
		(a, b) =>
			Number(b.name.startsWith("audio.")) - Number(a.name.startsWith("audio.")) ||
			b.sizeBytes - a.sizeBytes,
	);
	const [best] = audio;
	if (!best) return null;
	const metadata = asFields(await readOldJson(join(folder, "metadata.json")));
	return readOld(join(folder, best.name), state, metadata, {
		name: basename(folder),
		json: join(folder, "transcript.json"),
		text: join(folder, "transcript.txt"),
		error: join(folder, "error.json"),
	});
}

/** Reads an audio file with companions of the same name: `memo.wav`, `memo.json`, `memo.txt`. */
export async function readOldFile(audioPath: string, state: State): Promise<OldRecording> {
	const stem = audioPath.slice(0, -extname(audioPath).length);
	const companion = asFields(await readOldJson(`${stem}.json`));
	return readOld(audioPath, state, companion, {
		name: basename(stem),
		json: `${stem}.transcript.json`,
		text: `${stem}.txt`,
		error: `${stem}.error.json`,
	});
}

export function isAudio(name: string, formats: readonly string[]): boolean {
	return !name.startsWith(".") && formats.includes(extensionOf(name));
}

async function readOld(
	audioPath: string,
	state: State,
	metadata: Fields,
	beside: { name: string; json: string; text: string; error: string },
): Promise<OldRecording> {
	const structured = toOutput(await readOldJson(beside.json)) ?? toOutput(metadata);
	const plain = textOf(await readOldText(beside.text));
	const within = textOf(pick(metadata, "transcript", "transcription", "text"));
	const text = structured?.text ?? plain ?? within;
	const output = structured
		? { ...structured, text }
		: text === null
			? null
			: { text, language: null, segments: [] };
	const edited =
		plain !== null &&
		output !== null &&
		squeezed(plain) !== squeezed(output.text ?? spoken(output));
	const { error, history } = readError(await readOldJson(beside.error), metadata);
	const model = asFields(pick(metadata, "model"));
	const tags = pick(metadata, "tags");
	return {
		audioPath,
		shown: join(basename(dirname(audioPath)), basename(audioPath)),
		createdAt:
			timeOf(
				pick(
					metadata,
					"created_at",
					"created",
					"created_time",
					"recorded_at",
					"timestamp",
					"date",
					"start_time",
					"started_at",
				),
			) ?? timeOf(beside.name),
		originalFilename: filenameOf(pick(metadata, "original_filename", "original_name", "filename")),
		title: textOf(pick(metadata, "title")),
		description: textOf(pick(metadata, "description", "notes")),
		tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
		state,
		output,
		editedText: edited ? plain.trim() : null,
		engine: textOf(pick(metadata, "engine", "backend", "provider")),
		model: textOf(pick(metadata, "model", "model_name")) ?? textOf(pick(model, "name", "id")),
		latencySeconds: latencyOf(metadata),
		attempts: numberOf(pick(metadata, "attempts", "attempt", "retries")),
		error,
		history,
	};
}

function toOutput(value: unknown): RawOutput | null {
	try {
		return value === null ? null : readTranscriptJson(value);
	} catch {
		// None of the known shapes: the plain text is what there is.
		return null;
	}
}

function spoken({ segments }: RawOutput): string {
	return segments.map(({ text }) => text).join(" ");
}

function squeezed(text: string): string {
	return text.replaceAll(/\s+/g, " ").trim().normalize("NFC");
}

function latencyOf(metadata: Fields): number | null {
	const ms = numberOf(pick(metadata, "latency_ms", "processing_ms"));
	if (ms !== null) return ms / 1000;
	return numberOf(pick(metadata, "latency_seconds", "latency", "latency_s", "processing_time"));
}

/** `{ error: "text" }`, `{ code, message }`, `{ attempts: [...] }` or a list of attempts. */
function readError(
	document: unknown,
	metadata: Fields,
): { error: RecordingErrorFacts | null; history: Attempt[] } {
	const fields = asFields(document);
	const list = Array.isArray(document) ? document : pick(fields, "attempts", "history", "errors");
	const history = Array.isArray(list) ? list.map(toAttempt) : [];
	const last = history.at(-1);
	const given = messageOf(fields) ?? messageOf(asFields(pick(fields, "error"))) ?? last?.message;
	const message = given ?? textOf(pick(metadata, "error", "error_message", "last_error"));
	if (message === null || message === undefined) return { error: null, history };
	return { error: { code: "ERR_ENGINE", message, hint: null }, history };
}

function toAttempt(value: unknown): Attempt {
	const fields = asFields(value);
	const at = timeOf(pick(fields, "at", "timestamp", "time", "date")) ?? new Date(0);
	return {
		at: at.toISOString(),
		engine: textOf(pick(fields, "engine", "backend")),
		code: "ERR_ENGINE",
		message: messageOf(fields) ?? textOf(value) ?? "no reason was kept",
		httpStatus: numberOf(pick(fields, "http_status", "status_code", "status")),
		latencySeconds: latencyOf(fields) ?? 0,
	};
}

function messageOf(fields: Fields): string | null {
	return textOf(pick(fields, "message", "error", "error_message", "reason", "detail"));
}

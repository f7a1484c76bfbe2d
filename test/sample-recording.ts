import { createHash } from "node:crypto";
import type { Metadata, Recording, TranscriptText } from "../src/recording.ts";

export type SampleOptions = Partial<
	Pick<
		Metadata,
		| "id"
		| "state"
		| "archived"
		| "deletedAt"
		| "title"
		| "originalFilename"
		| "description"
		| "tags"
	>
> & {
	uid?: string;
	sha256?: string;
	/** Null: no transcript. */
	text?: string | null;
	transcript?: TranscriptText | null;
};

/** Made for tests and benchmarks: the `number`-th recording, one second after the one before. */
export function sampleRecording(number: number, options: SampleOptions = {}): Recording {
	const at = new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();
	const uid = options.uid ?? number.toString(36).padStart(6, "0").slice(-6);
	const name = `${at.slice(0, 10)}_${at.slice(11, 19).replaceAll(":", "-")}.000000_${uid}`;
	const { title = `number ${number}`, text = `text of ${number}` } = options;
	const plain = text === null ? null : { text, originalText: text };
	return {
		metadata: {
			format: 1,
			id: options.id ?? `id-${number}-${uid}`,
			name,
			revision: 1,
			appVersion: "0.1.0",
			createdAt: at,
			modifiedAt: at,
			state: options.state ?? "success",
			archived: options.archived ?? false,
			deletedAt: options.deletedAt ?? null,
			source: "import",
			originalFilename: options.originalFilename ?? `${number}.wav`,
			title,
			description: options.description ?? null,
			tags: options.tags ?? [],
			audioFile: "audio.wav",
			audio: {
				mimeType: "audio/wav",
				codec: "pcm_s16le",
				durationSeconds: 1.5,
				sampleRate: 16000,
				channels: 1,
				bitDepth: 16,
			},
			original: null,
			transcription: null,
			error: null,
			retention: null,
			events: [],
			files: {
				"audio.wav": {
					sha256: options.sha256 ?? createHash("sha256").update(`${number}-${uid}`).digest("hex"),
					sizeBytes: 1000,
				},
			},
		},
		transcript: options.transcript === undefined ? plain : options.transcript,
	};
}

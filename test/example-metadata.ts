import type { Metadata } from "../src/recording.ts";

/** A whole metadata document; `fields` replaces what a test is about. */
export function exampleMetadata(fields: Partial<Metadata> = {}): Metadata {
	return {
		format: 1,
		id: "0b8c6a0e-6a5e-4c3e-9d0e-0a4a4f5f7b11",
		name: "2026-03-04_05-06-07.089000_abcde0",
		revision: 1,
		appVersion: "0.1.0",
		createdAt: "2026-03-04T05:06:07.089000Z",
		modifiedAt: "2026-03-04T05:06:07.089000Z",
		state: "pending",
		archived: false,
		deletedAt: null,
		source: "import",
		originalFilename: "memo.wav",
		title: null,
		description: null,
		tags: [],
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
		files: { "audio.wav": { sha256: "a".repeat(64), sizeBytes: 48044 } },
		...fields,
	};
}

import type { ExportInput } from "../src/export/exporter.ts";
import type { Segment, Transcript } from "../src/transcript.ts";

/** For the tests beside: an export's input with this text and these segments. */
export function exampleInput(
	text: string,
	segments: Segment[] = [],
	durationSeconds: number | null = 60,
): ExportInput {
	const transcript: Transcript = {
		format: 1,
		engineFile: "engine.json",
		engine: "sphinx",
		model: null,
		language: "en",
		text,
		originalText: text,
		segments,
		lexicons: [],
		edit: null,
		lexiconError: null,
	};
	return {
		transcript,
		metadata: {
			name: "2026-11-20_18-51-48.123456_k3x9qa",
			title: "A *title* #1",
			originalFilename: "a.wav",
			createdAt: "2026-11-20T18:51:48.123Z",
			tags: ["one", "two"],
			audio: {
				mimeType: "audio/wav",
				codec: "pcm_s16le",
				durationSeconds,
				sampleRate: 16000,
				channels: 1,
				bitDepth: 16,
			},
		},
	};
}

/** A segment whose words last half a second each, without a pause. */
export function exampleSegment(text: string, startSeconds: number, withWords = true): Segment {
	const words = text.split(" ").map((word, index) => ({
		text: word,
		startSeconds: startSeconds + index / 2,
		endSeconds: startSeconds + (index + 1) / 2,
	}));
	const endSeconds = startSeconds + words.length / 2;
	return { text, startSeconds, endSeconds, words: withWords ? words : [] };
}

import type { Engine, TranscribeRequest } from "../src/transcribe/engine.ts";
import type { EngineOutput, Span } from "../src/transcript.ts";
import { readCountedWords } from "./counted-words.ts";

export type Answers = (request: TranscribeRequest, output: EngineOutput) => Promise<EngineOutput>;

/** Hears what was counted; `answers` may make something else of it. */
export function countingEngine(
	maxSeconds: number | null,
	answers: Answers = async (_, output) => output,
) {
	const asked: { durationSeconds: number; setting: string; words: string[] }[] = [];
	const engine: Engine = {
		...{ name: "counting", type: "fake", model: null, parameters: {} },
		...{ concurrency: 2, takesVocabulary: false },
		input: {
			...{ container: "wav", sampleRate: 16_000, channels: 1, maxBytes: null },
			...{ extensions: null, maxSeconds },
		},
		async transcribe(request) {
			const words = await readCountedWords(request.audioPath);
			const texts = words.map(({ text }) => text);
			const { durationSeconds, setting = "usual" } = request;
			asked.push({ durationSeconds: durationSeconds ?? 0, setting, words: texts });
			const segments = words.map((word) => ({ ...word, words: [word] }));
			const about = { engine: "counting", model: null, language: null };
			return answers(request, { ...about, text: texts.join(" "), segments });
		},
		check: async () => ({ ok: true, message: "", hint: null }),
	};
	return { engine, asked };
}

export function wordsOf({ segments }: Pick<EngineOutput, "segments">): string[] {
	return segments.flatMap(({ words }) => words.map(({ text }) => text));
}

/** 120 words of 0.3 s, a pause of 0.2 s after each and of 1 s after every fifth. */
export const countedSpans: Span[] = Array.from({ length: 120 }, (_, index) => {
	const startSeconds = index * 0.5 + Math.floor(index / 5) * 0.8;
	return { startSeconds, endSeconds: startSeconds + 0.3 };
});
export const countedSeconds = 80;
export const everyWord = countedSpans.map((_, index) => `w${index}`);

import { srt } from "../../export/srt.ts";
import { vtt } from "../../export/vtt.ts";
import type { Recording } from "../../recording.ts";
import type { Segment, Transcript } from "../../transcript.ts";

export const answerFormats = ["json", "text", "srt", "verbose_json", "vtt"] as const;
export type AnswerFormat = (typeof answerFormats)[number];

export type Answer = { type: string; body: string };

export type AnswerAbout = {
	transcript: Transcript;
	metadata: Recording["metadata"];
	task: "transcribe" | "translate";
	granularities: readonly string[];
};

export function isAnswerFormat(format: string): format is AnswerFormat {
	return answerFormats.some((one) => one === format);
}

/** A transcript as OpenAI's service answers it in that format. */
export function renderAnswer(format: AnswerFormat, about: AnswerAbout): Answer {
	const { transcript, metadata } = about;
	switch (format) {
		case "json":
			return json({ text: transcript.text, usage: usageOf(about) });
		case "verbose_json":
			return json(verbose(about));
		case "text":
			return { type: "text/plain; charset=utf-8", body: `${transcript.text}\n` };
		case "srt":
			return { type: "text/plain; charset=utf-8", body: srt.render({ transcript, metadata }) };
		case "vtt":
			return { type: "text/vtt; charset=utf-8", body: vtt.render({ transcript, metadata }) };
	}
}

/** Its length is what OpenAI bills by; clients that show it have something to show. */
export function usageOf({ metadata }: Pick<AnswerAbout, "metadata">) {
	return { type: "duration", seconds: Math.ceil(metadata.audio.durationSeconds ?? 0) };
}

function json(value: unknown): Answer {
	return { type: "application/json; charset=utf-8", body: JSON.stringify(value) };
}

function verbose(about: AnswerAbout) {
	const { transcript, metadata, task, granularities } = about;
	const durationSeconds = metadata.audio.durationSeconds ?? lastSecond(transcript.segments);
	const segments = segmentsOf(transcript, durationSeconds);
	const wantsWords = granularities.includes("word");
	const wantsSegments = granularities.includes("segment") || !wantsWords;
	const words = transcript.segments.flatMap((segment) => segment.words);
	return {
		task,
		language: languageName(transcript.language),
		duration: durationSeconds,
		text: transcript.text,
		...(wantsWords
			? {
					words: words.map(({ text, startSeconds, endSeconds }) => ({
						word: text,
						start: startSeconds,
						end: endSeconds,
					})),
				}
			: {}),
		...(wantsSegments ? { segments: segments.map(verboseSegment) } : {}),
		usage: usageOf(about),
	};
}

/**
 * Engines here do not tell how sure they are; the numbers are those that no client takes for a reason
 * to leave a segment out.
 */
function verboseSegment({ text, startSeconds, endSeconds }: Segment, id: number) {
	return {
		...{ id, seek: 0, start: startSeconds, end: endSeconds, text: ` ${text}`, tokens: [] },
		...{ temperature: 0, avg_logprob: 0, compression_ratio: 1, no_speech_prob: 0 },
	};
}

/** Text without times is one segment of all of it. */
function segmentsOf({ segments, text }: Transcript, endSeconds: number): Segment[] {
	if (segments.length > 0 || text === "") return segments;
	return [{ text, startSeconds: 0, endSeconds, words: [] }];
}

function lastSecond(segments: readonly Segment[]): number {
	return segments.at(-1)?.endSeconds ?? 0;
}

/** In English and lower case, as OpenAI's service spells it. */
function languageName(tag: string | null): string {
	if (tag === null) return "unknown";
	try {
		return new Intl.DisplayNames("en", { type: "language" }).of(tag)?.toLowerCase() ?? tag;
	} catch {
		return tag;
	}
}

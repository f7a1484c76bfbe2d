import type { Segment } from "../transcript.ts";
import { inOrder } from "./in-order.ts";
import { joinAtSeam } from "./join-at-seam.ts";
import { joinTexts } from "./join-texts.ts";
import { wholeSaid } from "./whole-said.ts";
import type { Said, Window } from "./window.ts";

/** `output` is null for a window that failed, and for one that was silent. */
export type WindowPart = { window: Window; output: Said | null };

/**
 * What an engine said of a recording's windows, as if it had heard the recording at once: times count from its
 * start, and what two windows heard is there once. `text` is the segments' texts joined.
 *
 * A window whose engine gives no times becomes a segment of its own over the window's core, which is
 * all that is known about when it was said; a recording of one window then has no segments.
 *
 * @param answers in the order of their windows
 */
export function stitch(answers: readonly WindowPart[]): Said {
	const parts = answers.map(({ window, output }) => ({
		window,
		output: output && wholeSaid(output),
	}));
	const language = languageOf(parts);
	const [only] = parts;
	if (parts.length === 1 && only?.output && only.output.segments.length === 0)
		return { text: only.output.text, segments: [], language };
	const done: Segment[] = [];
	let last: { window: Window; segments: Segment[] } | null = null;
	for (const { window, output } of parts) {
		if (output === null) continue;
		const segments = absoluteSegments(window, output);
		if (last === null) {
			last = { window, segments };
			continue;
		}
		const joined = joinAtSeam(last.segments, segments, {
			overlapStartSeconds: window.startSeconds,
			overlapEndSeconds: last.window.endSeconds,
			cutSeconds: window.coreStartSeconds,
		});
		// Windows reach into their neighbours only: what begins before this one is settled.
		const settled = joined.findIndex((one) => one.endSeconds > window.startSeconds);
		done.push(...joined.splice(0, settled < 0 ? joined.length : settled));
		last = { window, segments: joined };
	}
	const segments = inOrder([...done, ...(last?.segments ?? [])]);
	const [first] = segments;
	const isWhole = parts.length === 1 && first !== undefined;
	const text = isWhole && only?.output ? only.output.text : joinTexts(segments.map(textOf));
	return { text, segments, language };
}

function absoluteSegments(window: Window, { text, segments }: Said): Segment[] {
	const offset = window.startSeconds;
	if (segments.length === 0) {
		const line = text.replace(/\s+/gu, " ").trim();
		if (line === "") return [];
		const { coreStartSeconds: startSeconds, coreEndSeconds: endSeconds } = window;
		return [{ startSeconds, endSeconds, text: line, words: [] }];
	}
	const shift = <T extends { startSeconds: number; endSeconds: number }>(one: T): T => ({
		...one,
		startSeconds: one.startSeconds + offset,
		endSeconds: one.endSeconds + offset,
	});
	return segments.map((one) => ({ ...shift(one), words: one.words.map(shift) }));
}

/** The one in which most was said, by the time of the windows that name it. */
function languageOf(parts: readonly WindowPart[]): string | null {
	const seconds = new Map<string, number>();
	for (const { window, output } of parts) {
		if (!output?.language || output.text.trim() === "") continue;
		const core = window.coreEndSeconds - window.coreStartSeconds;
		seconds.set(output.language, (seconds.get(output.language) ?? 0) + core);
	}
	const [most] = [...seconds].sort(([, a], [, b]) => b - a);
	return most?.[0] ?? parts.find(({ output }) => output?.language)?.output?.language ?? null;
}

function textOf({ text }: Segment): string {
	return text;
}

import { isIncomplete } from "../app/incomplete.ts";
import type { Recording } from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import { doubtInWords, doubtsInWords, placeOf, spanOf } from "./coverage-words.ts";
import { writeFacts } from "./facts.ts";
import type { Output } from "./output.ts";
import { writeText } from "./text.ts";
import { visible } from "./visible.ts";

/** On a terminal; elsewhere all are shown. */
const mostShown = 20;

/**
 * Where the text is in doubt: what, when, what was done about it, and what can be done. Nothing
 * where nothing is.
 *
 * @param reference what a person can type for this recording
 */
export function writeDoubts(
	output: Output,
	{ metadata }: Recording,
	transcript: Transcript | null,
	reference: string,
): void {
	const doubts = transcript?.coverage?.doubts ?? [];
	const words = doubtsInWords({ doubts }, (transcript?.edit ?? null) !== null);
	const [first] = doubts;
	if (words === null || first === undefined) return;
	const { out } = output;
	output.line();
	output.line(out.paint("yellow", words.head));
	const shown = out.isTerminal ? doubts.slice(0, mostShown) : doubts;
	writeFacts(
		output,
		shown.map((doubt) => [spanOf(doubt), visible(doubtInWords(doubt))]),
	);
	const dim = (text: string) => writeText(output, text, "dim");
	if (shown.length < doubts.length) {
		const others = doubts.length - shown.length;
		dim(`  … and ${others} more; \`onwax export ${reference} --format json\` has them all.`);
	}
	output.line();
	dim(`\`onwax play ${reference} --at ${placeOf(first.startSeconds)}\` plays it from there.`);
	const coverage = metadata.transcription?.coverage;
	if (!isIncomplete(coverage)) return;
	if (coverage && coverage.failedWindows > 0) {
		dim(`\`onwax retry ${reference}\` asks again for what the engine failed.`);
		return;
	}
	dim(
		`\`onwax transcribe ${reference} --engine NAME\` asks another engine, \`onwax diff ${reference}\` compares the two.`,
	);
}

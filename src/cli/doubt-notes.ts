import { keptTranscript } from "../app/export.ts";
import type { App } from "../app/open-app.ts";
import { OnwaxError } from "../errors.ts";
import type { CoverageFacts, Recording } from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import type { Cli } from "./command.ts";
import { type DoubtsInWords, doubtsInWords, fallbackInWords } from "./coverage-words.ts";
import type { Output } from "./output.ts";
import { shortReference } from "./short-reference.ts";
import { visible } from "./visible.ts";
import { wrap } from "./width.ts";

/**
 * Says of texts that were made just now what they lack, and which were made by another engine than
 * the one that was wanted. Beside the texts, on stderr: a text on stdout is the text alone.
 */
export function doubtNotes(cli: Cli, app: App) {
	const { output } = cli;
	const toldFallbacks = new Set<string>();

	async function lines({ metadata }: Recording): Promise<DoubtsInWords[]> {
		const { transcription, name } = metadata;
		const { coverage = null, fallback = null } = transcription ?? {};
		const told: DoubtsInWords[] = [];
		if (transcription && fallback) {
			const words = fallbackInWords(transcription.engine, fallback);
			// Of many texts the first one says it; the others are alike.
			if (!toldFallbacks.has(words)) told.push({ head: "", rest: words });
			toldFallbacks.add(words);
		}
		const transcript = hasDoubts(coverage) ? await transcriptOf(app, metadata) : null;
		if (!transcript?.coverage) return told;
		const doubts = doubtsInWords(transcript.coverage, transcript.edit !== null);
		if (doubts === null) return told;
		const reference = await shortReference(app.library.catalogue, name);
		told.push({ ...doubts, rest: `${doubts.rest} \`onwax show ${reference}\` tells more.` });
		return told;
	}

	/** Looks first, so that what is told stands together where several texts come at once. */
	return async (recording: Recording): Promise<(place: "only" | "of-many") => void> => {
		if (output.json) return () => undefined;
		const told = await lines(recording);
		return (place) => {
			// Below its line, or with its name where that is somewhere else.
			const isBelow = output.out.isTerminal && output.err.isTerminal;
			const indent = isBelow ? " ".repeat(9) : `${recording.metadata.name}: `;
			for (const line of told) noteDoubts(output, line, place === "only" ? "" : indent);
		};
	};
}

/** One sentence on stderr, whose beginning stands out; its lines begin with `before`. */
export function noteDoubts(output: Output, { head, rest }: DoubtsInWords, before = ""): void {
	const { err } = output;
	const text = visible(`${head} ${rest}`.trim());
	const isIndent = before.trim() === "";
	const room = err.isTerminal ? err.width - before.length : Number.POSITIVE_INFINITY;
	for (const [index, line] of wrap(text, room).entries()) {
		const stands = index === 0 && head !== "" && line.startsWith(head);
		const painted = stands ? err.paint("yellow", head) + line.slice(head.length) : line;
		output.note((index === 0 || isIndent ? before : "") + painted);
	}
}

function hasDoubts(coverage: CoverageFacts | null): boolean {
	return coverage !== null && coverage.gaps + coverage.loops + coverage.unheard > 0;
}

async function transcriptOf(
	{ library }: App,
	metadata: Recording["metadata"],
): Promise<Transcript | null> {
	try {
		return await keptTranscript(library.layout, { metadata, transcript: null });
	} catch (error) {
		// Another program moved or changed it since: `show` and `validate` say what is wrong with it.
		if (error instanceof OnwaxError) return null;
		throw error;
	}
}

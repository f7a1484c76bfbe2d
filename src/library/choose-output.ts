import { readEngineOutput } from "../archive/transcript-file.ts";
import type { TranscriptionFacts } from "../recording.ts";
import type { EngineOutput } from "../transcript.ts";

export type KeptOutput = { engineFile: string; output: EngineOutput };

/** What is left that tells which output a lost transcript stood on. */
export type Clues = {
	/** Files that are said to be it, the best witness first. */
	named: readonly (string | null | undefined)[];
	transcription: TranscriptionFacts | null;
	/** What the engine had said, as the catalogue has it; null where that knows nothing. */
	originalText: string | null;
	/** transcript.txt, where its bytes are right. */
	plainText: string | null;
	/** What the lexicons make of an output. */
	correct: (kept: KeptOutput) => Promise<string>;
};

export function isEngineFile(file: string): boolean {
	return /^engine\.[0-9a-z]+\.json$/.test(file);
}

/** Whether it is what an engine's output has to be; else a damaged file's bytes. */
export function isOutput(output: EngineOutput | null): output is EngineOutput {
	return typeof output?.text === "string" && Array.isArray(output.segments);
}

/**
 * The engine's output that a lost transcript stood on: a recording may have been heard by several.
 * Where nothing names the file, the engine and its model, what it had said and what the plain text
 * says speak for one. Where that one is lost too, another one that is there.
 *
 * @param files names of files whose bytes are right
 */
export async function chooseOutput(
	folder: string,
	files: readonly string[],
	clues: Clues,
): Promise<KeptOutput | null> {
	const kept: KeptOutput[] = [];
	for (const engineFile of files.filter(isEngineFile)) {
		const output = await readEngineOutput(folder, engineFile);
		if (isOutput(output)) kept.push({ engineFile, output });
	}
	for (const named of clues.named) {
		const found = kept.find(({ engineFile }) => engineFile === named);
		if (found) return found;
	}
	let best: KeptOutput | null = null;
	let mostPoints = -1;
	for (const one of kept) {
		const points = kept.length === 1 ? 0 : await pointsFor(one, clues);
		// Of equals the one that was listed last: it came last.
		if (points < mostPoints) continue;
		best = one;
		mostPoints = points;
	}
	return best;
}

async function pointsFor(kept: KeptOutput, clues: Clues): Promise<number> {
	const { engine, model, text } = kept.output;
	const { transcription, originalText, plainText, correct } = clues;
	const isEngine = transcription?.engine === engine && transcription.model === model;
	const isSaid = originalText === text;
	const isPlain = plainText !== null && plainText === `${await correct(kept)}\n`;
	return (isEngine ? 2 : 0) + (isSaid ? 2 : 0) + (isPlain ? 1 : 0);
}

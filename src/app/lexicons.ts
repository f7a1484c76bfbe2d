import { OnwaxError } from "../errors.ts";
import { applyLexicon } from "../lexicon/apply-lexicon.ts";
import { listLexicons, readLexicon } from "../lexicon/lexicon-file.ts";
import type { LexiconResult } from "../pipeline/transcribe-job.ts";
import type { EngineOutput } from "../transcript.ts";

export type LexiconSettings = { enabled: boolean; regexTimeLimitMs: number };

/**
 * Every lexicon in use, in the order of their names, each on the result of the one before. One that
 * fails leaves the text as the engine gave it, and the reason is kept with the transcript: bad
 * corrections never cost anybody a transcript (D3.6).
 */
export async function applyLexicons(
	folder: string,
	output: EngineOutput,
	settings: LexiconSettings,
): Promise<LexiconResult> {
	let { text, segments } = output;
	const lexicons: LexiconResult["lexicons"] = [];
	if (!settings.enabled) return { text, segments, lexicons, lexiconError: null };
	try {
		for (const name of await listLexicons(folder)) {
			const lexicon = await readLexicon(folder, name);
			const result = applyLexicon(lexicon, { text, segments }, settings);
			text = result.text;
			segments = result.segments;
			lexicons.push({ name, version: lexicon.version, replacements: result.replacements });
		}
		return { text, segments, lexicons, lexiconError: null };
	} catch (error) {
		if (!(error instanceof OnwaxError)) throw error;
		const { text, segments } = output;
		return { text, segments, lexicons: [], lexiconError: error.message };
	}
}

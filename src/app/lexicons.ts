import { OnwaxError, toOnwaxError } from "../errors.ts";
import { applyLexicon } from "../lexicon/apply-lexicon.ts";
import type { Lexicon } from "../lexicon/lexicon.ts";
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
	let current: string | null = null;
	try {
		for (const name of await listLexicons(folder)) {
			current = name;
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
		return { text, segments, lexicons: [], lexiconError: inLexicon(current, error) };
	}
}

export type BrokenLexicon = { name: string; error: OnwaxError };

/** Those in use, in the order in which they are applied, and those whose file cannot be used. */
export async function readLexicons(
	folder: string,
): Promise<{ lexicons: Lexicon[]; broken: BrokenLexicon[] }> {
	const lexicons: Lexicon[] = [];
	const broken: BrokenLexicon[] = [];
	for (const name of await listLexicons(folder)) {
		try {
			lexicons.push(await readLexicon(folder, name));
		} catch (thrown) {
			const { code, message, hint } = toOnwaxError(thrown);
			const more = hint === null ? {} : { hint };
			broken.push({ name, error: new OnwaxError(code, inLexicon(name, { message }), more) });
		}
	}
	return { lexicons, broken };
}

function inLexicon(name: string | null, { message }: { message: string }): string {
	return name === null ? message : `${name}: ${message}`;
}

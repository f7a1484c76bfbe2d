import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Corrected } from "../layers/compose-transcript.ts";
import { applyInThread } from "../lexicon/apply-in-thread.ts";
import type { Lexicon } from "../lexicon/lexicon.ts";
import { listLexicons, readLexicon } from "../lexicon/lexicon-file.ts";
import { vocabularyFrom } from "../lexicon/vocabulary.ts";
import type { EngineOutput, Transcript } from "../transcript.ts";

export type LexiconSettings = {
	enabled: boolean;
	regexTimeLimitMs: number;
	/** For all regular expressions together; default: enough for thousands that are well made. */
	regexTotalMs?: number;
};

type RegexLimits = Pick<LexiconSettings, "regexTimeLimitMs" | "regexTotalMs">;

/** Times the limit of one expression: a minute, as Onwax is set up. */
const usualTotal = 600;

/**
 * Every lexicon in use, in the order of their names, each on the result of the one before. One that
 * fails leaves the text as the engine gave it, and the reason is kept with the transcript: bad
 * corrections never cost anybody a transcript (D3.6).
 */
export async function applyLexicons(
	folder: string,
	output: EngineOutput,
	settings: LexiconSettings,
): Promise<Corrected> {
	let current: string | null = null;
	try {
		const lexicons: Lexicon[] = [];
		for (const name of settings.enabled ? await listLexicons(folder) : []) {
			current = name;
			lexicons.push(await readLexicon(folder, name));
		}
		return await correct(lexicons, output, settings);
	} catch (error) {
		if (!(error instanceof OnwaxError)) throw error;
		return uncorrected(output, inLexicon(current, error));
	}
}

/** What these lexicons make of an engine's output; where one fails, the output as it is, and why. */
export async function correct(
	lexicons: readonly Lexicon[],
	output: EngineOutput,
	{ regexTimeLimitMs, regexTotalMs = regexTimeLimitMs * usualTotal }: RegexLimits,
): Promise<Corrected> {
	let current: string | null = null;
	try {
		const onLexicon = (name: string) => {
			current = name;
		};
		const options = { regexTimeLimitMs, regexTotalMs };
		const applied = await applyInThread(lexicons, output, options, onLexicon);
		return { ...applied, lexiconError: null };
	} catch (error) {
		if (!(error instanceof OnwaxError)) throw error;
		return uncorrected(output, inLexicon(current, error));
	}
}

function uncorrected({ text, segments }: EngineOutput, lexiconError: string): Corrected {
	return { text, segments, lexicons: [], lexiconError };
}

/**
 * What the lexicons made of an engine's output when this transcript was written: every version of a
 * lexicon stays on disk, so that the layer below an edit, or before a later version, comes back.
 *
 * @returns null where one of them cannot be read any more
 */
export async function correctedAsNamed(
	folder: string,
	output: EngineOutput,
	{ lexicons, lexiconError }: Pick<Transcript, "lexicons" | "lexiconError">,
	settings: RegexLimits,
): Promise<Corrected | null> {
	if (lexiconError !== null) return uncorrected(output, lexiconError);
	try {
		const versions = lexicons.map(({ name, version }) => readLexicon(folder, name, version));
		const result = await correct(await Promise.all(versions), output, settings);
		return result.lexiconError === null ? result : null;
	} catch (error) {
		if (error instanceof OnwaxError && !error.retryable) return null;
		throw error;
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

/** What engines that take hints are told to listen for. A broken lexicon gives none. */
export async function vocabularyOf(
	folder: string,
	config: { vocabulary: readonly string[]; lexicon: Pick<LexiconSettings, "enabled"> },
): Promise<string[]> {
	const { lexicons } = config.lexicon.enabled ? await readLexicons(folder) : { lexicons: [] };
	return vocabularyFrom(config.vocabulary, lexicons);
}

function inLexicon(name: string | null, { message }: { message: string }): string {
	return name === null ? message : `${name}: ${message}`;
}

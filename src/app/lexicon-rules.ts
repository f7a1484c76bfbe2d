import { OnwaxError } from "../errors.ts";
import type { Corrected } from "../layers/compose-transcript.ts";
import type { Lexicon, LexiconRule } from "../lexicon/lexicon.ts";
import {
	listKeptLexicons,
	readLexicon,
	removeLexicon,
	saveLexicon,
	undoLexicon,
} from "../lexicon/lexicon-file.ts";
import { type LexiconVersion, lexiconHistory, versionBefore } from "../lexicon/lexicon-history.ts";
import { validateRules } from "../lexicon/validate-rules.ts";
import { applyLexicons } from "./lexicons.ts";
import type { App } from "./open-app.ts";

export type LexiconInUse = Pick<Lexicon, "name" | "version" | "rules">;

/** Where corrections go when nobody says which lexicon. */
export const defaultLexicon = "names";

/**
 * Adds a rule; one of the same kind for the same words is replaced.
 *
 * @throws ERR_LEXICON for a rule with an error
 */
export async function addRule(
	folder: string,
	name: string,
	rule: LexiconRule,
): Promise<{ lexicon: LexiconInUse; warnings: string[] }> {
	const before = await readIfThere(folder, name);
	const others = (before?.rules ?? []).filter((other) => !isSame(other, rule));
	const rules = [...others, rule];
	const saved = await saveLexicon(folder, name, rules, before?.version ?? 0);
	const warnings = validateRules(saved.rules, rules.length - 1).map(({ message }) => message);
	return { lexicon: { name: saved.name, version: saved.version, rules: saved.rules }, warnings };
}

/**
 * Puts these rules in use, as the next version, in the place of all that were.
 *
 * @param expectedVersion the version they were made from, 0 for none; null: whatever it is by now
 * @throws ERR_CONFLICT where it is another one by now; ERR_LEXICON for rules with errors
 */
export async function replaceRules(
	folder: string,
	name: string,
	rules: readonly LexiconRule[],
	expectedVersion: number | null,
): Promise<LexiconInUse> {
	const saved = await saveLexicon(folder, name, rules, expectedVersion ?? undefined);
	return { name: saved.name, version: saved.version, rules: saved.rules };
}

/** @throws ERR_NOT_FOUND where there is no such rule */
export async function removeRule(
	folder: string,
	name: string,
	from: string,
): Promise<LexiconInUse> {
	const before = await readLexicon(folder, name);
	const rules = before.rules.filter((rule) => rule.from.toLowerCase() !== from.toLowerCase());
	if (rules.length === before.rules.length) {
		throw new OnwaxError(
			"ERR_NOT_FOUND",
			`${name} has no correction for ${JSON.stringify(from)}.`,
			{
				hint: "`onwax lexicon list` shows all of them.",
			},
		);
	}
	const saved = await saveLexicon(folder, name, rules, before.version);
	return { name: saved.name, version: saved.version, rules: saved.rules };
}

/** Takes a whole lexicon out of use. @throws ERR_NOT_FOUND where it is not */
export async function takeOutOfUse(folder: string, name: string): Promise<void> {
	await removeLexicon(folder, name);
}

/**
 * Puts an earlier version's rules in use again, as a new version.
 *
 * @param version default: one step back, which after several steps leads further back each time
 * @throws ERR_NOT_FOUND; ERR_STATE where there is nothing before
 */
export async function undoRules(
	folder: string,
	name: string,
	version: number | null,
): Promise<{ lexicon: LexiconInUse; from: number }> {
	const from = version ?? (await versionBefore(folder, name));
	if (from === null) {
		throw new OnwaxError("ERR_STATE", `There is nothing before the first version of ${name}.`, {
			hint: `\`onwax lexicon remove --all --lexicon ${name}\` takes it out of use.`,
		});
	}
	const { version: now, rules } = await undoLexicon(folder, name, from);
	return { lexicon: { name, version: now, rules }, from };
}

/** Every version of one lexicon, or of all that were ever in use; oldest first. */
export async function historyOf(folder: string, name: string | null): Promise<LexiconVersion[]> {
	const names = name === null ? await listKeptLexicons(folder) : [name];
	const histories = await Promise.all(names.map((one) => lexiconHistory(folder, one)));
	return histories.flat();
}

/**
 * What the lexicons make of a text.
 *
 * @param regexTotalMs for all regular expressions together; default: as for a transcript
 * @throws ERR_LEXICON where one fails, or takes too long
 */
export async function tryLexicons(
	app: App,
	text: string,
	{ regexTotalMs }: { regexTotalMs?: number } = {},
): Promise<Corrected> {
	const output = { engine: "", model: null, language: null, text, segments: [] };
	const result = await applyLexicons(app.library.layout.lexicons, output, {
		...app.config.lexicon,
		enabled: true,
		...(regexTotalMs !== undefined && { regexTotalMs }),
	});
	if (result.lexiconError === null) return result;
	throw new OnwaxError("ERR_LEXICON", result.lexiconError, { hint: "Correct the lexicon." });
}

async function readIfThere(folder: string, name: string): Promise<Lexicon | null> {
	try {
		return await readLexicon(folder, name);
	} catch (error) {
		if (error instanceof OnwaxError && error.code === "ERR_NOT_FOUND") return null;
		throw error;
	}
}

function isSame(one: LexiconRule, other: LexiconRule): boolean {
	return one.kind === other.kind && one.from.toLowerCase() === other.from.toLowerCase();
}

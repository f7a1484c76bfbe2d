import type { Lexicon } from "./lexicon.ts";

/** OpenAI's models read the last 224 tokens of a prompt; others are slower the more they are given. */
const mostTerms = 100;
const mostCharacters = 800;

/**
 * Words that an engine is told to listen for: those that were wished for first, then the wanted
 * spellings of the lexicons' rules for words. What a regular expression gives is no word. Each once,
 * and no more than engines read.
 */
export function vocabularyFrom(wished: readonly string[], lexicons: readonly Lexicon[]): string[] {
	const spellings = lexicons.flatMap(({ rules }) =>
		rules.filter(({ kind }) => kind === "words").map(({ to }) => to),
	);
	const terms: string[] = [];
	const seen = new Set<string>();
	let characters = 0;
	for (const term of [...wished, ...spellings]) {
		const clean = term.normalize("NFC").trim().replace(/\s+/g, " ");
		if (clean === "" || seen.has(clean)) continue;
		seen.add(clean);
		// A comma and a space between two.
		const longer = characters + clean.length + (terms.length > 0 ? 2 : 0);
		if (longer > mostCharacters) continue;
		characters = longer;
		terms.push(clean);
		if (terms.length === mostTerms) break;
	}
	return terms;
}

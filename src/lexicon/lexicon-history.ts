import { OnwaxError } from "../errors.ts";
import type { Lexicon, LexiconRule } from "./lexicon.ts";
import { listLexicons, listLexiconVersions, readLexicon } from "./lexicon-file.ts";

export type RuleChanges = { added: LexiconRule[]; removed: LexiconRule[]; changed: LexiconRule[] };

export type LexiconVersion = {
	name: string;
	version: number;
	isInUse: boolean;
	restoredFrom: number | null;
	/** Against the version before it that can be read; null where this one cannot be read. */
	changes: RuleChanges | null;
};

/** Every version that a lexicon had, oldest first, with what each one changed. */
export async function lexiconHistory(dir: string, name: string): Promise<LexiconVersion[]> {
	const current = await versionInUse(dir, name);
	const history: LexiconVersion[] = [];
	let before: readonly LexiconRule[] = [];
	for (const version of await listLexiconVersions(dir, name)) {
		const lexicon = await readIfWhole(dir, name, version);
		history.push({
			...{ name, version, isInUse: version === current },
			restoredFrom: lexicon?.restoredFrom ?? null,
			changes: lexicon && ruleChanges(before, lexicon.rules),
		});
		before = lexicon?.rules ?? before;
	}
	if (history.length > 0) return history;
	throw new OnwaxError("ERR_NOT_FOUND", `There is no lexicon ${name}, and never was.`, {
		hint: "`onwax lexicon history` shows all of them.",
	});
}

/**
 * The version that one step back leads to: the one before the version in use, or before the one
 * that this was restored from, so that several steps lead further back and not to and fro. Of a
 * lexicon that was taken out of use, its last one. Null where there is nothing further back.
 */
export async function versionBefore(dir: string, name: string): Promise<number | null> {
	const history = (await lexiconHistory(dir, name)).filter(({ changes }) => changes !== null);
	const current = history.find(({ isInUse }) => isInUse);
	if (!current) return history.at(-1)?.version ?? null;
	let origin = current;
	for (let next: LexiconVersion | undefined = origin; next; ) {
		origin = next;
		const { restoredFrom }: LexiconVersion = origin;
		next = history.find(({ version }) => version === restoredFrom && version < origin.version);
	}
	return history.findLast(({ version }) => version < origin.version)?.version ?? null;
}

/** What leads from one list of rules to another; their order aside. */
export function ruleChanges(
	before: readonly LexiconRule[],
	after: readonly LexiconRule[],
): RuleChanges {
	const keyOf = ({ kind, from }: LexiconRule) => `${kind}\n${from.toLowerCase()}`;
	const old = new Map(before.map((rule) => [keyOf(rule), rule]));
	const now = new Set(after.map(keyOf));
	const isSame = (one: LexiconRule, other: LexiconRule) =>
		one.from === other.from && one.to === other.to && one.caseSensitive === other.caseSensitive;
	return {
		added: after.filter((rule) => !old.has(keyOf(rule))),
		removed: before.filter((rule) => !now.has(keyOf(rule))),
		changed: after.filter((rule) => {
			const earlier = old.get(keyOf(rule));
			return earlier !== undefined && !isSame(earlier, rule);
		}),
	};
}

async function versionInUse(dir: string, name: string): Promise<number | null> {
	if (!(await listLexicons(dir)).includes(name)) return null;
	return (await readLexicon(dir, name)).version;
}

async function readIfWhole(dir: string, name: string, version: number): Promise<Lexicon | null> {
	try {
		return await readLexicon(dir, name, version);
	} catch (error) {
		if (error instanceof OnwaxError && error.code === "ERR_LEXICON") return null;
		throw error;
	}
}

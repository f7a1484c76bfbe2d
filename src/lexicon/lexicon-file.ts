import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import type { Lexicon, LexiconRule } from "./lexicon.ts";
import { checkLexiconName, checkRules, parseLexicon, serialiseLexicon } from "./lexicon-format.ts";

/*
 * `<dir>/<name>.json` is the lexicon in use; `<dir>/<name>.v3.json` is its version 3. Every version
 * that was ever in use stays, so that what was corrected with it can be understood and undone.
 */

/** The folder of lexicons in a library. */
export function lexiconsDir(dataDir: string): string {
	return join(dataDir, "lexicons");
}

/** Names of the lexicons that were ever in use, in a fixed order. */
export async function listKeptLexicons(dir: string): Promise<string[]> {
	const names = (await filenames(dir)).flatMap(
		(name) => /^([^.]+)(?:\.v\d{1,9})?\.json$/.exec(name)?.[1] ?? [],
	);
	return [...new Set(names)].sort();
}

/** Names of the lexicons in use, in a fixed order. */
export async function listLexicons(dir: string): Promise<string[]> {
	const names = (await filenames(dir)).flatMap((name) => /^([^.]+)\.json$/.exec(name)?.[1] ?? []);
	return names.sort();
}

/**
 * A lexicon in use, or one of its versions.
 *
 * @throws ERR_NOT_FOUND; ERR_LEXICON where the file is not as it should be
 */
export async function readLexicon(dir: string, name: string, version?: number): Promise<Lexicon> {
	checkLexiconName(name);
	const current = await readIfThere(join(dir, `${name}.json`));
	if (current && (version === undefined || version === current.version)) return current;
	const kept = version === undefined ? null : await readIfThere(versionPath(dir, name, version));
	if (kept) return kept;
	throw new OnwaxError(
		"ERR_NOT_FOUND",
		version === undefined
			? `There is no lexicon ${name}.`
			: `There is no version ${version} of the lexicon ${name}.`,
		{ hint: "`onwax lexicon list` shows what is there." },
	);
}

/**
 * Saves rules as the next version of a lexicon, a new one included; rules that are the same as
 * before change nothing. The version they replace is kept first, then the new one put in place:
 * a crash between the two leaves the old one in use, and both readable.
 *
 * @param expectedVersion version that the change was made from (0: none yet)
 * @param restoredFrom version whose rules these are again
 * @throws ERR_CONFLICT when another program saved in the meantime; ERR_LEXICON for rules with errors
 */
export async function saveLexicon(
	dir: string,
	name: string,
	rules: readonly LexiconRule[],
	expectedVersion?: number,
	restoredFrom?: number,
): Promise<Lexicon> {
	checkLexiconName(name);
	checkRules(rules);
	const current = await readIfThere(join(dir, `${name}.json`));
	if (expectedVersion !== undefined && expectedVersion !== (current?.version ?? 0)) {
		throw new OnwaxError("ERR_CONFLICT", `The lexicon ${name} was changed by another program.`, {
			retryable: true,
			hint: "Do it again: it will be done to the newer version.",
		});
	}
	if (current && JSON.stringify(current.rules) === JSON.stringify(rules)) return current;
	const version = Math.max(current?.version ?? 0, await newestKeptVersion(dir, name)) + 1;
	const origin = restoredFrom === undefined ? {} : { restoredFrom };
	const next: Lexicon = { format: 1, name, version, ...origin, rules: structuredClone([...rules]) };
	await publishing(async () => {
		await makeFolder(dir);
		if (current)
			await publishFile(versionPath(dir, name, current.version), serialiseLexicon(current));
		await publishFile(join(dir, `${name}.json`), serialiseLexicon(next));
	});
	return next;
}

/** Takes a lexicon out of use; its versions stay, and a new one of this name counts on from them. */
export async function removeLexicon(dir: string, name: string): Promise<void> {
	const current = await readLexicon(dir, name);
	await publishing(async () => {
		await publishFile(versionPath(dir, name, current.version), serialiseLexicon(current));
		await unlink(join(dir, `${name}.json`));
		await syncFolder(dir);
	});
}

/** Puts the rules of an earlier version in use again, as a new version. */
export async function undoLexicon(dir: string, name: string, version: number): Promise<Lexicon> {
	const { rules } = await readLexicon(dir, name, version);
	return saveLexicon(dir, name, rules, undefined, version);
}

/** Versions that can be read, oldest first, the one in use included. */
export async function listLexiconVersions(dir: string, name: string): Promise<number[]> {
	checkLexiconName(name);
	const versions = new Set(await keptVersions(dir, name));
	const current = await readIfThere(join(dir, `${name}.json`));
	if (current) versions.add(current.version);
	return [...versions].sort((a, b) => a - b);
}

function versionPath(dir: string, name: string, version: number): string {
	return join(dir, `${name}.v${version}.json`);
}

async function newestKeptVersion(dir: string, name: string): Promise<number> {
	return Math.max(0, ...(await keptVersions(dir, name)));
}

async function keptVersions(dir: string, name: string): Promise<number[]> {
	return (await filenames(dir)).flatMap((filename) => {
		const [, owner, version] = /^([^.]+)\.v(\d{1,9})\.json$/.exec(filename) ?? [];
		return owner === name ? [Number(version)] : [];
	});
}

async function filenames(dir: string): Promise<string[]> {
	try {
		return await readdir(dir);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw toOnwaxError(error, "ERR_IO");
	}
}

async function readIfThere(path: string): Promise<Lexicon | null> {
	try {
		return parseLexicon(await readFile(path, "utf8"));
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw toOnwaxError(error, "ERR_IO");
	}
}

async function publishing(work: () => Promise<void>): Promise<void> {
	try {
		await work();
	} catch (error) {
		throw toOnwaxError(error, "ERR_IO");
	}
}

import { defaultSettings } from "./defaults.ts";

/** One thing that can be set: `retry.maxAttempts`, `ONWAX_RETRY_MAX_ATTEMPTS`. */
export type KnownKey = { key: string; variable: string; defaultValue: unknown };

/** Every key with its name in the environment; a section (`retry`) is one as well, written as JSON. */
export const knownKeys: readonly KnownKey[] = listKeys(defaultSettings, []);

function listKeys(settings: object, path: string[]): KnownKey[] {
	return Object.entries(settings).flatMap(([name, defaultValue]) => {
		const keyPath = [...path, name];
		const key: KnownKey = {
			key: keyPath.join("."),
			variable: variableOf(keyPath),
			defaultValue,
		};
		return isSection(defaultValue) ? [key, ...listKeys(defaultValue, keyPath)] : [key];
	});
}

/** `["retry", "maxAttempts"]` → `ONWAX_RETRY_MAX_ATTEMPTS` */
function variableOf(path: string[]): string {
	const words = path.map((name) => name.replace(/[A-Z]/g, (capital) => `_${capital}`));
	return `ONWAX_${words.join("_").toUpperCase()}`;
}

export function isSection(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted key; undefined where there is none. */
export function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
	let value = settings;
	for (const name of path) {
		if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
			return undefined;
		value = (value as Record<PropertyKey, unknown>)[name];
	}
	return value;
}

/**
 * The candidate that `name` most likely meant, or null when none is near: compared without case
 * and separators, by the last part of a dotted key as well (`maxAttempts` → `retry.maxAttempts`).
 */
export function nearest(name: string, candidates: readonly string[]): string | null {
	const wanted = plain(name);
	let best: string | null = null;
	let bestDistance = Number.POSITIVE_INFINITY;
	for (const candidate of candidates) {
		const last = candidate.slice(candidate.lastIndexOf(".") + 1);
		const distance = Math.min(
			distanceOfNames(wanted, plain(candidate)),
			distanceOfNames(wanted, plain(last)) + 0.5,
		);
		if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
	}
	return bestDistance <= Math.max(2, Math.ceil(wanted.length / 3)) ? best : null;
}

/** A name that was cut short (`maxDelay`) is as near as one typing mistake. */
function distanceOfNames(wanted: string, name: string): number {
	if (wanted !== name && wanted.length >= 4 && name.startsWith(wanted)) return 1;
	return editDistance(wanted, name);
}

function plain(name: string): string {
	return name
		.slice(0, 100)
		.toLowerCase()
		.replace(/[^a-z0-9]/g, "");
}

/** Damerau–Levenshtein distance, optimal string alignment: a swap of neighbours counts as one edit. */
export function editDistance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const cost = a[i - 1] === b[j - 1] ? 0 : 1;
			let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
				edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1);
			}
			row.push(edits);
		}
		[beforeLast, last] = [last, row];
	}
	return last[b.length] ?? a.length;
}

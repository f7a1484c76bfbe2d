import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { systemErrorCode } from "../../errors.ts";

/** Word times of ten hours are about 6 MB. */
const largestTextBytes = 16 * 1024 * 1024;

export type Fields = Record<string, unknown>;

/** A plain text file beside an old recording; null where there is none that is worth reading. */
export async function readOldText(path: string): Promise<string | null> {
	try {
		const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
		try {
			const stat = await file.stat();
			if (!stat.isFile() || stat.size > largestTextBytes) return null;
			return (await file.readFile("utf8")).replace(/^\uFEFF/, "");
		} finally {
			await file.close();
		}
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT" || code === "ELOOP" || code === "ENOTDIR") return null;
		throw error;
	}
}

/** The same as JSON; what is not JSON is as good as missing: the audio is what counts. */
export async function readOldJson(path: string): Promise<unknown> {
	const text = await readOldText(path);
	if (text === null) return null;
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

export function asFields(value: unknown): Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as Fields)
		: {};
}

/** `createdAt`, `created-at` and `created_at` are one key. */
export function plainKey(key: string): string {
	return key
		.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
		.replaceAll("-", "_")
		.toLowerCase();
}

/** The first of these keys that has a value, however it is spelled. */
export function pick(fields: Fields, ...keys: string[]): unknown {
	const byKey = new Map(Object.entries(fields).map(([key, value]) => [plainKey(key), value]));
	for (const key of keys) {
		const value = byKey.get(key);
		if (value !== undefined && value !== null && value !== "") return value;
	}
	return null;
}

export function textOf(value: unknown): string | null {
	return typeof value === "string" && value.trim() !== "" ? value : null;
}

/** Old programs kept whole paths where a name was meant. */
export function filenameOf(value: unknown): string | null {
	return textOf(textOf(value)?.split(/[/\\]/).at(-1));
}

export function numberOf(value: unknown): number | null {
	const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
	return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/**
 * ISO 8601, SQLite's `2024-01-02 03:04:05` (UTC, as its CURRENT_TIMESTAMP), `2024-01-02_03-04-05`
 * at the beginning of a name, or seconds or milliseconds since 1970. Null for anything else, and for
 * times that no recording can have.
 */
export function timeOf(value: unknown): Date | null {
	const date = typeof value === "number" ? fromNumber(value) : fromText(value);
	if (date === null || Number.isNaN(date.getTime())) return null;
	const isPossible = date.getTime() >= 0 && date.getTime() < Date.now() + 86_400_000;
	return isPossible ? date : null;
}

function fromNumber(value: number): Date {
	return new Date(value > 1e11 ? value : value * 1000);
}

function fromText(value: unknown): Date | null {
	if (typeof value !== "string") return null;
	const match =
		/^(\d{4})-?(\d\d)-?(\d\d)(?:[T _-](\d\d)[:-]?(\d\d)(?:[:-]?(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?/.exec(
			value.trim(),
		);
	if (!match) return /^\d+(\.\d+)?$/.test(value) ? fromNumber(Number(value)) : null;
	const [, year, month, day, hours = "00", minutes = "00", seconds = "00", fraction, zone] = match;
	const milliseconds = (fraction ?? "0").padEnd(3, "0").slice(0, 3);
	const offset = zone?.replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2") ?? "Z";
	return new Date(
		`${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${milliseconds}${offset}`,
	);
}

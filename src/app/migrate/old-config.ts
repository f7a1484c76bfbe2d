import { join } from "node:path";
import { asFields, type Fields, plainKey, readOldJson } from "./old-json.ts";

/** A setting of the old program that has a counterpart here; nothing is written. */
export type Suggestion = { from: string; key: string; value: string };

type Kind = "yes-no" | "number" | "seconds" | "compression";

/** Old key, with the keys it is nested in, in plain spelling → ours. */
const counterparts: [pattern: RegExp, key: string, kind: Kind][] = [
	[/^keep_success(ful)?(_recordings)?$/, "keepSuccess", "yes-no"],
	[/^(retention_)?(days_)?success(_retention)?(_days)?$/, "retention.successDays", "number"],
	[/^(retention_)?(days_)?failed(_retention)?(_days)?$/, "retention.failedDays", "number"],
	[/^compress(ion)?(_format)?$/, "compress", "compression"],
	[/^auto_cleanup$/, "autoCleanup", "yes-no"],
	[/^auto_retry$/, "autoRetry", "yes-no"],
	[/^(retry_)?(max_)?(attempts|retries)$/, "retry.maxAttempts", "number"],
	[/^(retry_)?(delays|backoff)(_seconds)?$/, "retry.delaysSeconds", "seconds"],
	[/^min_free(_disk)?(_space)?(_mb)?$/, "minFreeSpaceMb", "number"],
];

/** What the old config.json asks for and this program can do as well. */
export async function suggestSettings(path: string): Promise<Suggestion[]> {
	const found: Suggestion[] = [];
	for (const [from, value] of flatten(asFields(await readOldJson(join(path, "config.json"))))) {
		const [, key, kind] = counterparts.find(([pattern]) => pattern.test(plainKey(from))) ?? [];
		const text = kind && valueText(value, kind);
		if (key && text && !found.some((one) => one.key === key))
			found.push({ from, key, value: text });
	}
	return found;
}

function flatten(fields: Fields, prefix = ""): [string, unknown][] {
	return Object.entries(fields).flatMap(([key, value]): [string, unknown][] => {
		const inner = Object.entries(asFields(value));
		return inner.length > 0
			? flatten(asFields(value), `${prefix}${key}_`)
			: [[`${prefix}${key}`, value]];
	});
}

function valueText(value: unknown, kind: Kind): string | null {
	switch (kind) {
		case "yes-no":
			return typeof value === "boolean" ? String(value) : null;
		case "number":
			return typeof value === "number" && value >= 0 ? String(value) : null;
		case "seconds":
			return Array.isArray(value) &&
				value.length > 0 &&
				value.every((one) => typeof one === "number")
				? value.join(",")
				: null;
		case "compression":
			if (value === false || value === "wav") return "none";
			return value === "flac" || value === "opus" || value === "none" ? value : null;
	}
}

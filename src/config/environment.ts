import { isSection, knownKeys, nearest } from "./known-keys.ts";
import type { EnvironmentSettings, Problem } from "./problem.ts";

/** Variables that begin like settings and are none. */
const reserved = /^ONWAX_(CONFIG|FAULT|SETTINGS_OVER_HTTP|TEST_\w+)$/;

/**
 * Reads every `ONWAX_…` variable. One that is set to nothing counts as not set, as compose files
 * do; one that is unknown is a problem, unless `namedElsewhere` (an engine's `apiKeyEnv`) has it.
 */
export function readEnvironment(
	env: NodeJS.ProcessEnv,
	namedElsewhere: ReadonlySet<string>,
): { settings: EnvironmentSettings; problems: Problem[] } {
	const settings: EnvironmentSettings = new Map();
	const problems: Problem[] = [];
	for (const variable of settingVariables(env)) {
		const text = env[variable] ?? "";
		const known = knownKeys.find((candidate) => candidate.variable === variable);
		if (known) {
			settings.set(known.key, { variable, value: fromText(text, known.defaultValue) });
		} else if (!namedElsewhere.has(variable)) {
			const meant = nearest(
				variable,
				knownKeys.map((candidate) => candidate.variable),
			);
			problems.push({
				key: variable,
				value: null,
				expected: meant ? `${meant}` : "a known variable",
				message: `${variable} in the environment is not a known setting${meant ? `; did you mean ${meant}?` : "."}`,
			});
		}
	}
	return { settings, problems };
}

/** The names of the variables that set something, in a fixed order: a section before its keys. */
export function settingVariables(env: NodeJS.ProcessEnv): string[] {
	return Object.keys(env)
		.filter((name) => name.startsWith("ONWAX_") && env[name] !== "" && !reserved.test(name))
		.sort();
}

/**
 * A value written as text, as the kind of value that its default is. Where it is not of that kind
 * it stays text, which the schema then refuses by name.
 */
export function fromText(text: string, defaultValue: unknown): unknown {
	const trimmed = text.trim();
	if (typeof defaultValue === "boolean") {
		if (/^(true|yes|on|1)$/i.test(trimmed)) return true;
		if (/^(false|no|off|0)$/i.test(trimmed)) return false;
		return text;
	}
	if (typeof defaultValue === "number") return toNumber(trimmed) ?? text;
	if (Array.isArray(defaultValue)) {
		if (trimmed.startsWith("[")) return fromJson(trimmed);
		const items = trimmed.split(",").map((item) => item.trim());
		return typeof defaultValue[0] === "number"
			? items.map((item) => toNumber(item) ?? item)
			: items;
	}
	if (isSection(defaultValue) || trimmed.startsWith("{")) return fromJson(trimmed);
	if (defaultValue === null && trimmed === "null") return null;
	return text;
}

function toNumber(text: string): number | null {
	return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function fromJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

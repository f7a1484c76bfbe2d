import type { Settings } from "./defaults.ts";
import { readEnvironment } from "./environment.ts";
import { isSection } from "./known-keys.ts";
import {
	type EnvironmentSettings,
	type Problem,
	problemsFrom,
	type SchemaIssue,
	wrongValue,
} from "./problem.ts";
import { settingsSchema } from "./schema.ts";

/** What was set, where it came from, and all that is wrong with it. `settings` is null where anything is. */
export type Validated = {
	settings: Settings | null;
	environment: EnvironmentSettings;
	problems: Problem[];
};

/**
 * Merges the file's settings with the environment's (which win, key by key) and checks the whole.
 * Loads zod: import this file only when there is something to check.
 */
export function validateSettings(fileSettings: unknown, env: NodeJS.ProcessEnv): Validated {
	const fromEnvironment = readEnvironment(env, variablesNamedIn(fileSettings));
	const environment = fromEnvironment.settings;
	const merged = merge(fileSettings, environment);
	const parsed = settingsSchema.safeParse(merged);
	const problems = [
		...problemsFrom((parsed.error?.issues ?? []) as unknown as SchemaIssue[], merged, environment),
		...undeclaredEngine(merged, environment),
		...fromEnvironment.problems,
	];
	const settings: Settings | undefined = parsed.data;
	return { settings: problems.length === 0 ? (settings ?? null) : null, environment, problems };
}

/** Checked beside the schema, so that it is told together with all the rest. */
function undeclaredEngine(merged: unknown, environment: EnvironmentSettings): Problem[] {
	if (!isSection(merged) || typeof merged.engine !== "string") return [];
	const declared = isSection(merged.engines) ? Object.keys(merged.engines) : [];
	if (declared.includes(merged.engine)) return [];
	const expected =
		declared.length > 0
			? `one of the engines that are declared: ${declared.join(", ")}`
			: "an engine that is declared under engines, where there is none yet";
	return [wrongValue(["engine"], expected, merged, environment)];
}

/** Sections are merged key by key, engines by name; anything else is replaced. */
function merge(fileSettings: unknown, environment: EnvironmentSettings): unknown {
	if (!isSection(fileSettings)) return fileSettings;
	let merged: Record<string, unknown> = { ...fileSettings };
	for (const [key, { value }] of environment) merged = withValue(merged, key.split("."), value);
	return merged;
}

/** A copy of `settings` with one value put in; a section is added to the one that is there. */
export function withValue(
	settings: Record<string, unknown>,
	path: readonly string[],
	value: unknown,
): Record<string, unknown> {
	const [name, ...rest] = path;
	if (name === undefined) return settings;
	const there = Object.hasOwn(settings, name) ? settings[name] : undefined;
	if (rest.length > 0) {
		return { ...settings, [name]: withValue(isSection(there) ? there : {}, rest, value) };
	}
	const bothSections = isSection(there) && isSection(value) && name !== "retention";
	return { ...settings, [name]: bothSections ? { ...there, ...value } : value };
}

/** An engine may take its key from a variable of any name, one of ours included. */
function variablesNamedIn(fileSettings: unknown): Set<string> {
	const named = new Set<string>();
	const engines = isSection(fileSettings) ? fileSettings.engines : null;
	for (const engine of isSection(engines) ? Object.values(engines) : []) {
		if (!isSection(engine)) continue;
		const variables = [engine.apiKeyEnv, ...(Array.isArray(engine.env) ? engine.env : [])];
		for (const variable of variables) if (typeof variable === "string") named.add(variable);
	}
	return named;
}

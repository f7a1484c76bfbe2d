import { maskText, maskValue } from "../log/mask.ts";
import { isSection, knownKeys, nearest, valueAt } from "./known-keys.ts";

/** Settings found in the environment, by dotted key, each with the variable that it came from. */
export type EnvironmentSettings = Map<string, { variable: string; value: unknown }>;

/** One thing that is wrong with the settings, and how it is said to a person. */
export type Problem = {
	/** Dotted key, or the variable's name where it is no key at all. */
	key: string;
	/** What was found, as JSON, cut and with secrets masked; null where the key itself is wrong or missing. */
	value: string | null;
	expected: string;
	/** One sentence: the key, the value and what was expected. */
	message: string;
};

/** The sliver of a zod issue that is read here. */
export type SchemaIssue = {
	code?: string | undefined;
	path: PropertyKey[];
	message: string;
	keys?: string[];
	errors?: SchemaIssue[][];
	issues?: SchemaIssue[];
};

const looksLikeSecretKey = /^(api[-_]?key|key|token|secret|password|authorization)$/i;

/** Puts what the schema found into sentences. `settings` is what was checked, file and environment merged. */
export function problemsFrom(
	issues: readonly SchemaIssue[],
	settings: unknown,
	environment: EnvironmentSettings,
): Problem[] {
	return issues.flatMap((issue) => {
		if (issue.code === "unrecognized_keys") {
			return (issue.keys ?? []).map((name) => unknownKey(issue.path, name, settings));
		}
		if (issue.code === "invalid_union" && issue.errors?.length) {
			return problemsFromUnion(issue, settings, environment);
		}
		if (issue.code === "invalid_key") {
			const expected = issue.issues?.[0]?.message ?? issue.message;
			const key = issue.path.map(String).join(".");
			const message = `${key} is not a name; expected ${expected}.`;
			return [{ key, value: null, expected, message }];
		}
		return [wrongValue(issue.path, issue.message, settings, environment)];
	});
}

/** Of the union's members, the one of the value's own kind says best what is wrong. */
function problemsFromUnion(
	issue: SchemaIssue,
	settings: unknown,
	environment: EnvironmentSettings,
): Problem[] {
	const closest = issue.errors?.find((errors) =>
		errors.every((error) => error.path.length > 0 || error.code === "unrecognized_keys"),
	);
	if (!closest) return [wrongValue(issue.path, issue.message, settings, environment)];
	const nested = closest.map((error) => ({ ...error, path: [...issue.path, ...error.path] }));
	return problemsFrom(nested, settings, environment);
}

export function wrongValue(
	path: readonly PropertyKey[],
	expected: string,
	settings: unknown,
	environment: EnvironmentSettings,
): Problem {
	const key = path.map(String).join(".");
	const found = valueAt(settings, path);
	const value = found === undefined ? null : shown(path, found);
	const variable = variableFor(path, environment);
	const what = key === "" ? "The configuration" : variable ? `${variable} (${key})` : key;
	return {
		key,
		value,
		expected,
		message: `${what} is ${value ?? "missing"}; expected ${expected}.`,
	};
}

function unknownKey(path: readonly PropertyKey[], name: string, settings: unknown): Problem {
	const key = [...path, name].map(String).join(".");
	if (path[0] === "engines" && looksLikeSecretKey.test(name)) {
		const expected = "apiKeyEnv with the name of an environment variable";
		return {
			key,
			value: null,
			expected,
			message: `${key}: a key is a secret and does not belong in this file; put it in an environment variable and name that one with apiKeyEnv.`,
		};
	}
	const siblings = siblingsOf(path, settings);
	const meant = nearest(
		name,
		path.length === 0 ? knownKeys.map((known) => known.key) : siblings.map((s) => dotted(path, s)),
	);
	const expected = meant ?? `one of ${siblings.map((s) => dotted(path, s)).join(", ")}`;
	return {
		key,
		value: null,
		expected,
		message: meant
			? `${key} is not a known key; did you mean ${meant}?`
			: `${key} is not a known key; expected ${expected}.`,
	};
}

function dotted(path: readonly PropertyKey[], name: string): string {
	return [...path, name].map(String).join(".");
}

const engineKeys: Record<string, string[]> = {
	command: ["type", "command", "input", "output", "timeoutSeconds", "model", "env"],
	openai: ["type", "baseUrl", "model", "apiKeyEnv", "timeoutSeconds", "maxUploadMb", "prompt"],
};

/** The keys that are known where an unknown one was found. */
function siblingsOf(path: readonly PropertyKey[], settings: unknown): string[] {
	if (path[0] === "retention") return ["successDays", "failedDays", "trashDays", "hours"];
	if (path[0] === "engines") {
		if (path.length > 2) return ["sampleRate", "channels", "container"];
		return engineKeys[String(valueAt(settings, [...path, "type"]))] ?? ["type"];
	}
	if (path.join(".") === "record.microphone") return ["command"];
	const prefix = path.map((name) => `${String(name)}.`).join("");
	return knownKeys
		.filter(({ key }) => key.startsWith(prefix) && !key.slice(prefix.length).includes("."))
		.map(({ key }) => key.slice(prefix.length));
}

function variableFor(path: readonly PropertyKey[], environment: EnvironmentSettings) {
	for (let length = path.length; length > 0; length--) {
		const found = environment.get(path.slice(0, length).map(String).join("."));
		if (found) return found.variable;
	}
	return null;
}

/** A value as it may be shown: without secrets, and short. */
function shown(path: readonly PropertyKey[], value: unknown): string {
	const name = String(path.at(-1) ?? "");
	const masked = maskValue(isSection(value) ? value : { [name]: value });
	const visible = isSection(value) ? masked : valueAt(masked, [name]);
	const json = maskText(JSON.stringify(visible) ?? "nothing");
	return json.length > 120 ? `${json.slice(0, 117)}…` : json;
}

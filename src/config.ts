import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseConfigText, readConfigText } from "./config/config-file.ts";
import { type Config, defaultSettings, profileTraits, type Settings } from "./config/defaults.ts";
import { fromText, settingVariables } from "./config/environment.ts";
import { isSection, knownKeys, nearest, valueAt } from "./config/known-keys.ts";
import { platformFolders } from "./config/platform-folders.ts";
import type { EnvironmentSettings, Problem } from "./config/problem.ts";
import { OnwaxError } from "./errors.ts";

/** Where to look; each part has the process's own as its default. */
export type ConfigOptions = {
	env?: NodeJS.ProcessEnv;
	platform?: NodeJS.Platform;
	homeDir?: string;
	/** What a relative folder in the environment starts from. */
	cwd?: string;
};

export type LoadedConfig = { config: Config; path: string; fileExists: boolean };
export type ConfigCheck = {
	/** Null where there are problems. */
	config: Config | null;
	path: string;
	fileExists: boolean;
	problems: Problem[];
};

/** Path of `config.json`, whether it is there or not; `ONWAX_CONFIG` may name another file. */
export function configPath(options: ConfigOptions = {}): string {
	const { env, cwd, folders } = surroundings(options);
	return env.ONWAX_CONFIG ? resolve(cwd, env.ONWAX_CONFIG) : join(folders.configDir, "config.json");
}

/**
 * The configuration to work with: defaults, over them the file, over that the environment.
 *
 * @throws ERR_CONFIG whose message lists every problem, one per line
 */
export async function loadConfig(options: ConfigOptions = {}): Promise<LoadedConfig> {
	const { config, path, fileExists, problems } = await checkConfig(options);
	if (config) return { config, path, fileExists };
	throw configError(problems);
}

/**
 * The same, with the problems returned instead of thrown.
 *
 * @throws ERR_CONFIG where the file cannot be read or is not JSON (with line and column)
 */
export async function checkConfig(options: ConfigOptions = {}): Promise<ConfigCheck> {
	const { env } = surroundings(options);
	const path = configPath(options);
	const text = readConfigText(path);
	const fileExists = text !== null;
	if (env.ONWAX_CONFIG && !fileExists) {
		throw new OnwaxError("ERR_CONFIG", `${path}, named by ONWAX_CONFIG, is not there.`, {
			hint: "Correct the variable, or take it away to use the file in its usual place.",
		});
	}

	// Without anything to check, the schema and its library are not loaded: that is most of a start.
	const onlyDataDir = settingVariables(env).every((variable) => variable === "ONWAX_DATA_DIR");
	if (!fileExists && onlyDataDir && !env.ONWAX_DATA_DIR?.includes("\0")) {
		const environment: EnvironmentSettings = new Map();
		const value = env.ONWAX_DATA_DIR || null;
		if (value) environment.set("dataDir", { variable: "ONWAX_DATA_DIR", value });
		const settings = { ...structuredClone(defaultSettings), dataDir: value };
		const config = complete(settings, null, environment, path, options);
		return { config, path, fileExists, problems: [] };
	}

	const { validateSettings } = await import("./config/validate.ts");
	const file = text === null ? {} : parseConfigText(path, text);
	const { settings, environment, problems } = validateSettings(file, env);
	const config = settings && complete(settings, file, environment, path, options);
	return { config, path, fileExists, problems };
}

/**
 * The value in force at a dotted key such as `retry.maxAttempts`, defaults included; null where
 * an optional one is not set.
 *
 * @throws ERR_CONFIG for a key that is not known, and as `loadConfig` does
 */
export async function configGet(key: string, options: ConfigOptions = {}): Promise<unknown> {
	keyPathOf(key);
	const { config } = await loadConfig(options);
	return valueAt(config, key.split(".")) ?? null;
}

/**
 * Writes one key into the file and leaves the others as they are; `text` is read as in the
 * environment, null takes the key out. Nothing is written that would add a problem.
 *
 * @returns the file's path and the value written
 * @throws ERR_CONFIG for an unknown key or a value that is not as expected
 */
export async function configSet(
	key: string,
	text: string | null,
	options: ConfigOptions = {},
): Promise<{ path: string; value: unknown }> {
	const keyPath = keyPathOf(key);
	const path = configPath(options);
	const { oldText, old } = readSettings(path);
	const { validateSettings, withValue } = await import("./config/validate.ts");
	// Only what this change adds counts: a file with several mistakes can be mended one by one.
	const oldProblems = new Set(validateSettings(old, {}).problems.map(({ message }) => message));
	let firstProblems: Problem[] = [];
	for (const value of text === null ? [undefined] : readings(key, text)) {
		const cleared = withValue(old, keyPath, undefined);
		const settings = value === undefined ? cleared : withValue(cleared, keyPath, value);
		const written = JSON.parse(JSON.stringify(settings)) as object;
		const { problems } = validateSettings(written, {});
		const added = problems.filter(({ message }) => !oldProblems.has(message));
		if (added.length === 0) {
			const { writeConfig } = await import("./config/write-config.ts");
			await writeConfig(path, written, oldText);
			return { path, value: value ?? null };
		}
		if (firstProblems.length === 0) firstProblems = added;
	}
	throw configError(firstProblems);
}

/**
 * Writes several keys into the file at once, or none of them; undefined takes a key out. Nothing is
 * written that would add a problem, be it of the file alone or together with the environment.
 *
 * @throws ERR_CONFIG for an unknown key or a value that is not as expected
 */
export async function configChange(
	changes: ReadonlyMap<string, unknown>,
	options: ConfigOptions = {},
): Promise<{ path: string }> {
	const path = configPath(options);
	const { env } = surroundings(options);
	const { oldText, old } = readSettings(path);
	const { validateSettings, withValue } = await import("./config/validate.ts");
	let settings = old;
	for (const [key, value] of changes) {
		const keyPath = keyPathOf(key);
		settings = withValue(settings, keyPath, undefined);
		if (value !== undefined) settings = withValue(settings, keyPath, value);
	}
	const written = JSON.parse(JSON.stringify(settings)) as object;
	for (const surrounding of [{}, env]) {
		const known = new Set(validateSettings(old, surrounding).problems.map((one) => one.message));
		const { problems } = validateSettings(written, surrounding);
		const added = problems.filter(({ message }) => !known.has(message));
		if (added.length > 0) throw configError(added);
	}
	const { writeConfig } = await import("./config/write-config.ts");
	await writeConfig(path, written, oldText);
	return { path };
}

function readSettings(path: string): { oldText: string | null; old: Record<string, unknown> } {
	const oldText = readConfigText(path);
	const old = oldText === null ? {} : parseConfigText(path, oldText);
	if (isSection(old)) return { oldText, old };
	throw new OnwaxError("ERR_CONFIG", `${path} does not hold a JSON object.`, {
		hint: "Correct it by hand, or move it away.",
	});
}

/** What a text may mean: as its key's kind where that is known, else as JSON, else as it is. */
function readings(key: string, text: string): unknown[] {
	const known = knownKeys.find((candidate) => candidate.key === key);
	if (known) return [fromText(text, known.defaultValue)];
	try {
		return [JSON.parse(text), text];
	} catch {
		return [text];
	}
}

/** Splits a key that exists, or lies inside an engine or a retention rule; the schema checks the rest. */
function keyPathOf(key: string): string[] {
	const isKnown = knownKeys.some((known) => known.key === key);
	if (isKnown || /^(engines\.[A-Za-z0-9][\w-]*(\.\w+){0,2}|retention\.\w+)$/.test(key))
		return key.split(".");
	const meant = nearest(
		key,
		knownKeys.map((known) => known.key),
	);
	throw new OnwaxError("ERR_CONFIG", `${key} is not a known key.`, {
		hint: meant ? `Did you mean ${meant}?` : "docs/configuration.md lists all keys.",
	});
}

function configError(problems: readonly Problem[]): OnwaxError {
	return new OnwaxError("ERR_CONFIG", problems.map(({ message }) => message).join("\n"), {
		hint: "Correct the settings named above; `onwax config path` says where the file is.",
	});
}

/** Fills in what depends on the platform and the profile. */
function complete(
	settings: Settings,
	file: unknown,
	environment: EnvironmentSettings,
	path: string,
	options: ConfigOptions,
): Config {
	const isSet = (key: string) => environment.has(key) || valueAt(file, [key]) !== undefined;
	const traits = profileTraits[settings.profile];
	const minFreeSpaceMb =
		isSet("profile") && !isSet("minFreeSpaceMb") ? traits.minFreeSpaceMb : settings.minFreeSpaceMb;
	return {
		...settings,
		minFreeSpaceMb,
		dataDir: dataDirOf(settings, file, environment, path, options),
	};
}

/**
 * A folder from the environment is taken as it is. One from the file belongs to the file's own
 * profile: another profile gets a folder beside it, so that a test run cannot fill the real library.
 */
function dataDirOf(
	settings: Settings,
	file: unknown,
	environment: EnvironmentSettings,
	path: string,
	options: ConfigOptions,
): string {
	const { cwd, homeDir, folders } = surroundings(options);
	const suffix = profileTraits[settings.profile].dataDirSuffix;
	if (settings.dataDir === null) return `${folders.dataDir}${suffix}`;
	const fromHome = settings.dataDir.replace(/^~(?=$|[/\\])/, () => homeDir);
	if (environment.has("dataDir")) return resolve(cwd, fromHome);
	const dataDir = resolve(dirname(path), fromHome);
	const profileOfFile = valueAt(file, ["profile"]) ?? defaultSettings.profile;
	return settings.profile === profileOfFile ? dataDir : `${dataDir}${suffix}`;
}

function surroundings(options: ConfigOptions) {
	const env = options.env ?? process.env;
	const platform = options.platform ?? process.platform;
	const homeDir = options.homeDir ?? homedir();
	const cwd = options.cwd ?? process.cwd();
	return { env, cwd, homeDir, folders: platformFolders({ platform, env, homeDir }) };
}

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkConfig, configGet, configPath, configSet, loadConfig } from "./config.ts";
import { OnwaxError } from "./errors.ts";

const root = mkdtempSync(join(tmpdir(), "onwax-config-"));
after(() => rmSync(root, { recursive: true }));

/** A home with this configuration file in it, and this environment. */
function home(file?: unknown, env: Record<string, string> = {}) {
	const homeDir = mkdtempSync(join(root, "home-"));
	const path = join(homeDir, "config.json");
	if (file !== undefined) {
		writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file));
	}
	const options = {
		homeDir,
		cwd: homeDir,
		platform: "linux" as const,
		env: file === undefined ? env : { ONWAX_CONFIG: path, ...env },
	};
	return { homeDir, path, options };
}

async function messagesOf(file: unknown, env: Record<string, string> = {}): Promise<string[]> {
	const { problems } = await checkConfig(home(file, env).options);
	return problems.map(({ message }) => message);
}

const sphinx = { type: "command", command: ["pocketsphinx_continuous", "-infile", "{audio}"] };

test("without a file and a variable the defaults come, in the platform's own folders", async () => {
	const { options, homeDir } = home();
	const { config, path, fileExists } = await loadConfig(options);
	assert.equal(path, join(homeDir, ".config/onwax/config.json"));
	assert.equal(fileExists, false);
	assert.equal(config.dataDir, join(homeDir, ".local/share/onwax"));
	assert.equal(config.minFreeSpaceMb, 20);
	assert.deepEqual(config.retry.delaysSeconds, [1, 2, 4]);
});

test("the data folder alone may come from the environment, as it is or relative", async () => {
	const { options, homeDir } = home();
	const load = async (folder: string) =>
		(await loadConfig({ ...options, env: { ONWAX_DATA_DIR: folder } })).config.dataDir;
	assert.equal(await load("/data"), "/data");
	assert.equal(await load("lib"), join(homeDir, "lib"));
	assert.equal(await load("~/lib"), join(homeDir, "lib"));
	await assert.rejects(load("a\0b"), { code: "ERR_CONFIG" });
});

test("a start with nothing to check does not load the schema's library", () => {
	const { options } = home();
	const script = `
		import { registerHooks } from "node:module";
		registerHooks({ load(url, context, next) {
			if (url.includes("/zod/")) throw new Error("zod was loaded");
			return next(url, context);
		} });
		const { loadConfig } = await import(${JSON.stringify(join(import.meta.dirname, "config.ts"))});
		await loadConfig({ ...${JSON.stringify(options)}, env: { ONWAX_DATA_DIR: "/data" } });
		await loadConfig({ ...${JSON.stringify(options)}, env: { ONWAX_ENGINE: "x" } }).then(
			() => process.exit(4), (error) => process.exit(error.message === "zod was loaded" ? 0 : 5));
	`;
	const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
		encoding: "utf8",
	});
	assert.equal(run.status, 0, run.stderr);
});

test("the environment wins over the file, key by key, in every kind of value", async () => {
	const { options } = home(
		{ engine: "sphinx", engines: { sphinx }, retry: { maxAttempts: 7, maxDelaySeconds: 9 } },
		{
			ONWAX_RETRY_MAX_ATTEMPTS: "5",
			ONWAX_RETRY_DELAYS_SECONDS: "0.5, 3",
			ONWAX_PEAKS: "no",
			ONWAX_LANGUAGE: "pt-BR",
			ONWAX_IMPORT: '{"maxSizeMb": 1}',
			ONWAX_IMPORT_FORMATS: ".WAV,mp3",
			ONWAX_RETENTION: '{"successDays": 7}',
			ONWAX_ENGINES: '{"whisper": {"type": "openai", "apiKeyEnv": "ONWAX_MY_KEY"}}',
			ONWAX_COMPRESS: "",
		},
	);
	const { config } = await loadConfig(options);
	assert.deepEqual(config.retry, { maxAttempts: 5, delaysSeconds: [0.5, 3], maxDelaySeconds: 9 });
	assert.equal(config.peaks, false);
	assert.equal(config.language, "pt-BR");
	assert.equal(config.import.maxSizeMb, 1);
	assert.deepEqual(config.import.formats, ["wav", "mp3"]);
	assert.deepEqual(config.retention, { successDays: 7 });
	assert.deepEqual(Object.keys(config.engines), ["sphinx", "whisper"]);
	assert.equal(config.compress, "flac");
});

test("all problems are told at once, each with key, value, expectation and the nearest key", async () => {
	const messages = await messagesOf(
		{
			enigne: "x",
			retry: { maxAttempts: 0, maxDelay: 3 },
			compress: "mp3",
			engine: "whisper",
			engines: {
				sphinx: { ...sphinx, command: ["pocketsphinx"], timeoutSecs: 3 },
				other: { type: "opnai" },
			},
			retention: { sucessDays: 3 },
		},
		{ ONWAX_WORKER_CONCURRENCY: "many", ONWAX_RETRYS: "1" },
	);
	const all = messages.join("\n");
	for (const expected of [
		"enigne is not a known key; did you mean engine?",
		"retry.maxAttempts is 0; expected a whole number from 1 to 100.",
		"retry.maxDelay is not a known key; did you mean retry.maxDelaySeconds?",
		'compress is "mp3"; expected one of flac, opus, none.',
		'engine is "whisper"; expected one of the engines that are declared: sphinx, other.',
		'engines.sphinx.command is ["pocketsphinx"]; expected a command with {audio} in one of its arguments, where the file\'s path goes.',
		"engines.sphinx.timeoutSecs is not a known key; did you mean engines.sphinx.timeoutSeconds?",
		"engines.other.type",
		"retention.sucessDays is not a known key; did you mean retention.successDays?",
		'ONWAX_WORKER_CONCURRENCY (worker.concurrency) is "many"; expected a whole number from 1 to 64.',
		"ONWAX_RETRYS in the environment is not a known setting; did you mean ONWAX_RETRY?",
	]) {
		assert.ok(all.includes(expected), `${expected}\nnot in:\n${all}`);
	}
	assert.equal(messages.length, 11);
	const { options } = home({ peaks: 1, compress: 2 });
	await assert.rejects(loadConfig(options), (error: unknown) => {
		assert.ok(error instanceof OnwaxError && error.code === "ERR_CONFIG");
		return /peaks is 1/.test(error.message) && /compress is 2/.test(error.message);
	});
});

test("values of a wholly wrong kind are named, whatever they are", async () => {
	assert.match((await messagesOf([])).join(), /The configuration is \[\]; expected an object/);
	assert.match((await messagesOf("null")).join(), /The configuration is null; expected an object/);
	assert.match((await messagesOf({ retry: 3 })).join(), /retry is 3; expected an object with max/);
	assert.match((await messagesOf({ engines: [] })).join(), /engines is \[\]; expected an object/);
	assert.match(
		(await messagesOf({ retention: "x" })).join(),
		/retention is "x"; expected keep, dic/,
	);
	assert.match(
		(await messagesOf({ engines: { a: 1 } })).join(),
		/engines\.a is 1; expected an engine/,
	);
	assert.match(
		(await messagesOf({ engines: { "a b": sphinx } })).join(),
		/engines.*name of letters/,
	);
	assert.match(
		(await messagesOf({ engines: { a: { type: "command" } } })).join(),
		/a\.command is missing; exp/,
	);
	assert.match(
		(await messagesOf({}, { ONWAX_RETRY: "{oops" })).join(),
		/ONWAX_RETRY \(retry\) is "\{oops"; exp/,
	);
});

test("a key written into the file is refused with a hint, and never shown", async () => {
	const canary = "sk-canary1234567890";
	const messages = await messagesOf({
		engines: {
			a: { type: "openai", apiKey: canary },
			b: { type: "openai", apiKeyEnv: canary },
			c: { type: "openai", baseUrl: `https://user:${canary}@example.org/v1` },
			d: { type: "opnai", token: canary },
			e: canary,
		},
		dataDirr: canary,
	});
	assert.ok(messages.length >= 6, messages.join("\n"));
	assert.match(messages.join("\n"), /engines\.a\.apiKey: a key is a secret.*apiKeyEnv/);
	assert.doesNotMatch(messages.join("\n"), /canary/);
});

test("a syntax error is told with its line and column, without quoting the text", async () => {
	const { options } = home('{\n  "engine": "sk-canary1234567890"\n  "peaks": true\n}');
	await assert.rejects(loadConfig(options), (error: unknown) => {
		assert.ok(error instanceof OnwaxError && error.code === "ERR_CONFIG");
		assert.match(error.message, /line 3, column 3/);
		return !JSON.stringify([error, error.message, error.cause, error.hint]).includes("canary");
	});
});

test("a profile has its own folder and its own minimum of free space, unless they are set", async () => {
	const load = async (file: unknown, env: Record<string, string> = {}) => {
		const { options, homeDir } = home(file, { XDG_DATA_HOME: "/data", ...env });
		const { config } = await loadConfig(options);
		return [config.dataDir.replace(homeDir, "HOME"), config.minFreeSpaceMb];
	};
	assert.deepEqual(await load({}), ["/data/onwax", 20]);
	assert.deepEqual(await load({ profile: "production" }), ["/data/onwax", 500]);
	assert.deepEqual(await load({ profile: "development" }), ["/data/onwax-development", 50]);
	assert.deepEqual(await load({}, { ONWAX_PROFILE: "test" }), ["/data/onwax-test", 100]);
	assert.deepEqual(await load({ profile: "test", minFreeSpaceMb: 1 }), ["/data/onwax-test", 1]);
	// A folder in the file belongs to the file's profile; one in the environment is taken as it is.
	assert.deepEqual(await load({ dataDir: "~/lib" }), ["HOME/lib", 20]);
	assert.deepEqual(await load({ dataDir: "~/lib" }, { ONWAX_PROFILE: "test" }), [
		"HOME/lib-test",
		100,
	]);
	assert.deepEqual(await load({ dataDir: "lib", profile: "test" }), ["HOME/lib", 100]);
	assert.deepEqual(await load({}, { ONWAX_PROFILE: "test", ONWAX_DATA_DIR: "/x" }), ["/x", 100]);
});

test("set writes one key, keeps all others and the indentation, and get reads it back", async () => {
	const { options, path, homeDir } = home(
		'{\n\t"peaks": false,\n\t"retry": { "maxAttempts": 2 }\n}\n',
	);
	await configSet("retry.maxDelaySeconds", "30", options);
	await configSet("engines.sphinx", JSON.stringify(sphinx), options);
	await configSet("engines.sphinx.model", "2", options);
	await configSet("engine", "sphinx", options);
	assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), {
		peaks: false,
		retry: { maxAttempts: 2, maxDelaySeconds: 30 },
		engines: { sphinx: { ...sphinx, model: "2" } },
		engine: "sphinx",
	});
	assert.match(readFileSync(path, "utf8"), /^\{\n\t"peaks"/);
	assert.equal(statSync(path).mode & 0o777, 0o600);
	assert.deepEqual(readdirSync(homeDir), ["config.json"]);
	assert.equal(await configGet("engines.sphinx.model", options), "2");
	assert.equal(await configGet("retry.maxDelaySeconds", options), 30);
	assert.equal(await configGet("slowQueryMs", options), 1000);
	assert.equal(await configGet("language", options), null);
	await configSet("retry.maxAttempts", null, options);
	assert.equal(await configGet("retry.maxAttempts", options), 3);
});

test("set refuses what the schema refuses, and leaves the file as it was", async () => {
	const { options, path } = home({ peaks: false });
	for (const [key, text] of [
		["compress", "mp3"],
		["retry.maxAttempts", "-1"],
		["engine", "nobody"],
		["engines.a.apiKey", "x"],
		["enigne", "sphinx"],
		["__proto__", "{}"],
		["engines.__proto__", "{}"],
	] as const) {
		await assert.rejects(configSet(key, text, options), { code: "ERR_CONFIG" }, key);
	}
	await assert.rejects(configGet("enigne", options), { hint: "Did you mean engine?" });
	assert.equal(readFileSync(path, "utf8"), '{"peaks":false}');
});

test("a file with mistakes can be mended key by key", async () => {
	const { options } = home({ peaks: 1, compress: 2 });
	await configSet("peaks", "true", options);
	assert.deepEqual(
		(await checkConfig(options)).problems.map(({ key }) => key),
		["compress"],
	);
	await configSet("compress", "opus", options);
	assert.equal(await configGet("compress", options), "opus");
});

test("set makes a folder that is missing, mode 700, and follows a link to the real file", async () => {
	const { options, homeDir } = home();
	await configSet("peaks", "off", options);
	assert.equal(configPath(options), join(homeDir, ".config/onwax/config.json"));
	assert.equal(statSync(join(homeDir, ".config/onwax")).mode & 0o777, 0o700);
	const linked = home();
	const link = join(linked.homeDir, "link.json");
	const target = join(linked.homeDir, "real.json");
	writeFileSync(target, "{}");
	symlinkSync(target, link);
	await configSet("peaks", "off", { ...linked.options, env: { ONWAX_CONFIG: link } });
	assert.deepEqual(JSON.parse(readFileSync(target, "utf8")), { peaks: false });
});

test("a file that is named but missing, or is a folder, is an error and not the defaults", async () => {
	const { options, homeDir } = home();
	const env = { ONWAX_CONFIG: join(homeDir, "none.json") };
	await assert.rejects(loadConfig({ ...options, env }), { code: "ERR_CONFIG" });
	await assert.rejects(loadConfig({ ...options, env: { ONWAX_CONFIG: homeDir } }), {
		code: "ERR_CONFIG",
	});
});

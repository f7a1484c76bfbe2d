import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { startFakeOpenai } from "../../test/fake-openai.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { type Config, defaultSettings } from "../config/defaults.ts";
import type { Speech } from "../speech/speech.ts";
import type { EngineConfig } from "../transcribe/engine-config.ts";
import { listEngines } from "./engine-check.ts";
import { openEngines } from "./engines.ts";

const said: EngineConfig = { type: "command", command: ["/bin/true", "{audio}"] };
const about = { durationSeconds: 60, language: "en" };

type Scene = Partial<Pick<Config, "engine" | "engines" | "breaker" | "language">>;

async function scene(t: TestContext, settings: Scene, online = true) {
	const dataDir = await tempFolder(t);
	const config: Config = { ...defaultSettings, ...settings, dataDir };
	const open = () =>
		openEngines(config, join(dataDir, "models"), {}, {} as Speech, { hasNetwork: () => online });
	return { dataDir, config, open, engines: open() };
}

const inWords = (candidates: { name: string; leftOut: string | null }[]) =>
	candidates.map(({ name, leftOut }) => `${name}: ${leftOut ?? "asked"}`);

test("a list of engines is asked in its order, without those that their conditions leave out", async (t) => {
	const engines = {
		far: { ...said, when: { online: true } },
		short: { ...said, when: { maxSeconds: 30 } },
		german: { ...said, when: { languages: ["de"] } },
		last: said,
		unlisted: said,
	};
	const engine = ["far", "short", "last", "german", "typo", "last"];
	const online = await scene(t, { engine, engines });
	assert.deepEqual(inWords(await online.engines.candidates(about, null)), [
		"far: asked",
		"short: it is longer than 30 s",
		"last: asked",
		"german: the language is en",
		"typo: There is no engine called typo.",
	]);
	const offline = await scene(t, { engine, engines }, false);
	const [far, short] = await offline.engines.candidates({ ...about, durationSeconds: 9 }, null);
	assert.deepEqual([far?.leftOut, far?.later], ["there is no network", true]);
	assert.equal(short?.engine?.name, "short");
});

test("an engine that a person asks for is the only one, and its conditions do not count", async (t) => {
	const engines = { far: { ...said, when: { online: true, maxSeconds: 1 } }, near: said };
	const { engines: opened } = await scene(t, { engine: ["near"], engines }, false);
	assert.deepEqual(inWords(await opened.candidates(about, "far")), ["far: asked"]);
	await assert.rejects(opened.candidates(about, "nobody"), { code: "ERR_ENGINE_UNKNOWN" });
});

test("one engine alone may be left out as well; one that is not there is an error", async (t) => {
	const engines = { far: { ...said, when: { online: true } } };
	const alone = await scene(t, { engine: "far", engines }, false);
	assert.deepEqual(inWords(await alone.engines.candidates(about, null)), [
		"far: there is no network",
	]);
	const typo = await scene(t, { engine: "fra", engines });
	await assert.rejects(typo.engines.candidates(about, null), { code: "ERR_ENGINE_UNKNOWN" });
});

test("nothing configured: the only declared one, else what is found, else a sentence", async (t) => {
	const declared = await scene(t, { engines: { mine: said } });
	assert.deepEqual(inWords(await declared.engines.candidates(about, null)), ["mine: asked"]);
	const none = await scene(t, {});
	await assert.rejects(none.engines.candidates(about, null), { code: "ERR_NO_ENGINE" });
	assert.deepEqual(await none.engines.describeOrder(), { names: [], why: null });
});

test("the same engine comes with the same breaker, however it is asked for", async (t) => {
	const { engines } = await scene(t, { engine: ["mine"], engines: { mine: said } });
	const [[one], two] = await Promise.all([
		engines.candidates(about, null),
		engines.engineFor("mine"),
	]);
	assert.equal(one?.engine, two);
});

const request = () => ({
	audioPath: import.meta.filename,
	durationSeconds: 1,
	language: null,
	signal: new AbortController().signal,
});

async function withDeadService(t: TestContext) {
	const fake = await startFakeOpenai({ otherwise: { status: 503 } });
	t.after(() => fake.close());
	const lan: EngineConfig = { type: "openai", baseUrl: fake.baseUrl };
	const breaker = { failures: 2, cooldownSeconds: 600 };
	return { fake, ...(await scene(t, { engine: ["lan"], engines: { lan }, breaker })) };
}

test("ten processes in a row do not each wait for a dead service, and the list says why", async (t) => {
	const { fake, open, config } = await withDeadService(t);
	const codes: string[] = [];
	for (let run = 0; run < 10; run++) {
		const engine = await open().engineFor(null);
		await engine.transcribe(request()).catch(({ code }) => codes.push(code));
	}
	assert.equal(fake.requests.length, 2);
	assert.deepEqual(codes.slice(0, 3), [
		"ERR_ENGINE_UNAVAILABLE",
		"ERR_ENGINE_UNAVAILABLE",
		"ERR_ENGINE_PAUSED",
	]);
	const [lan] = await listEngines(config, open());
	assert.equal(lan?.breaker.state, "open");
	assert.equal(lan?.breaker.failures, 2);
	assert.match(lan?.breaker.lastFailure?.message ?? "", /503/);
	assert.equal(lan?.chosenNow, false);
});

test("a test by a person reaches the service all the same, and its success lets others through", async (t) => {
	const { fake, open, engines } = await withDeadService(t);
	const engine = await engines.engineFor(null);
	for (let i = 0; i < 3; i++) await engine.transcribe(request()).catch(() => undefined);
	const failed = await open().engineToTry("lan");
	await assert.rejects(failed.transcribe(request()), { code: "ERR_ENGINE_UNAVAILABLE" });
	assert.equal((await open().breakerOf("lan")).state, "open", "a failed test closes nothing");
	fake.answer("ok");
	await (await open().engineToTry("lan")).transcribe({ ...request(), audioPath: await aWav(t) });
	const { state, lastSuccessAt } = await open().breakerOf("lan");
	assert.deepEqual([state, lastSuccessAt !== null], ["closed", true]);
});

async function aWav(t: TestContext): Promise<string> {
	const path = join(await tempFolder(t), "a.wav");
	await writeFile(path, Buffer.alloc(2000, 1));
	return path;
}

test("a damaged or unwritable state never prevents work", async (t) => {
	const { fake, open, dataDir } = await withDeadService(t);
	fake.answer("ok");
	const path = join(dataDir, "engines", "lan.json");
	await mkdir(join(dataDir, "engines"));
	for (const damage of ["", "{", '{"format":1}', "\0\0\0\0"]) {
		await writeFile(path, damage);
		const engine = await open().engineFor("lan");
		const output = await engine.transcribe({ ...request(), audioPath: await aWav(t) });
		assert.match(output.text, /Hello/);
		assert.equal((await open().breakerOf("lan")).state, "closed");
	}
	assert.equal(JSON.parse(await readFile(path, "utf8")).format, 1, "and it is whole again");
	await rm(join(dataDir, "engines"), { recursive: true });
	await writeFile(join(dataDir, "engines"), "a file where the folder should be");
	const engine = await open().engineFor("lan");
	await engine.transcribe({ ...request(), audioPath: await aWav(t) });
});

test("no library is created to remember something in", async (t) => {
	const { open, dataDir, config } = await withDeadService(t);
	await rm(dataDir, { recursive: true });
	const engine = await openEngines(config, "", {}, {} as Speech).engineFor("lan");
	await assert.rejects(engine.transcribe(request()), { code: "ERR_ENGINE_UNAVAILABLE" });
	await assert.rejects(readdir(dataDir), { code: "ENOENT" });
	assert.equal((await open().breakerOf("lan")).lastFailure, null);
});

test("a service that answers is not written down with every answer", async (t) => {
	const { fake, open, dataDir } = await withDeadService(t);
	fake.answer("ok");
	const engine = await open().engineFor("lan");
	const audioPath = await aWav(t);
	await engine.transcribe({ ...request(), audioPath });
	const path = join(dataDir, "engines", "lan.json");
	const first = await readFile(path, "utf8");
	for (let i = 0; i < 5; i++) await engine.transcribe({ ...request(), audioPath });
	assert.equal(await readFile(path, "utf8"), first);
});

test("a program sees no key that the configuration speaks of, whatever it is called", async (t) => {
	const dataDir = await tempFolder(t);
	const command = [process.execPath, "-p", "Object.keys(process.env).join(' ')", "{audio}"];
	const config: Config = {
		...defaultSettings,
		dataDir,
		engines: {
			mine: { type: "command", command },
			far: { type: "openai", apiKeyEnv: "FAR_AWAY" },
		},
		chat: { ...defaultSettings.chat, apiKeyEnv: "CHATTY" },
	};
	const environment = { OPEN_ONE: "1", FAR_AWAY: "canary", CHATTY: "canary" };
	const engine = await openEngines(config, "", environment, {} as Speech).engineFor("mine");
	const { signal } = new AbortController();
	const request = { audioPath: "/a", durationSeconds: null, language: null, signal };
	const { text } = await engine.transcribe(request);
	const seen = text.split(/\s+/).filter((name) => name in environment);
	assert.deepEqual(seen, ["OPEN_ONE"]);
});

import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FakeModelServer, startFakeModelServer } from "../../../test/fake-model-server.ts";
import { ended, type Home, saying, tempHome } from "../../../test/onwax-process.ts";
import { tarOf } from "../../../test/tar-writer.ts";
import { makeToneModel } from "../../../test/tone-model.ts";
import { pullLine } from "../pull-progress.ts";

/** Of the catalogue, of the tone model's family, and without a published hash. */
const name = "conformer-ctc-small-en";
const filename = "sherpa-onnx-nemo-ctc-en-conformer-small.tar.bz2";

async function toneArchive(home: Home): Promise<Buffer> {
	const folder = join(home.folder, "tones");
	await makeToneModel(folder);
	const names = await readdir(folder);
	const entries = names.map(async (each) => ({
		name: `tones/${each}`,
		content: await readFile(join(folder, each)),
	}));
	return tarOf(await Promise.all(entries));
}

async function setUp(t: TestContext): Promise<{ home: Home; server: FakeModelServer }> {
	const home = await tempHome(t);
	const server = await startFakeModelServer(t);
	server.put(filename, await toneArchive(home));
	await home.configure({ model: { mirror: `${server.address}/` } });
	return { home, server };
}

test("the list teaches what there is, and what is here", async (t) => {
	const { home } = await setUp(t);
	const empty = await home.onwax(["model", "list"]);
	assert.equal(empty.status, 0);
	assert.match(empty.stdout, /parakeet-tdt-0\.6b-v3 +487 MB +25 languages +CC-BY-4\.0/);
	assert.match(empty.stdout, /conformer-ctc-small-en +size unknown +en +licence unknown/);
	assert.match(empty.stderr, /None is here yet.+onwax model pull/);
	const values = await home.json(["model", "list"]);
	assert.ok(values.length > 10);
	assert.ok(values.every(({ installed, isDefault }) => installed === false && isDefault === false));
});

test("a pulled model is the default engine, and is gone when it is removed", async (t) => {
	const { home, server } = await setUp(t);
	const pulled = await home.onwax(["model", "pull", name]);
	assert.equal(pulled.status, 0, pulled.stderr);
	assert.match(pulled.stdout, /pulled {2}conformer-ctc-small-en/);
	assert.match(pulled.stderr, /size unknown, licence unknown, from http:\/\/127/);
	assert.match(pulled.stderr, /Nobody publishes a hash/);
	assert.match(pulled.stderr, /onwax retry --all/);

	const listed = (await home.json(["model", "list"])).find((value) => value.name === name);
	assert.deepEqual(
		[listed?.installed, listed?.isDefault, listed?.verified],
		[true, true, "pinned"],
	);
	assert.match((await home.onwax(["model", "list"])).stdout, /here, default/);
	const [engine] = await home.json(["engine", "list"]);
	assert.deepEqual([engine?.name, engine?.model, engine?.ok], ["sherpa", name, true]);

	const [again] = await home.json(["model", "pull", name]);
	assert.equal(again?.alreadyThere, true);
	assert.equal(server.requests.length, 1);

	assert.deepEqual(await home.json(["model", "remove", name]), [{ name, removed: true }]);
	assert.equal((await home.onwax(["model", "remove", name])).status, 4);
	const models = (await readdir(join(home.dataDir, "models"))).filter(
		(each) => each !== ".incoming",
	);
	assert.deepEqual(models, ["pins.json"]);
});

test("where nothing can be downloaded, one sentence says so, and the status is 1", async (t) => {
	const { home, server } = await setUp(t);
	await server.stop();
	const refused = await home.onwax(["model", "pull", name]);
	assert.equal(refused.status, 1);
	assert.match(
		refused.stderr.replace(/\s+/g, " "),
		/Nothing can be downloaded: .+nothing is lost\./,
	);
	const unknown = { env: { ONWAX_MODEL_MIRROR: "http://no-such-host.invalid/x" } };
	const [failed] = await home.json(["model", "pull", name], unknown);
	assert.match(JSON.stringify(failed), /"code":"ERR_ENGINE_UNAVAILABLE"/);
	await server.restart();
});

test("Ctrl-C keeps what has come; the list says so, and the next pull goes on", async (t) => {
	const { home, server } = await setUp(t);
	server.script = [{ stallAfter: 9000 }];
	const child = home.start(["model", "pull", name]);
	const whole = ended(child);
	await saying(child, "stderr", /size unknown/);
	while (server.servedBytes() === 0) await new Promise((done) => setTimeout(done, 20));
	// The bytes are under way: once they are noted, the length of the part says so.
	const part = join(home.dataDir, "models", ".incoming", `${name}.part`);
	while ((await readFile(part).catch(() => "")).length < 9000)
		await new Promise((done) => setTimeout(done, 20));
	child.kill("SIGINT");
	assert.equal((await whole).status, 130);
	const listed = (await home.json(["model", "list"])).find((value) => value.name === name);
	assert.equal(listed?.begunBytes, 9000);
	assert.equal((await home.onwax(["model", "pull", name])).status, 0);
	assert.equal(server.requests[1]?.range, "bytes=9000-");
});

test("what somebody brings is pulled by its path, and not removed without being asked", async (t) => {
	const { home, server } = await setUp(t);
	await writeFile(join(home.folder, "mine.tar"), await toneArchive(home));
	const pulled = await home.onwax(["model", "pull", "./mine.tar", "--name", "tones-of-mine"]);
	assert.equal(pulled.status, 0, pulled.stderr);
	assert.equal(server.requests.length, 0);
	assert.match(
		(await home.onwax(["model", "list"])).stdout,
		/tones-of-mine .+here, default\n +brought/,
	);
	assert.equal((await home.onwax(["model", "remove", "tones-of-mine"])).status, 2);
	assert.equal((await home.onwax(["model", "remove", "tones-of-mine", "--yes"])).status, 0);
});

test("wrong names say what is near", async (t) => {
	const { home } = await setUp(t);
	const near = await home.onwax(["model", "pull", "parakeet"]);
	assert.equal(near.status, 4);
	assert.match(near.stderr.replace(/\s+/g, " "), /no model called parakeet.+parakeet-tdt-0\.6b-v3/);
	const path = await home.onwax(["model", "pull", "./nothing.tar.bz2"]);
	assert.equal(path.status, 4);
	assert.equal((await home.onwax(["model", "pull", name, "--name", "x"])).status, 2);
	await mkdir(join(home.folder, "empty"));
	const empty = await home.onwax(["model", "pull", "./empty"]);
	assert.equal(empty.status, 1);
	assert.match(empty.stderr, /holds no model/);
});

test("the progress line says how much of how much, how fast, and how long still", () => {
	assert.equal(
		pullLine("downloading", 250e6, 500e6, 10e6),
		"Downloading  ▕████████        ▏  50 %  250 MB of 500 MB, 10 MB/s, 25 s left",
	);
	assert.equal(pullLine("downloading", 3e6, null, 1e6), "Downloading: 3.0 MB, 1.0 MB/s");
	assert.equal(pullLine("unpacking", 3e6, null, 0), "Unpacking: 3.0 MB");
	assert.match(pullLine("downloading", 0, 500e6, 0), /0 B of 500 MB, 0 B\/s$/);
});

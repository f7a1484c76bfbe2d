import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startFakeModelServer } from "../../test/fake-model-server.ts";
import { testLimits, testPlace } from "../../test/pull-model.ts";
import { tarOf } from "../../test/tar-writer.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { OnwaxError } from "../errors.ts";
import { type CatalogueModel, catalogue } from "./catalogue.ts";
import { begunDownloads, installedModels } from "./installed.ts";
import { pullModel } from "./pull.ts";
import { pullLocal } from "./pull-local.ts";
import type { PullOptions } from "./pull-options.ts";
import { removeModel } from "./remove.ts";

const weights = randomBytes(200_000);
const archive = gzipSync(
	tarOf([
		{ name: "sherpa-tiny/" },
		{ name: "sherpa-tiny/tokens.txt", content: Buffer.from("a 0\n") },
		{ name: "sherpa-tiny/model.onnx", content: weights },
		{ name: "sherpa-tiny/test_wavs/0.wav", content: Buffer.from("RIFF") },
	]),
);
const sha256 = createHash("sha256").update(archive).digest("hex");

const tiny: CatalogueModel = {
	name: "tiny",
	family: "nemo-ctc",
	languages: ["en"],
	goodFor: "tests",
	address: "https://models.invalid/releases/sherpa-tiny.tar.bz2",
	sizeBytes: archive.length,
	sha256,
	licence: "MIT",
	source: { address: "here", sizeBytes: "here", sha256: "here", licence: "here" },
};

const options: PullOptions = {
	signal: new AbortController().signal,
	limits: testLimits,
	onProgress: () => {},
	onRetry: () => {},
	now: () => new Date("2026-11-21T12:00:00Z"),
};

async function setUp(t: TestContext) {
	const server = await startFakeModelServer(t);
	server.put("sherpa-tiny.tar.bz2", archive);
	const models = join(await tempFolder(t), "models");
	return { server, models, place: testPlace(models, `${server.address}/`) };
}

async function assertWhole(models: string, name = "tiny"): Promise<void> {
	const folder = join(models, name);
	const names = await readdir(folder, { recursive: true });
	for (const wanted of ["model.onnx", "tokens.txt", "onwax-model.json"])
		assert.ok(names.includes(wanted), wanted);
	assert.ok((await readFile(join(folder, "model.onnx"))).equals(weights));
}

/** What of a pull is left beside the models, locks aside. */
async function leftovers(models: string): Promise<string[]> {
	const names = await readdir(join(models, ".incoming"));
	return names.filter((name) => !name.endsWith(".lock"));
}

function failure(code: string, message: RegExp) {
	return (error: unknown) => {
		assert.ok(error instanceof OnwaxError, String(error));
		assert.equal(error.code, code, error.message);
		assert.match(error.message, message);
		return true;
	};
}

test("a pulled model lies in its place, says where it is from, and leaves nothing beside it", async (t) => {
	const { models, place, server } = await setUp(t);
	const pulled = await pullModel(tiny, place, options);
	await assertWhole(models);
	assert.deepEqual(await leftovers(models), []);
	const card = JSON.parse(await readFile(join(models, "tiny", "onwax-model.json"), "utf8"));
	assert.deepEqual(card, pulled.card);
	assert.deepEqual(card, {
		format: 1,
		name: "tiny",
		family: "nemo-ctc",
		licence: "MIT",
		source: `${server.address}/sherpa-tiny.tar.bz2`,
		sha256,
		sizeBytes: archive.length,
		pulledAt: "2026-11-21T12:00:00.000Z",
		verified: "known",
	});
	assert.deepEqual(
		(await installedModels(models)).map(({ name }) => name),
		["tiny"],
	);
});

test("what is here already is not asked for again", async (t) => {
	const { place, server } = await setUp(t);
	await pullModel(tiny, place, options);
	assert.equal((await pullModel(tiny, place, options)).card, null);
	assert.equal(server.requests.length, 1);
});

test("a file with another hash is never unpacked", async (t) => {
	const { models, place, server } = await setUp(t);
	server.put("sherpa-tiny.tar.bz2", gzipSync(archive));
	await assert.rejects(
		pullModel(tiny, place, options),
		failure("ERR_DAMAGED", /is not the tiny of the catalogue/),
	);
	assert.deepEqual(await readdir(models), [".incoming"]);
	assert.deepEqual(await leftovers(models), []);
});

test("without a published hash the first download counts, and a later one has to be the same", async (t) => {
	const { models, place, server } = await setUp(t);
	const unknown = { ...tiny, sha256: null, sizeBytes: null };
	const first = await pullModel(unknown, place, options);
	assert.equal(first.pinned, true);
	assert.equal(first.card?.verified, "pinned");
	await removeModel(models, "tiny");
	assert.deepEqual(await installedModels(models), []);

	server.put("sherpa-tiny.tar.bz2", gzipSync(Buffer.concat([archive, archive])));
	await assert.rejects(
		pullModel(unknown, place, options),
		failure("ERR_DAMAGED", /first downloaded on 2026-11-21/),
	);
	assert.deepEqual(await leftovers(models), []);

	server.put("sherpa-tiny.tar.bz2", archive);
	const again = await pullModel(unknown, place, options);
	assert.equal(again.pinned, false);
	await assertWhole(models);
});

test("what turns out to be no model is not pinned, and is asked for anew", async (t) => {
	const { models, place, server } = await setUp(t);
	const unknown = { ...tiny, sha256: null };
	server.put("sherpa-tiny.tar.bz2", tarOf([{ name: "x/readme", content: Buffer.from("x") }]));
	await assert.rejects(
		pullModel(unknown, place, options),
		failure("ERR_FORMAT_UNKNOWN", /holds no nemo-ctc model/),
	);
	server.script = [{ announce: 50_000 }];
	server.put("sherpa-tiny.tar.bz2", archive);
	await assert.rejects(pullModel(unknown, place, options), failure("ERR_DAMAGED", /not complete/));
	assert.deepEqual(await readdir(models), [".incoming"]);
	assert.equal((await pullModel(unknown, place, options)).pinned, true);
	await assertWhole(models);
});

test("an archive that means harm is refused, and its model does not come to be", async (t) => {
	const { models, place, server } = await setUp(t);
	server.put(
		"sherpa-tiny.tar.bz2",
		tarOf([
			{ name: "x/tokens.txt", content: Buffer.from("a") },
			{ name: "x/model.onnx", content: weights },
			{ name: "../../evil", content: weights },
		]),
	);
	const unknown = { ...tiny, sha256: null };
	await assert.rejects(
		pullModel(unknown, place, options),
		failure("ERR_DAMAGED", /would lie outside/),
	);
	assert.deepEqual(await readdir(join(models, "..")), ["models"]);
	assert.deepEqual(await readdir(models), [".incoming"]);
});

test("where a mirror refuses, or sends something else, it is named as the likely cause", async (t) => {
	const { place, server } = await setUp(t);
	for (const step of [{ status: 404 }, { status: 401 }, { send: Buffer.from("other") }]) {
		server.script = [step];
		await assert.rejects(pullModel(tiny, place, options), { hint: /mirror.+ONWAX_MODEL_MIRROR/ });
	}
	const address = `${server.address}/nothing.tar.bz2`;
	const direct = { ...place, mirror: null };
	await assert.rejects(pullModel({ ...tiny, address }, direct, options), (error) => {
		assert.ok(error instanceof OnwaxError);
		assert.doesNotMatch(String(error.hint), /likely cause/);
		return true;
	});
});

test("a damaged pins.json stops a pull instead of trusting whatever comes", async (t) => {
	const { models, place } = await setUp(t);
	await mkdir(models, { recursive: true });
	await writeFile(join(models, "pins.json"), "{");
	const unknown = { ...tiny, sha256: null };
	await assert.rejects(pullModel(unknown, place, options), failure("ERR_DAMAGED", /pins\.json/));
	await pullModel(tiny, place, options);
});

test("a model that is one file gets a folder of its own", async (t) => {
	const { models, place, server } = await setUp(t);
	server.put("voice.onnx", weights);
	const address = "https://models.invalid/voice.onnx";
	const embedding = { ...tiny, name: "voice", family: "speaker-embedding", address } as const;
	const hash = createHash("sha256").update(weights).digest("hex");
	await pullModel({ ...embedding, sha256: hash }, place, options);
	assert.deepEqual(await readdir(join(models, "voice")), ["onwax-model.json", "voice.onnx"]);
	assert.deepEqual(await leftovers(models), []);
});

test("two at once: the second says that another one is at work", async (t) => {
	const { models, place, server } = await setUp(t);
	server.script = [{ stallAfter: 10_000 }];
	let second: Promise<unknown> | null = null;
	await pullModel(tiny, place, {
		...options,
		limits: { ...testLimits, idleTimeoutMs: 300 },
		onProgress() {
			second ??= assert.rejects(
				pullModel(tiny, place, options),
				failure("ERR_LIBRARY_BUSY", /Another process/),
			);
		},
	});
	await second;
	await assertWhole(models);
});

test("without room nothing is asked for", async (t) => {
	const { place, server } = await setUp(t);
	await assert.rejects(
		pullModel(tiny, { ...place, reserveBytes: 1e18 }, options),
		failure("ERR_DISK_FULL", /are needed/),
	);
	assert.equal(server.requests.length, 0);
});

test("a download that was cut short is listed, and goes with the model", async (t) => {
	const { models, place, server } = await setUp(t);
	server.otherwise = { cutAfter: 60_000 };
	server.script = [{ cutAfter: 60_000 }, { status: 404 }];
	await assert.rejects(pullModel(tiny, place, options), failure("ERR_ENGINE_REJECTED", /404/));
	assert.deepEqual([...(await begunDownloads(models))], [["tiny", 60_000]]);
	assert.deepEqual(await installedModels(models), []);
	await removeModel(models, "tiny");
	assert.deepEqual(await leftovers(models), []);
});

test("a file, an archive and a folder that somebody brings become models", async (t) => {
	const { models, place, server } = await setUp(t);
	const around = await tempFolder(t);
	await writeFile(join(around, "mine.tar.gz"), archive);
	const folder = join(around, "my folder");
	await mkdir(join(folder, "deeper"), { recursive: true });
	await writeFile(join(folder, "deeper", "x.wav"), "RIFF");
	await writeFile(join(folder, "tokens.txt"), "a 0\n");
	await writeFile(join(around, "blob"), weights);
	// As the caches of model hubs lay them out.
	await symlink(join(around, "blob"), join(folder, "model.onnx"));

	const first = await pullLocal(join(around, "mine.tar.gz"), null, place, options);
	assert.deepEqual(
		[first.name, first.card?.verified, first.card?.source],
		["mine", "local", "local"],
	);
	await assertWhole(models, "mine");
	await pullLocal(folder, "yours", place, options);
	await assertWhole(models, "yours");
	assert.deepEqual(await readdir(join(models, "yours", "deeper")), ["x.wav"]);
	assert.deepEqual((await readdir(around)).sort(), ["blob", "mine.tar.gz", "my folder"]);
	assert.deepEqual(await leftovers(models), []);
	assert.equal(server.requests.length, 0);
	await assert.rejects(
		pullLocal(folder, null, place, options),
		failure("ERR_NAME", /my folder.+cannot be the name/),
	);
	for (const name of ["..", "a/b", ".hidden", "", "x".repeat(200)]) {
		await assert.rejects(pullLocal(folder, name, place, options), failure("ERR_NAME", /cannot be/));
	}
	await writeFile(join(around, "notes.txt"), "hello");
	await assert.rejects(
		pullLocal(join(around, "notes.txt"), "notes", place, options),
		failure("ERR_FORMAT_UNKNOWN", /neither an archive nor a model/),
	);
	await assert.rejects(
		pullLocal(join(around, "nothing"), null, place, options),
		failure("ERR_NOT_FOUND", /neither a model nor a file/),
	);
});

test("a brought file with a name of the catalogue has to be that model", async (t) => {
	const { models, place } = await setUp(t);
	const around = await tempFolder(t);
	const path = join(around, "nemo_en_titanet_small.onnx");
	await writeFile(path, weights);
	await assert.rejects(
		pullLocal(path, null, place, options),
		failure("ERR_DAMAGED", /is not the titanet-small-en of the catalogue/),
	);
	assert.deepEqual(await installedModels(models), []);
});

test("the catalogue is sound: names, addresses, hashes, and a source for everything that is said", () => {
	const names = catalogue.map(({ name }) => name);
	assert.equal(new Set(names).size, names.length);
	for (const { name, address, sha256, sizeBytes, licence, source, goodFor } of catalogue) {
		assert.match(name, /^[a-z0-9][a-z0-9.-]+$/);
		assert.match(address, /^https:\/\/.+\.(tar\.bz2|onnx)$/, name);
		if (sha256 !== null) assert.match(sha256, /^[0-9a-f]{64}$/, name);
		assert.ok(goodFor.length > 0 && goodFor.length < 100, name);
		assert.ok(source.address.length > 0);
		// Said if and only if somebody can be cited.
		assert.equal(sha256 === null, source.sha256 === null, name);
		assert.equal(sizeBytes === null, source.sizeBytes === null, name);
		assert.equal(licence === null, source.licence === null, name);
	}
});

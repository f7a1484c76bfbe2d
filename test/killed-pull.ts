import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { CatalogueModel } from "../src/models/catalogue.ts";
import { installedModels } from "../src/models/installed.ts";
import { pullModel } from "../src/models/pull.ts";
import { type FakeModelServer, startFakeModelServer } from "./fake-model-server.ts";
import { testLimits, testPlace } from "./pull-model.ts";
import { tarOf } from "./tar-writer.ts";
import { tempFolder } from "./temp-folder.ts";

const script = fileURLToPath(new URL("pull-model.ts", import.meta.url));
const weights = randomBytes(400_000);
export const tinyArchive = gzipSync(
	tarOf([
		{ name: "tiny/tokens.txt", content: Buffer.from("a 0\n") },
		{ name: "tiny/model.onnx", content: weights },
	]),
);

export const tiny: CatalogueModel = {
	name: "tiny",
	family: "nemo-ctc",
	languages: ["en"],
	goodFor: "tests",
	address: "https://models.invalid/tiny.tar.bz2",
	sizeBytes: tinyArchive.length,
	sha256: createHash("sha256").update(tinyArchive).digest("hex"),
	licence: "MIT",
	source: { address: "here", sizeBytes: "here", sha256: "here", licence: "here" },
};

export async function tinyServer(t: TestContext): Promise<FakeModelServer> {
	const server = await startFakeModelServer(t);
	server.put("tiny.tar.bz2", tinyArchive);
	return server;
}

export async function modelsFolder(t: TestContext): Promise<string> {
	return join(await tempFolder(t), "models");
}

/** A pull in a process of its own. */
export function startPull(
	models: string,
	server: FakeModelServer,
	model: CatalogueModel,
	fault?: string,
): ChildProcess {
	const args = [script, models, server.address, JSON.stringify(model)];
	return spawn(process.execPath, args, {
		env: { ...process.env, ...(fault ? { ONWAX_FAULT: fault } : {}) },
		stdio: ["ignore", "pipe", "ignore"],
	});
}

/** There is the whole model or none; says which. */
export async function assertNothingHalf(models: string): Promise<boolean> {
	const [found, ...others] = await installedModels(models);
	assert.deepEqual(others, []);
	if (found === undefined) return false;
	const names = (await readdir(found.folder)).sort();
	assert.deepEqual(names, ["model.onnx", "onwax-model.json", "tokens.txt"]);
	assert.ok((await readFile(join(found.folder, "model.onnx"))).equals(weights));
	assert.equal(found.card?.name, "tiny");
	return true;
}

/** Pulls to the end; afterwards the model is there and nothing beside it. */
export async function pullAgain(
	models: string,
	server: FakeModelServer,
	model: CatalogueModel,
): Promise<void> {
	await pullModel(model, testPlace(models, server.address), {
		signal: new AbortController().signal,
		limits: testLimits,
		onProgress: () => {},
		onRetry: () => {},
	});
	assert.equal(await assertNothingHalf(models), true);
	const left = (await readdir(join(models, ".incoming"))).filter((name) => !name.endsWith(".lock"));
	assert.deepEqual(left, []);
	const beside = (await readdir(models)).filter((name) => name.endsWith(".part"));
	assert.deepEqual(beside, []);
}

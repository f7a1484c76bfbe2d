import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { testPlace } from "../../test/pull-model.ts";
import { tarOf } from "../../test/tar-writer.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { OnwaxError } from "../errors.ts";
import { type CatalogueModel, catalogue } from "./catalogue.ts";
import { pullModel } from "./pull.ts";
import { pullLocal } from "./pull-local.ts";
import type { PullOptions } from "./pull-options.ts";
import { removeModel } from "./remove.ts";

const options: PullOptions = {
	signal: new AbortController().signal,
	onProgress: () => {},
	onRetry: () => {},
};

async function setUp(t: TestContext) {
	const around = await tempFolder(t);
	const models = join(around, "models");
	const brought = join(around, "brought");
	await mkdir(brought);
	await writeFile(join(brought, "tokens.txt"), "a 0\n");
	await writeFile(join(brought, "model.onnx"), "weights");
	return { models, brought, around, place: testPlace(models, null) };
}

/** An error for people: none of Node's own, and with something to do. */
function failure(code: string, message: RegExp) {
	return (error: unknown) => {
		assert.ok(error instanceof OnwaxError, String(error));
		assert.equal(error.code, code, error.message);
		assert.match(error.message, message);
		assert.ok(error.hint !== null, error.message);
		return true;
	};
}

async function modelsIn(folder: string): Promise<string[]> {
	return (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith("."));
}

test("names that are taken, or that another system has for itself, are refused for a model", async (t) => {
	const { models, brought, place } = await setUp(t);
	for (const name of ["pins.json", "PINS.json", "CON", "nul", "com1", "LPT9.txt", "aux.model"]) {
		await assert.rejects(
			pullLocal(brought, name, place, options),
			failure("ERR_NAME", /cannot be the name of a model/),
			name,
		);
	}
	assert.deepEqual(await modelsIn(models), []);
	for (const name of ["console", "com10", "pins", "auxiliary"]) {
		assert.equal((await pullLocal(brought, name, place, options)).card?.name, name);
	}
});

test("names that differ only in case are one name: some disks cannot tell them apart", async (t) => {
	const { models, brought, place } = await setUp(t);
	await pullLocal(brought, "Mine", place, options);
	await assert.rejects(
		pullLocal(brought, "mine", place, options),
		failure("ERR_NAME", /"mine".+Mine/),
	);
	await assert.rejects(
		pullLocal(brought, "Whisper-Tiny", place, options),
		failure("ERR_NAME", /whisper-tiny/),
	);
	assert.deepEqual(await modelsIn(models), ["Mine"]);
	assert.equal((await pullLocal(brought, "Mine", place, options)).card, null);
	await removeModel(models, "Mine");
	assert.ok((await pullLocal(brought, "mine", place, options)).card);
});

test("a model of the catalogue does not come beside one whose name differs only in case", async (t) => {
	const { models, place } = await setUp(t);
	const [model] = catalogue as [CatalogueModel];
	await mkdir(join(models, model.name.toUpperCase()), { recursive: true });
	await assert.rejects(
		pullModel(model, place, options),
		failure("ERR_NAME", new RegExp(model.name.toUpperCase())),
	);
});

test("a folder in the place of pins.json is told, and can be removed", async (t) => {
	const { models, place } = await setUp(t);
	await mkdir(join(models, "pins.json"), { recursive: true });
	const [model] = catalogue as [CatalogueModel];
	await assert.rejects(
		pullModel({ ...model, sha256: null }, place, options),
		failure("ERR_DAMAGED", /pins\.json cannot be read/),
	);
	await removeModel(models, "pins.json");
	assert.deepEqual(await modelsIn(models), []);
});

test("a folder that is much more than a model is refused after a look at its first entries", async (t) => {
	const { models, around, place } = await setUp(t);
	const wide = join(around, "wide");
	for (let i = 0; i < 2100; i += 1) await mkdir(join(wide, `${i}`, "below"), { recursive: true });
	await assert.rejects(
		pullLocal(wide, "wide", place, options),
		failure("ERR_TOO_LARGE", /too much to be a model/),
	);
	const deep = join(around, "deep");
	await mkdir(join(deep, ..."abcdefghijk"), { recursive: true });
	await assert.rejects(
		pullLocal(deep, "deep", place, options),
		failure("ERR_TOO_LARGE", /too much to be a model/),
	);
	assert.deepEqual(await modelsIn(models), []);
});

test("looking through a folder ends at once when it is to end", async (t) => {
	const { around, place } = await setUp(t);
	// Nothing is copied of it, so that only the looking can notice.
	await mkdir(join(around, "empty", "folders"), { recursive: true });
	const ending = new AbortController();
	const reason = new Error("asked to end");
	ending.abort(reason);
	await assert.rejects(
		pullLocal(join(around, "empty"), "mine", place, { ...options, signal: ending.signal }),
		(error) => error === reason,
	);
});

test("links that lead nowhere, in a circle or to a folder are refused by name", async (t) => {
	const { models, brought, around, place } = await setUp(t);
	await mkdir(join(around, "other"));
	for (const [target, why] of [
		["nowhere", /"odd" .+leads nowhere/],
		["odd", /"odd" .+leads nowhere/],
		[".", /"odd" .+link to a folder/],
		[join(around, "other"), /"odd" .+link to a folder/],
	] as const) {
		const folder = join(brought, `with-${target.replaceAll("/", "-")}`);
		await mkdir(folder);
		await symlink(target, join(folder, "odd"));
		await assert.rejects(
			pullLocal(folder, "mine", place, options),
			failure("ERR_SYMLINK", why),
			target,
		);
	}
	assert.deepEqual(await modelsIn(models), []);
});

test("a path that leads nowhere is told as what is not there", async (t) => {
	const { around, brought, place } = await setUp(t);
	await symlink("circle", join(around, "circle"));
	for (const path of [join(around, "circle"), join(brought, "tokens.txt", "below")]) {
		await assert.rejects(
			pullLocal(path, "mine", place, options),
			failure("ERR_NOT_FOUND", /neither a model nor a file/),
		);
	}
});

test("a link to the folder that is brought is followed: it was named", async (t) => {
	const { models, brought, around, place } = await setUp(t);
	await symlink(brought, join(around, "link"));
	await pullLocal(join(around, "link"), "mine", place, options);
	assert.equal(await readFile(join(models, "mine", "model.onnx"), "utf8"), "weights");
});

test("a folder where the card has to lie is refused, brought as a folder or in an archive", async (t) => {
	const { models, brought, around, place } = await setUp(t);
	await mkdir(join(brought, "onwax-model.json"));
	await writeFile(join(brought, "onwax-model.json", "x"), "x");
	const archive = join(around, "mine.tar");
	const file = { content: Buffer.from("x") };
	await writeFile(
		archive,
		tarOf([
			{ name: "m/tokens.txt", ...file },
			{ name: "m/model.onnx", ...file },
			{ name: "m/onwax-model.json/x", ...file },
		]),
	);
	for (const path of [brought, archive]) {
		await assert.rejects(
			pullLocal(path, "mine", place, options),
			failure("ERR_FORMAT_UNKNOWN", /folder called onwax-model\.json/),
		);
		// What was unpacked or copied of it does not stay and fill the disk.
		assert.deepEqual(await readdir(join(models, ".incoming")), ["mine.lock"]);
	}
	assert.deepEqual(await modelsIn(models), []);
});

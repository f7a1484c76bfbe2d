import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { LiveEvent } from "../src/app/service-events.ts";
import type { EngineList, EngineTrial } from "../src/server/contract/engines.ts";
import type { ModelList } from "../src/server/contract/models.ts";
import { startFakeModelServer } from "./fake-model-server.ts";
import { startTempService, type TempService } from "./temp-service.ts";

async function modelOf({ ask }: TempService, name: string) {
	const response = await ask("/api/v1/models");
	assert.equal(response.status, 200, await response.clone().text());
	const { models } = (await response.json()) as ModelList;
	return models.find((model) => model.name === name) ?? null;
}

test("a model is fetched behind the answer; one that is not what it should be is told as an event", async (t) => {
	const fake = await startFakeModelServer(t);
	const known = "3dspeaker_speech_campplus_sv_en_voxceleb_16k.onnx";
	fake.put(known, Buffer.from("not what it should be"));
	const service = await startTempService(t, { model: { mirror: fake.address } });
	const before = await modelOf(service, "campplus-en");
	assert.equal(before?.installed, false);
	assert.equal(before?.pull, null);

	const failed = new Promise<LiveEvent & { type: "model-pull" }>((resolve) => {
		service.service.events.onLive((event) => {
			if (event.type === "model-pull" && event.error !== null) resolve(event);
		});
	});
	const pull = () => service.ask("/api/v1/models/campplus-en/pull", { method: "POST" });
	const [one, other] = await Promise.all([pull(), pull()]);
	assert.deepEqual([one.status, other.status], [202, 202]);
	const event = await failed;
	assert.equal(event.model, "campplus-en");
	assert.ok(fake.requests.length > 0);
	const after = await modelOf(service, "campplus-en");
	assert.equal(after?.installed, false);
	assert.equal(after?.pull?.state, "failed");
	assert.equal(after?.pull?.error?.message, event.error);
});

test("no request names a path of this machine, or a model that nobody knows", async (t) => {
	const service = await startTempService(t);
	const pull = (name: string) => service.ask(`/api/v1/models/${name}/pull`, { method: "POST" });
	assert.equal((await pull("nobody")).status, 404);
	assert.equal((await pull(encodeURIComponent("../../etc/passwd"))).status, 400);
	assert.equal((await pull(encodeURIComponent("/etc/passwd"))).status, 400);
	const headers = { authorization: `Bearer ${await service.tokenFor("read", "write")}` };
	const address = `${service.url}/api/v1/models/whisper-tiny/pull`;
	assert.equal((await fetch(address, { method: "POST", headers })).status, 403);
});

test("a model that somebody brought goes only when that is meant", async (t) => {
	const service = await startTempService(t);
	const folder = join(service.app.library.layout.models, "mine");
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "model.onnx"), "x");
	assert.equal((await modelOf(service, "mine"))?.isKnown, false);
	const remove = (query: string) =>
		service.ask(`/api/v1/models/mine${query}`, { method: "DELETE" });
	assert.equal((await remove("")).status, 409);
	assert.equal((await remove("?force=1")).status, 204);
	assert.equal(await modelOf(service, "mine"), null);
	assert.equal((await remove("?force=1")).status, 404);
});

test("engines are listed in their order, with what is known of them, and can be tried", async (t) => {
	const command = [process.execPath, "-e", "process.stdout.write('hello')", "{audio}"];
	const broken = [process.execPath, "-e", "process.exit(3)", "{audio}"];
	const service = await startTempService(t, {
		engine: ["first", "second"],
		engines: {
			first: { type: "command", command: broken },
			second: { type: "command", command },
			third: { type: "command", command },
		},
	});
	const list = async () =>
		((await (await service.ask("/api/v1/engines")).json()) as EngineList).engines;
	assert.deepEqual(
		(await list()).map(({ name, place, isDefault, origin }) => [name, place, isDefault, origin]),
		[
			["first", 1, true, "declared"],
			["second", 2, false, "declared"],
			["third", null, false, "declared"],
		],
	);
	const trial = (name: string) => service.ask(`/api/v1/engines/${name}/test`, { method: "POST" });
	const heard = await trial("second");
	assert.equal(heard.status, 200, await heard.clone().text());
	assert.equal(((await heard.json()) as EngineTrial).heard, "hello");
	const failed = await trial("first");
	assert.ok(failed.status >= 500);
	assert.match(((await failed.json()) as { code: string }).code, /^ERR_ENGINE/);
	assert.equal((await list())[0]?.breaker.lastFailure === null, false);
	assert.equal((await trial("nobody")).status, 404);
});

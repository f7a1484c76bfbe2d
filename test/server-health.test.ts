import assert from "node:assert/strict";
import { test } from "node:test";
import { watchHealth } from "../src/app/health.ts";
import { observe } from "../src/observation.ts";
import type { Health } from "../src/server/contract/health.ts";
import type { EngineConfig } from "../src/transcribe/engine-config.ts";
import { startTempService } from "./temp-service.ts";

/** What is said of the service's health, to whom, and with which status. */

const local: EngineConfig = { type: "command", command: ["cat", "{audio}"] };

test("a caller who may read is told the reasons, everybody else the states alone", async (t) => {
	const service = await startTempService(t, { engines: { local } }, { works: true });
	const told = (await (await service.ask("/health")).json()) as Health;
	assert.deepEqual(
		told.checks.map(({ name }) => name),
		["catalogue", "library", "disk", "sync", "worker", "engine", "queue"],
	);
	for (const { name, status, message } of told.checks) {
		assert.equal(typeof message, "string", name);
		if (name !== "disk" && name !== "engine") assert.equal(status, "ok", `${name}: ${message}`);
	}
	const uploader = { authorization: `Bearer ${await service.tokenFor("upload")}` };
	for (const headers of [{}, uploader]) {
		const answer = await fetch(`${service.url}/health/ready`, { headers });
		assert.equal(answer.status, 200);
		const text = await answer.text();
		assert.ok(!text.includes(service.app.config.dataDir));
		assert.doesNotMatch(text, /\d/);
		const { checks } = JSON.parse(text) as Health;
		assert.ok(checks.every(({ message, hint }) => message === null && hint === null));
	}
	assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
});

test("below the reserve nothing can be kept: not ready, and still alive", async (t) => {
	const service = await startTempService(t, { minFreeSpaceMb: 1e9 });
	const answer = await service.ask("/health/ready");
	assert.equal(answer.status, 503);
	const { status, checks } = (await answer.json()) as Health;
	assert.equal(status, "failing");
	const disk = checks.find(({ name }) => name === "disk");
	assert.equal(disk?.status, "failing");
	assert.match(disk?.hint ?? "", /cleanup/);
	assert.equal((await service.ask("/health/live")).status, 200);
});

test("without an engine, and with work that nobody does, it is degraded and ready", async (t) => {
	const service = await startTempService(t, { engines: {} });
	const { db } = service.app.library.catalogue;
	await db
		.insertInto("jobs")
		.values({
			...{ recording: "r", kind: "transcribe", run_at: Date.now() / 1000 - 3600 },
			...{ created_at: new Date().toISOString(), token: null, lease_until: null },
			...{ writer: null, error_code: null, finished_at: null },
		})
		.execute();
	const answer = await service.ask("/health");
	assert.equal(answer.status, 200);
	const { status, checks } = (await answer.json()) as Health;
	assert.equal(status, "degraded");
	const of = (wanted: string) => checks.find(({ name }) => name === wanted);
	assert.equal(of("engine")?.status, "degraded");
	assert.match(of("engine")?.hint ?? "", /onwax model list/);
	assert.equal(of("queue")?.status, "degraded");
	assert.match(of("queue")?.hint ?? "", /onwax worker/);
});

test("a slow sync is told, and many who ask at once cost one look", async (t) => {
	const { service } = await startTempService(t);
	let looks = 0;
	const { catalogue } = service.app.library;
	const counting = {
		...service,
		app: {
			...service.app,
			library: {
				...service.app.library,
				catalogue: {
					...catalogue,
					writable: true,
					counts() {
						looks += 1;
						return catalogue.counts();
					},
				},
			},
		},
	};
	const watch = watchHealth(counting);
	t.after(() => watch.close());
	observe({ kind: "sync", seconds: 3 });
	const reports = await Promise.all(Array.from({ length: 50 }, () => watch.look()));
	assert.equal(looks, 1);
	const sync = reports[0]?.checks.find(({ name }) => name === "sync");
	assert.equal(sync?.state, "degraded");
	assert.match(sync?.message ?? "", /3000/);
});

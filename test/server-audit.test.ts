import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { autoCleanup } from "../src/app/cleanup.ts";
import type { AuditCheckJson, AuditPage } from "../src/server/contract/access.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { exampleWav, publishTranscribed } from "./transcribed-recording.ts";

async function change({ ask }: TempService, method: string, path: string, body?: object) {
	const headers = { "content-type": "application/json" };
	const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
	const response = await ask(path, init);
	assert.ok(response.ok, await response.clone().text());
	return response;
}

async function noted({ ask }: TempService) {
	const page = (await (await ask("/api/v1/audit?limit=500")).json()) as AuditPage;
	return page.entries.reverse();
}

test("edits are noted with what they changed and not with what it says, and what changes nothing is not", async (t) => {
	const service = await startTempService(t);
	const { app } = service;
	const name = await publishTranscribed(app.library, exampleWav(1));
	const recording = `/api/v1/recordings/${name}`;
	await change(service, "PATCH", recording, { title: "Private", tags: ["secret"] });
	await change(service, "PATCH", recording, { tags: ["secret"] });
	await change(service, "PATCH", recording, { text: "as it should read" });
	await change(service, "POST", `${recording}/archive`);
	await change(service, "POST", "/api/v1/bulk", {
		action: "untag",
		tags: ["secret"],
		names: [name],
	});
	await change(service, "PUT", "/api/v1/lexicons/default", {
		rules: [{ from: "should", to: "must", kind: "words" }],
	});
	await change(service, "POST", `${recording}/lexicons`);
	const entries = await noted(service);
	assert.deepEqual(
		entries.flatMap(({ action, recording, detail }) =>
			action === "edit" ? [[recording, detail.fields]] : [],
		),
		[["title", "tags"], ["text"], ["status"], ["tags"]].map((fields) => [name, fields]),
	);
	assert.doesNotMatch(JSON.stringify(entries), /Private|secret|should read/);
});

test("what a cleanup lets go of is noted by name, also where nobody asked for it", async (t) => {
	const service = await startTempService(t, { autoCleanup: true, retention: { successDays: 0 } });
	const { app } = service;
	const name = await publishTranscribed(app.library, exampleWav(1));
	const report = await autoCleanup(app, new AbortController().signal);
	assert.deepEqual(
		report?.trashed.map((one) => one.name),
		[name],
	);
	await change(service, "POST", `/api/v1/recordings/${name}/restore`);
	await change(service, "POST", "/api/v1/cleanup", { olderThanDays: 0, dryRun: true });
	await change(service, "POST", "/api/v1/cleanup", { olderThanDays: 0 });
	assert.deepEqual(
		(await noted(service)).map(({ action, caller, recording }) => [
			action,
			caller?.kind,
			recording,
		]),
		[
			["trash", undefined, name],
			["restore", "token", name],
			["trash", "token", name],
			["cleanup", "token", null],
		],
	);
});

test("the service itself tells whether its log is whole, to admins", async (t) => {
	const service = await startTempService(t);
	const name = await publishTranscribed(service.app.library, exampleWav(1));
	for (const tags of [["a"], ["b"]]) {
		await change(service, "PATCH", `/api/v1/recordings/${name}`, { tags });
	}
	const check = async () =>
		(await (await service.ask("/api/v1/audit/check")).json()) as AuditCheckJson;
	const whole = await check();
	assert.deepEqual([whole.entries, whole.findings], [2, []]);
	const folder = service.app.library.layout.audit;
	const [file = ""] = (await readdir(folder)).filter((one) => one.endsWith(".jsonl"));
	const text = await readFile(join(folder, file), "utf8");
	await writeFile(join(folder, file), text.slice(0, text.indexOf("\n") + 1));
	const cut = await check();
	assert.deepEqual([cut.entries, cut.findings[0]?.kind], [1, "damage"]);
	const headers = { authorization: `Bearer ${await service.tokenFor("read", "write")}` };
	assert.equal((await fetch(`${service.url}/api/v1/audit/check`, { headers })).status, 403);
});

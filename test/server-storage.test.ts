import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { diskLevel } from "../src/app/disk.ts";
import type {
	Checks,
	CleanupReport,
	ServiceStatus,
	Storage,
	Validation,
} from "../src/server/contract/storage.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { exampleWav, folderOf, publishTranscribed } from "./transcribed-recording.ts";

function post({ ask }: TempService, path: string, body: unknown): Promise<Response> {
	return ask(path, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
}

async function json<T>(response: Response, status = 200): Promise<T> {
	assert.equal(response.status, status, await response.clone().text());
	return (await response.json()) as T;
}

test("the status tells what there is, what works, and how much space is left", async (t) => {
	const service = await startTempService(t);
	await publishTranscribed(service.app.library, exampleWav(1));
	const status = await json<ServiceStatus>(await service.ask("/api/v1/status"));
	assert.equal(status.version, service.app.library.appVersion);
	assert.equal(status.worker, "elsewhere");
	assert.equal(status.engine, null);
	assert.deepEqual(
		{ total: status.recordings.total, success: status.recordings.success },
		{ total: 1, success: 1 },
	);
	assert.deepEqual(status.jobs, { queued: 0, running: 0, parked: 0 });
	assert.deepEqual(status.recording, []);
	assert.ok(status.disk.freeBytes > 0 && status.disk.totalBytes > status.disk.freeBytes);
});

test("a disk is low before it is critical, and under 10 MB it is critical without any reserve", () => {
	assert.equal(diskLevel(100e9, 500e6), "ok");
	assert.equal(diskLevel(0.9e9, 20e6), "low");
	assert.equal(diskLevel(1.5e9, 1e9), "low");
	assert.equal(diskLevel(0.9e9, 1e9), "critical");
	assert.equal(diskLevel(9e6, 0), "critical");
	assert.equal(diskLevel(11e6, 0), "low");
});

test("storage is told by shelf, state, source and month, with the trash apart", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const kept = await publishTranscribed(library, exampleWav(1));
	const gone = await publishTranscribed(library, exampleWav(2));
	const trash = await service.ask(`/api/v1/recordings/${gone}`, { method: "DELETE" });
	assert.ok(trash.ok, await trash.text());
	const use = await json<Storage>(await service.ask("/api/v1/storage"));
	assert.equal(use.total.recordings, 1);
	assert.equal(use.trash.recordings, 1);
	const month = kept.slice(0, 7);
	assert.deepEqual(use.byMonth, [{ month, ...use.total }]);
	assert.deepEqual(use.bySource, [{ source: "import", ...use.total }]);
	assert.deepEqual(use.byState, [{ state: "success", ...use.total }]);
	assert.equal(use.byShelf.find(({ shelf }) => shelf === "trash")?.recordings, 1);
	assert.ok(use.others.catalogueBytes > 0);
	await service.ask(`/api/v1/recordings/${gone}/purge`, { method: "POST" });
	const months = await library.catalogue.months();
	assert.deepEqual(
		months.map((one) => [one.month, one.source, one.status, one.recordings]),
		[[month, "import", "active", 1]],
	);
	assert.ok(Math.abs(use.forecast.bytesPerDay - use.total.sizeBytes / 30) < 1e-6);
});

test("a dry cleanup shows what would go, and nothing goes", async (t) => {
	const service = await startTempService(t);
	const name = await publishTranscribed(service.app.library, exampleWav(1));
	const body = { dryRun: true, olderThanDays: 0 };
	const report = await json<CleanupReport>(await post(service, "/api/v1/cleanup", body));
	assert.deepEqual(
		report.trashed.map((one) => one.name),
		[name],
	);
	assert.equal((await service.app.library.catalogue.get(name))?.metadata.deletedAt, null);
	const headers = { authorization: `Bearer ${await service.tokenFor("read", "write")}` };
	const refused = await fetch(`${service.url}/api/v1/cleanup`, { method: "POST", headers });
	assert.equal(refused.status, 403);
});

test("a validation goes on behind its answer, and finds what was damaged", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const name = await publishTranscribed(library, exampleWav(1));
	await writeFile(join(await folderOf(library, name), "peaks.bin"), "something else");
	const begun = await json<Validation>(
		await post(service, "/api/v1/validate", { ref: "last" }),
		202,
	);
	assert.equal(begun.name, name);
	let run = begun;
	while (run.state === "running") {
		await later(10);
		run = await json<Validation>(await service.ask(`/api/v1/validate/${begun.id}`));
	}
	assert.equal(run.state, "done");
	assert.equal(run.recordings, 1);
	const [found] = run.findings;
	assert.equal(found?.file, "peaks.bin");
	assert.equal(found?.severity, "damaged");
	const { validations } = await json<{ validations: Validation[] }>(
		await service.ask("/api/v1/validate"),
	);
	assert.equal(validations.length, 1);
	const unknown = "/api/v1/validate/00000000-0000-4000-8000-000000000000";
	assert.equal((await service.ask(unknown)).status, 404);
	assert.equal((await post(service, "/api/v1/validate", { ref: "nobody" })).status, 404);
});

test("the doctor's checks come with their hints", async (t) => {
	const service = await startTempService(t);
	const { checks } = await json<Checks>(await service.ask("/api/v1/doctor"));
	const byName = new Map(checks.map((check) => [check.name, check]));
	assert.equal(byName.get("program")?.state, "ok");
	assert.equal(byName.get("catalogue")?.state, "ok");
	assert.equal(byName.get("engine")?.state, "warning");
	assert.ok(byName.get("engine")?.hint);
});

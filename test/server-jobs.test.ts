import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import type { JobPage } from "../src/server/contract/jobs.ts";
import type { ServiceJob, ServiceJobResult } from "../src/server/contract/service-jobs.ts";
import type { StorageStats } from "../src/server/contract/storage.ts";
import { toneWav } from "./audio.ts";
import { startTempService, type TempService } from "./temp-service.ts";

const wav = (seconds = 1) => toneWav({ sampleRate: 16_000, channels: 1, bitDepth: 16 }, seconds);

/** What runs in place of an engine. */
function engine(script: string) {
	const command = [process.execPath, "-e", script, "{audio}"];
	return {
		...{ engine: "fake", engines: { fake: { type: "command" as const, command } } },
		...{ coverage: { enabled: false, askAgain: false }, peaks: false, compress: "none" as const },
		retry: { maxAttempts: 1, delaysSeconds: [0], maxDelaySeconds: 0 },
	};
}

const says = engine("process.stdout.write('hello there')");
const fails = engine("console.error('no voice'); process.exit(1)");

async function handIn({ ask }: TempService, body: Buffer = wav()): Promise<ServiceJob> {
	const headers = { "content-type": "audio/wav" };
	const response = await ask("/jobs?title=Memo", {
		method: "POST",
		body: new Uint8Array(body),
		headers,
	});
	assert.equal(response.status, 202, await response.clone().text());
	const job = (await response.json()) as ServiceJob;
	assert.equal(response.headers.get("location"), `/jobs/${job.id}`);
	return job;
}

async function settled({ ask }: TempService, id: string): Promise<ServiceJob> {
	for (;;) {
		const job = (await (await ask(`/jobs/${id}`)).json()) as ServiceJob;
		if (job.status !== "queued" && job.status !== "processing") return job;
		await later(20);
	}
}

async function page({ ask }: TempService, query: string): Promise<JobPage> {
	const response = await ask(`/api/v1/jobs?${query}`);
	assert.equal(response.status, 200, await response.clone().text());
	return (await response.json()) as JobPage;
}

test("audio that is handed in waits, can be asked about, and is the same job when it comes again", async (t) => {
	const service = await startTempService(t, says);
	const job = await handIn(service);
	assert.equal(job.status, "queued");
	assert.equal((await handIn(service)).id, job.id);

	const form = new FormData();
	form.set("title", "Second");
	form.set("file", new Blob([new Uint8Array(wav(2))], { type: "audio/wav" }), "second.wav");
	const response = await service.ask("/jobs", { method: "POST", body: form });
	assert.equal(response.status, 202);
	const second = (await response.json()) as ServiceJob;
	assert.notEqual(second.id, job.id);

	const result = await service.ask(`/jobs/${job.id}/result`);
	assert.equal(result.status, 409);
	const problem = (await result.json()) as { code: string; retryable: boolean };
	assert.equal(problem.code, "ERR_STATE");
	assert.equal(problem.retryable, true);

	const { jobs, next, counts } = await page(service, "state=queued&limit=1");
	assert.equal(counts.queued, 2);
	assert.equal(jobs[0]?.name, job.name);
	assert.equal(jobs[0]?.title, "Memo");
	const rest = await page(service, `state=queued&limit=1&after=${next}`);
	assert.equal(rest.jobs[0]?.name, second.name);
	assert.equal(rest.jobs[0]?.title, "Second");
	assert.equal(rest.next, null);
	assert.equal((await service.ask("/api/v1/jobs?after=nonsense")).status, 400);
});

test("the worker makes the text, which comes as JSON or as text", async (t) => {
	const service = await startTempService(t, says, { works: true });
	const { id } = await handIn(service);
	assert.equal((await settled(service, id)).status, "completed");
	const result = (await (await service.ask(`/jobs/${id}/result`)).json()) as ServiceJobResult;
	assert.equal(result.text, "hello there");
	assert.equal(result.engine, "fake");
	const headers = { accept: "text/plain" };
	const plain = await service.ask(`/jobs/${id}/result`, { headers });
	assert.match(plain.headers.get("content-type") ?? "", /^text\/plain/);
	assert.equal(await plain.text(), "hello there\n");
});

test("what failed says why, and is tried again one by one or all at once", async (t) => {
	const service = await startTempService(t, fails, { works: true });
	const { id, name } = await handIn(service);
	const failed = await settled(service, id);
	assert.equal(failed.status, "failed");
	assert.ok(failed.error?.message);

	// Nothing may work on them while they are looked at.
	await service.service.stop();
	const { jobs, counts } = await page(service, "state=parked");
	assert.equal(counts.parked, 1);
	const [parked] = jobs;
	assert.equal(parked?.name, name);
	assert.match(parked?.reason?.message ?? "", /no voice|ended|exit/i);

	const retry = await service.ask(`/api/v1/jobs/${parked?.id}/retry`, { method: "POST" });
	assert.equal(retry.status, 202, await retry.clone().text());
	const after = await page(service, "state=queued");
	assert.deepEqual(after.counts, { queued: 1, running: 0, parked: 0 });
	assert.equal(after.jobs[0]?.name, name);

	const all = await service.ask("/api/v1/jobs/retry-failed", { method: "POST" });
	assert.deepEqual(await all.json(), { queued: 0, skipped: 0, remaining: 0 });
	assert.equal((await service.ask("/api/v1/jobs/99999/retry", { method: "POST" })).status, 404);
});

test("all failed ones are queued at once", async (t) => {
	const service = await startTempService(t, fails, { works: true });
	const ids = [await handIn(service, wav(1)), await handIn(service, wav(2))];
	for (const { id } of ids) assert.equal((await settled(service, id)).status, "failed");
	await service.service.stop();
	const all = await service.ask("/api/v1/jobs/retry-failed", { method: "POST" });
	assert.deepEqual(await all.json(), { queued: 2, skipped: 0, remaining: 0 });
	assert.deepEqual((await page(service, "")).counts, { queued: 2, running: 0, parked: 0 });
});

test("a cleanup over HTTP tells what it did, and audio that was let go of may come again", async (t: TestContext) => {
	const service = await startTempService(
		t,
		{ ...says, retention: { hours: 0, trashDays: 1 } },
		{ works: true },
	);
	const { id } = await handIn(service);
	await settled(service, id);
	const before = (await (await service.ask("/storage/stats")).json()) as StorageStats;
	assert.equal(before.lastCleanup, null);
	assert.equal(before.recordings, 1);
	const response = await service.ask("/admin/cleanup", { method: "POST" });
	assert.equal(response.status, 200, await response.clone().text());
	const { lastCleanup, recordings } = (await response.json()) as StorageStats;
	assert.equal(recordings, 0);
	const { at: _, ...record } = lastCleanup ?? { at: "" };
	assert.deepEqual(record, { scanned: 1, deleted: 1, failed: 0, errors: [], bytesFreed: 0 });
	const gone = (await (await service.ask(`/jobs/${id}`)).json()) as { status: string };
	assert.equal(gone.status, "deleted");
	assert.equal((await service.ask(`/jobs/${id}/result`)).status, 409);
	assert.equal((await handIn(service)).status, "completed");
});

test("only who may upload hands audio in, and only an admin cleans up", async (t) => {
	const { url, tokenFor } = await startTempService(t);
	const headers = { authorization: `Bearer ${await tokenFor("read")}` };
	assert.equal((await fetch(`${url}/jobs`, { method: "POST", headers })).status, 403);
	assert.equal((await fetch(`${url}/admin/cleanup`, { method: "POST", headers })).status, 403);
	assert.equal((await fetch(`${url}/storage/stats`, { headers })).status, 200);
});

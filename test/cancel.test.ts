import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { autoRetry } from "../src/app/auto-retry.ts";
import { cancelWork } from "../src/app/cancel.ts";
import { enqueueMissing } from "../src/app/missing-jobs.ts";
import type { App } from "../src/app/open-app.ts";
import { retryAll, transcribeAnew } from "../src/app/retry.ts";
import { recordingFolder, unfinishedFolder } from "../src/archive/layout.ts";
import { readMetadata } from "../src/archive/metadata-file.ts";
import { readAudit } from "../src/audit/read-audit.ts";
import { OnwaxError } from "../src/errors.ts";
import { claim, enqueue } from "../src/jobs/queue.ts";
import { runWorker } from "../src/jobs/worker.ts";
import { compressHandler } from "../src/pipeline/compress-job.ts";
import { peaksHandler } from "../src/pipeline/peaks-job.ts";
import { markFailed } from "../src/pipeline/transcribe-job.ts";
import type { Recording } from "../src/recording.ts";
import type { JobPage } from "../src/server/contract/jobs.ts";
import type { RecordingDetail } from "../src/server/contract/recording.ts";
import type { ServiceJob } from "../src/server/contract/service-jobs.ts";
import { toneWav } from "./audio.ts";
import { ended, type Home, tempHome } from "./onwax-process.ts";
import { tempFolder } from "./temp-folder.ts";
import { publishOne } from "./temp-library.ts";
import { startTempService, type TempService } from "./temp-service.ts";

const wav = (seconds = 1) => toneWav({ sampleRate: 16_000, channels: 1, bitDepth: 16 }, seconds);

/** Says who it is, and then nothing for as long as it lives; the second time it answers at once. */
const stubborn = (folder: string) => `
	const { appendFileSync, existsSync } = require("node:fs");
	const calls = ${JSON.stringify(join(folder, "calls"))};
	if (existsSync(calls)) process.stdout.write("hello there");
	else setInterval(() => {}, 1000);
	appendFileSync(calls, process.pid + "\\n");`;

async function callsIn(folder: string): Promise<number[]> {
	const path = join(folder, "calls");
	return existsSync(path) ? (await readFile(path, "utf8")).trim().split("\n").map(Number) : [];
}

const settings = (command: string[]) => ({
	...{ engine: "fake", engines: { fake: { type: "command" as const, command } } },
	...{ coverage: { enabled: false, askAgain: false }, peaks: false, compress: "none" as const },
});
const node = (script: string) => [process.execPath, "-e", script, "{audio}"];

async function until<T>(look: () => Promise<T | null | false>): Promise<T> {
	for (const giveUpMs = performance.now() + 30_000; ; await later(20)) {
		const found = await look();
		if (found) return found;
		assert.ok(performance.now() < giveUpMs, "it did not come");
	}
}

async function isCompleted(service: TempService, id: string): Promise<boolean> {
	return (await asked<ServiceJob>(service, "GET", `/jobs/${id}`)).json.status === "completed";
}

const isAlive = (pid: number) => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

async function handIn({ ask }: TempService, seconds = 1): Promise<ServiceJob> {
	const headers = { "content-type": "audio/wav" };
	const body = new Uint8Array(wav(seconds));
	return (await (await ask("/jobs", { method: "POST", body, headers })).json()) as ServiceJob;
}

async function asked<T>({ ask }: TempService, method: string, path: string, body?: object) {
	const headers = { "content-type": "application/json" };
	const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
	const response = await ask(path, init);
	return { status: response.status, json: (await response.json()) as T };
}

async function known({ app }: TempService, name: string): Promise<Recording["metadata"]> {
	const recording = await app.library.catalogue.get(name);
	assert.ok(recording);
	const { metadata } = recording;
	const folder = recordingFolder(app.library.layout, metadata.state, name);
	assert.deepEqual((await readMetadata(folder)).error, metadata.error, "the folder says the same");
	return metadata;
}

test("a text that is being made ends with its engine's process, says so, and is begun again by a retry", async (t) => {
	const folder = await tempFolder(t);
	const service = await startTempService(t, settings(node(stubborn(folder))), { works: true });
	const { id, name } = await handIn(service);
	const [pid = 0] = await until(async () => {
		const calls = await callsIn(folder);
		return calls.length > 0 && calls;
	});
	const { json: page } = await asked<JobPage>(service, "GET", "/api/v1/jobs?state=running");
	const job = `/api/v1/jobs/${page.jobs[0]?.id}`;
	assert.deepEqual(await asked(service, "POST", `${job}/cancel`), {
		status: 200,
		json: { name, kind: "transcribe" },
	});
	// Told at once; the process follows.
	assert.equal((await known(service, name)).error?.message, "Cancelled by you.");
	assert.equal((await asked<ServiceJob>(service, "GET", `/jobs/${id}`)).json.status, "cancelled");
	await until(async () => !isAlive(pid));

	const parked = await asked<JobPage>(service, "GET", "/api/v1/jobs?state=parked");
	assert.deepEqual(parked.json.jobs[0]?.reason, {
		code: "ERR_CANCELLED",
		message: "Cancelled by you.",
	});
	assert.equal((await asked(service, "POST", `${job}/cancel`)).status, 409);
	assert.equal((await asked(service, "POST", "/api/v1/jobs/99999/cancel")).status, 404);

	assert.equal((await asked(service, "POST", `${job}/retry`)).status, 202);
	await until(() => isCompleted(service, id));
	assert.equal((await known(service, name)).error, null);
	const actions = await readAudit(service.app.library.layout.audit, {
		...{ before: null, limit: 10, since: null, actions: ["cancel"] },
	});
	assert.deepEqual(
		actions.entries.map(({ recording }) => recording),
		[name],
	);
});

test("what was cancelled is not begun again by a start, a retry of all, or by itself", async (t) => {
	const says = settings(node("process.stdout.write('hello')"));
	const service = await startTempService(t, { ...says, autoRetry: true });
	const { app } = service;
	const jobs = [await handIn(service, 1), await handIn(service, 2), await handIn(service, 3)];
	const [one, two, three] = jobs.map(({ name }) => name);
	assert.ok(one && two && three);
	const told = await asked<RecordingDetail>(service, "POST", `/api/v1/recordings/${one}/cancel`);
	assert.deepEqual([told.status, told.json.state], [200, "failed"]);
	assert.equal(told.json.error?.code, "ERR_CANCELLED");
	const deleted = await asked<ServiceJob>(service, "DELETE", `/jobs/${jobs[1]?.id}`);
	assert.deepEqual([deleted.status, deleted.json.status], [200, "cancelled"]);
	const bulk = { action: "cancel", names: [three, one] };
	const { json } = await asked<{ done: number; results: { problem: { code: string } | null }[] }>(
		...([service, "POST", "/api/v1/bulk", bulk] as const),
	);
	assert.deepEqual(
		json.results.map(({ problem }) => problem?.code ?? null),
		[null, "ERR_STATE"],
	);

	await enqueueMissing(app.library);
	assert.equal(await autoRetry(app), 0);
	const all = await asked(service, "POST", "/api/v1/jobs/retry-failed");
	assert.deepEqual(all.json, { queued: 0, skipped: 0, remaining: 0 });
	const turns: string[] = [];
	await retryAll(app, {
		...{ states: ["failed"], pauseSeconds: 0, signal: new AbortController().signal },
		onTurn: async (name) => void turns.push(name),
	});
	assert.deepEqual(turns, []);
	const parked = await asked<JobPage>(service, "GET", "/api/v1/jobs?state=parked");
	assert.equal(parked.json.jobs.length, 3);
	// They need nobody.
	assert.deepEqual(parked.json.counts, { queued: 0, running: 0, parked: 0 });
});

test("a text that is there stays when the making of another is cancelled", async (t) => {
	const says = settings(node("process.stdout.write('hello')"));
	const service = await startTempService(t, says, { works: true });
	const { id, name } = await handIn(service);
	await until(() => isCompleted(service, id));
	await service.service.stop();
	const { app } = service;
	const before = await app.library.catalogue.get(name);
	await transcribeAnew(app, name, "fake");
	await enqueue(app.library.catalogue.db, [{ recording: name, kind: "compress" }]);
	await cancelWork(app, name);
	assert.deepEqual(await app.library.catalogue.get(name), before);
	const left = await app.library.catalogue.jobsOf(name);
	assert.deepEqual(
		left.map(({ kind, state, errorCode }) => [kind, state, errorCode]),
		[
			["transcribe", "parked", "ERR_CANCELLED"],
			["compress", "queued", null],
		],
	);
	await assert.rejects(cancelWork(app, name), { code: "ERR_STATE" });
});

test("a compression that was cancelled changes nothing any more, however far it was", async (t) => {
	const { app } = await startTempService(t);
	const { library } = app;
	const { db } = library.catalogue;
	const recording = await publishOne(library);
	await enqueue(db, [{ recording, kind: "compress" }]);
	const wanted = { writer: "worker", leaseSeconds: 60, kinds: ["compress"] as const };
	const job = await library.catalogue.transaction((tx) => claim(tx, wanted));
	assert.ok(job);
	const before = await library.catalogue.get(recording);
	const media = {
		...app.media,
		async compress() {
			await cancelWork(app, recording, ["compress"]);
			return { kept: "it cannot be had back" };
		},
	};
	const settings = { compress: "flac", peaks: false } as const;
	const compress = compressHandler({ library, media, settings });
	await assert.rejects(compress(job, new AbortController().signal), { code: "ERR_JOB_LOST" });
	assert.deepEqual(await library.catalogue.get(recording), before);
});

test("peaks that were cancelled are not listed any more, however far they were", async (t) => {
	const { app } = await startTempService(t);
	const { library } = app;
	const recording = await publishOne(library);
	await enqueue(library.catalogue.db, [{ recording, kind: "peaks" }]);
	const wanted = { writer: "worker", leaseSeconds: 60, kinds: ["peaks"] as const };
	const job = await library.catalogue.transaction((tx) => claim(tx, wanted));
	assert.ok(job);
	const before = await library.catalogue.get(recording);
	const media: App["media"] = {
		...app.media,
		async peaks(_, { outputPath }) {
			await writeFile(outputPath, "peaks");
			await cancelWork(app, recording, ["peaks"]);
			return { file: { sha256: "0".repeat(64), sizeBytes: 5 }, durationSeconds: 1 };
		},
	};
	const drawn = peaksHandler(library, media)(job, new AbortController().signal);
	await assert.rejects(drawn, { code: "ERR_JOB_LOST" });
	assert.deepEqual(await library.catalogue.get(recording), before);
});

test("what is cancelled while a worker gives it up stays cancelled, and the worker goes on", async (t) => {
	const service = await startTempService(t);
	const { app } = service;
	const { library } = app;
	const recording = await publishOne(library);
	await enqueue(library.catalogue.db, [{ recording, kind: "transcribe" }]);
	await runWorker({
		...{ library, concurrency: 1, leaseSeconds: 60, maxDeliveries: 3, scope: [recording] },
		handlers: {
			transcribe: () => Promise.reject(new OnwaxError("ERR_AUDIO_UNREADABLE", "It is broken.")),
		},
		async onGivenUp(job, error) {
			await cancelWork(app, recording);
			await markFailed(library, job, error);
		},
		signal: new AbortController().signal,
	});
	assert.equal((await known(service, recording)).error?.code, "ERR_CANCELLED");
});

test("decoded audio that cannot be removed keeps nothing from being cancelled", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const recording = await publishOne(library);
	await enqueue(library.catalogue.db, [{ recording, kind: "transcribe" }]);
	await mkdir(join(unfinishedFolder(library.layout, recording), "audio.wav"), { recursive: true });
	await cancelWork(service.app, recording);
	assert.equal((await known(service, recording)).error?.code, "ERR_CANCELLED");
});

test("decoded audio stays where other work on it goes on", async (t) => {
	const { app } = await startTempService(t);
	const { library } = app;
	const recording = await publishOne(library);
	await enqueue(library.catalogue.db, [
		{ recording, kind: "transcribe" },
		{ recording, kind: "chat" },
	]);
	const folder = unfinishedFolder(library.layout, recording);
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "audio.wav"), wav());
	await cancelWork(app, recording, ["chat"]);
	assert.ok(existsSync(join(folder, "audio.wav")));
	await cancelWork(app, recording);
	assert.ok(!existsSync(join(folder, "audio.wav")));
});

async function homeWithRecording(t: TestContext): Promise<Home & { name: string }> {
	const home = await tempHome(t);
	const path = join(home.folder, "memo.wav");
	await writeFile(path, wav());
	await home.configure(settings(node(stubborn(home.folder))));
	const [kept] = await home.json(["import", path, "--no-wait"]);
	return { ...home, name: String(kept?.name) };
}

test("`onwax cancel` ends what another process does, and stays when that one is killed", async (t) => {
	const home = await homeWithRecording(t);
	const worker = home.start(["worker"]);
	const end = ended(worker);
	const [pid = 0] = await until(async () => {
		const calls = await callsIn(home.folder);
		return calls.length > 0 && calls;
	});
	const [told] = await home.json(["cancel", "last"]);
	assert.deepEqual([told?.name, told?.state], [home.name, "failed"]);
	await until(async () => !isAlive(pid));
	worker.kill("SIGKILL");
	await end;
	assert.equal((await home.onwax(["cancel", home.name])).status, 1);
	const [entry] = await home.json(["audit", "--limit", "1"]);
	assert.deepEqual([entry?.action, entry?.recording], ["cancel", home.name]);
	const again = await home.onwax(["retry", home.name]);
	assert.match(again.stdout, /hello there/);
});

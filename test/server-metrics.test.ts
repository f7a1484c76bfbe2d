import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { type TestContext, test } from "node:test";
// @ts-expect-error: it has no types.
import parsePrometheus from "parse-prometheus-text-format";
import { toneWav } from "./audio.ts";
import { startFakeOpenai } from "./fake-openai.ts";
import { startTempService, type TempService } from "./temp-service.ts";

/** What is counted, as a program reads it that nobody here wrote. */

type Family = {
	name: string;
	type: string;
	metrics: {
		value?: string;
		labels?: Record<string, string>;
		buckets?: Record<string, string>;
	}[];
};

async function scrape(service: TempService): Promise<Map<string, Family>> {
	const answer = await service.ask("/metrics");
	assert.equal(answer.status, 200);
	assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
	const families = parsePrometheus(await answer.text()) as Family[];
	return new Map(families.map((family) => [family.name, family]));
}

function measured(
	families: Map<string, Family>,
	name: string,
	labels: Record<string, string> = {},
): number {
	const found = families
		.get(name)
		?.metrics.find((one) =>
			Object.entries(labels).every(([label, value]) => one.labels?.[label] === value),
		);
	return Number(found?.value ?? Number.NaN);
}

/** How often something was measured; of a histogram this parser tells the buckets alone. */
function timesMeasured(families: Map<string, Family>, name: string): number {
	return Number(families.get(name)?.metrics[0]?.buckets?.["+Inf"] ?? Number.NaN);
}

async function meet(t: TestContext): Promise<TempService> {
	const fake = await startFakeOpenai({ script: [{ status: 503 }] });
	t.after(() => fake.close());
	return startTempService(
		t,
		{
			engines: { remote: { type: "openai", baseUrl: fake.baseUrl } },
			retry: { maxAttempts: 2, delaysSeconds: [0.01], maxDelaySeconds: 1 },
			coverage: { enabled: false, askAgain: false },
		},
		{ works: true },
	);
}

test("an upload, its job, the engine that failed once, and the disk are counted", async (t) => {
	const service = await meet(t);
	const wav = toneWav({ sampleRate: 16_000, channels: 1, bitDepth: 16 }, 0.2);
	const form = new FormData();
	form.set("file", new File([new Uint8Array(wav)], "memo.wav"));
	const body = { method: "POST", body: form };
	assert.equal((await service.ask("/v1/audio/transcriptions", body)).status, 200);
	const metrics = await scrape(service);
	const kept = { way: "openai", outcome: "kept" };
	assert.equal(measured(metrics, "onwax_uploads_total", kept), 1);
	assert.equal(measured(metrics, "onwax_upload_bytes_total", { way: "openai" }), wav.length);
	const engine = "remote";
	assert.equal(measured(metrics, "onwax_engine_requests_total", { engine, code: "ok" }), 1);
	const down = { engine, code: "ERR_ENGINE_UNAVAILABLE" };
	assert.equal(measured(metrics, "onwax_engine_requests_total", down), 1);
	assert.equal(measured(metrics, "onwax_engine_retries_total", { engine }), 1);
	assert.equal(timesMeasured(metrics, "onwax_engine_seconds"), 2);
	assert.equal(measured(metrics, "onwax_engine_breaker_open", { engine }), 0);
	assert.equal(measured(metrics, "onwax_jobs_total", { kind: "transcribe", outcome: "done" }), 1);
	assert.ok(timesMeasured(metrics, "onwax_sync_seconds") > 0);
	assert.equal(measured(metrics, "onwax_recordings", { status: "active", state: "success" }), 1);
	assert.equal(measured(metrics, "onwax_queue_jobs", { state: "parked", kind: "transcribe" }), 0);
	assert.ok(measured(metrics, "onwax_disk_free_bytes") > 0);
	assert.equal(measured(metrics, "onwax_worker_running"), 1);
	assert.ok(measured(metrics, "process_resident_memory_bytes") > 0);
	assert.equal(measured(metrics, "onwax_build_info", { version: "0.1.0" }), 1);
});

test("requests are counted by the patterns of routes: nothing that is asked for makes a new line", async (t) => {
	const service = await startTempService(t);
	const before = await scrape(service);
	for (let asked = 0; asked < 50; asked++) {
		await service.ask(`/api/v1/recordings/nobody-${asked}`);
		await service.ask(`/nowhere-${asked}.php?secret=${asked}`);
		await service.ask("/health", { method: asked % 2 ? "PROPFIND" : "GET" }).catch(() => undefined);
	}
	await fetch(`${service.url}/metrics`);
	const after = await scrape(service);
	const lines = (families: Map<string, Family>) =>
		families.get("onwax_http_requests_total")?.metrics.length ?? 0;
	assert.ok(lines(after) - lines(before) <= 6, `${lines(after)} lines`);
	assert.doesNotMatch(JSON.stringify([...after]), /nobody-|nowhere-|secret/);
	assert.equal(measured(after, "onwax_auth_failures_total", { reason: "unknown" }), 1);
});

test("metrics are for callers who may read", async (t) => {
	const service = await startTempService(t);
	assert.equal((await fetch(`${service.url}/metrics`)).status, 401);
	const authorization = `Bearer ${await service.tokenFor("upload")}`;
	const answer = await fetch(`${service.url}/metrics`, { headers: { authorization } });
	assert.equal(answer.status, 403);
});

test("open event streams are counted until they end, and their length is no latency", async (t) => {
	const service = await startTempService(t);
	const headers = { authorization: `Bearer ${service.token}` };
	const request = get(`${service.url}/api/v1/events`, { headers });
	const [response] = await once(request, "response");
	assert.equal(response.statusCode, 200);
	assert.equal(measured(await scrape(service), "onwax_event_streams_open"), 1);
	request.on("error", () => undefined).destroy();
	while (measured(await scrape(service), "onwax_event_streams_open") !== 0);
	const text = await (await service.ask("/metrics")).text();
	assert.match(text, /onwax_http_requests_total\{.*route="\/api\/v1\/events".*\} 1/);
	assert.doesNotMatch(text, /onwax_http_request_seconds.*\/api\/v1\/events/);
});

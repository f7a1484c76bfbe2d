import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openLog } from "../src/log.ts";
import { toneWav } from "./audio.ts";
import { startFakeOpenai } from "./fake-openai.ts";
import { tempFolder } from "./temp-folder.ts";
import { startTempService, type TempService } from "./temp-service.ts";

/** What follows a request through the log and through traces, and what traces cost where nobody takes them. */

type Span = { name: string; traceId: string; spanId: string; parentSpanId?: string };

async function startCollector(t: TestContext, answers: "ok" | "never") {
	const spans: Span[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk) => chunks.push(chunk));
		request.on("end", () => {
			if (answers === "never") return;
			const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
			for (const { scopeSpans } of resourceSpans) {
				for (const scope of scopeSpans) spans.push(...scope.spans);
			}
			response.setHeader("content-type", "application/json").end("{}");
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => {
		server.close();
		server.closeAllConnections();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans };
}

const quick = {
	coverage: { enabled: false, askAgain: false },
	compress: "none" as const,
	peaks: false,
};
const traceId = "0af7651916cd43dd8448eb211c80319c";
const sent = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, "x-request-id": "mine-7" };

async function transcribe(service: TempService, headers: Record<string, string>, seed = 0) {
	const wav = toneWav({ sampleRate: 16_000, channels: 1, bitDepth: 16 }, 0.2);
	wav.writeInt16LE(seed, 44);
	const body = new FormData();
	body.set("file", new File([new Uint8Array(wav)], "memo.wav"));
	return service.ask("/v1/audio/transcriptions", { method: "POST", body, headers });
}

/** The exporter is loaded while the service already answers. */
async function untilTraced(service: TempService): Promise<void> {
	for (;;) {
		const { headers } = await fetch(`${service.url}/health/live`);
		if (headers.get("traceparent")?.endsWith("-01")) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

test("one trace goes from the request to the engine, and is there when the service has ended", async (t) => {
	const [fake, collector] = [await startFakeOpenai(), await startCollector(t, "ok")];
	t.after(() => fake.close());
	const service = await startTempService(
		t,
		{
			...quick,
			engines: { remote: { type: "openai", baseUrl: fake.baseUrl } },
			telemetry: { otlpUrl: collector.url },
		},
		{ works: true },
	);
	await untilTraced(service);
	const answer = await transcribe(service, sent);
	assert.equal(answer.status, 200);
	assert.match(answer.headers.get("traceparent") ?? "", new RegExp(`^00-${traceId}-`));
	await service.close();
	const ours = collector.spans.filter((span) => span.traceId === traceId);
	const of = (name: string) => ours.find((span) => span.name === name);
	const request = of("POST /v1/audio/transcriptions");
	assert.equal(request?.parentSpanId, "b7ad6b7169203331");
	const names = ["upload.store", "library.publish", "job transcribe"];
	for (const name of names) assert.equal(of(name)?.parentSpanId, request?.spanId, name);
	assert.equal(of("engine.transcribe")?.parentSpanId, of("job transcribe")?.spanId);
	// No words, no names of files, no keys.
	assert.doesNotMatch(JSON.stringify(collector.spans), /on wax|memo\.wav|Bearer|onwax_/);
});

test("a collector that hangs, and one that is not there, are nobody's trouble", async (t) => {
	const hanging = await startCollector(t, "never");
	for (const otlpUrl of [hanging.url, "http://127.0.0.1:9"]) {
		const service = await startTempService(t, { telemetry: { otlpUrl } });
		await untilTraced(service);
		for (let asked = 0; asked < 100; asked++) {
			assert.equal((await fetch(`${service.url}/health/live`)).status, 200);
		}
		await service.close();
	}
});

test("a request's id is in the lines of all that it set off, and nobody else's is", async (t) => {
	const fake = await startFakeOpenai();
	t.after(() => fake.close());
	const logged = await tempFolder(t);
	const log = openLog({ dataDir: logged, level: "info", retentionDays: 1, maxSizeMb: 1 });
	const engines = { remote: { type: "openai", baseUrl: fake.baseUrl } } as const;
	const service = await startTempService(t, { ...quick, engines }, { works: true, log });
	await transcribe(service, sent);
	await transcribe(service, { "x-request-id": "mine-8" }, 8);
	// What is not an id is not taken for one.
	const forged = await service.ask("/health", { headers: { "x-request-id": 'a" b' } });
	assert.match(forged.headers.get("x-request-id") ?? "", /^[\w-]+$/);
	await service.close();
	log.close();
	const files = await readdir(join(logged, "logs"));
	const text = await Promise.all(files.map((file) => readFile(join(logged, "logs", file), "utf8")));
	const lines = text
		.join("")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line) as Record<string, string>);
	const saidOf = (requestId: string) =>
		lines.filter((line) => line.requestId === requestId).map(({ message }) => message);
	for (const id of ["mine-7", "mine-8"]) {
		const said = saidOf(id);
		for (const message of ["answered", "job started", "job ended"]) {
			assert.equal(said.filter((one) => one === message).length, 1, `${id}: ${message}`);
		}
	}
	const names = new Set(
		lines
			.filter(({ requestId }) => requestId === "mine-7")
			.flatMap(({ recording }) => recording ?? []),
	);
	assert.equal(names.size, 1);
});

/** The browser recorder in a real browser. What is done to it by force is in test/faults/browser-recorder.test.ts. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "vite";
import { defaultSettings } from "../src/config/defaults.ts";
import type { RecordingPage } from "../src/server/contract/recording.ts";
import { parseWav } from "../src/wav.ts";
import { listenToClock, localRecordings, startRecorderBrowser } from "./recorder-browser.ts";
import { tempFolder } from "./temp-folder.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { builtPage } from "./web/built-page.ts";

const web = fileURLToPath(new URL("../web", import.meta.url));

/** A page of its own that runs the spools' suite in workers. */
async function suitePage(t: TestContext): Promise<string> {
	const outDir = await tempFolder(t);
	const entry = join(web, "src/recorder/spool-suite.ts");
	await build({
		...{ root: web, configFile: false, logLevel: "error", publicDir: false },
		build: { outDir, emptyOutDir: true, lib: { entry, formats: ["es"], fileName: "suite" } },
	});
	const script = await readFile(join(outDir, "suite.js"));
	const server = createServer(({ url }, reply) => {
		const isScript = url === "/suite.js";
		reply.setHeader("content-type", isScript ? "text/javascript" : "text/html");
		reply.end(isScript ? script : "<!doctype html><title>Suite</title>");
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => server.closeAllConnections());
	t.after(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** `leave` is ended without a warning once it has answered, as the worker of a tab that crashes is. */
function runInWorker(page: Page, kind: string, act: "leave" | "takeUp"): Promise<string> {
	return page.evaluate(
		`new Promise((resolve) => {
			const worker = new Worker("/suite.js", { type: "module" });
			worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
			worker.onerror = ({ message }) => resolve(message);
			worker.postMessage(${JSON.stringify({ kind, act })});
		})`,
	);
}

test("both kinds of spool keep what was flushed when their worker dies, and go on from there", async (t) => {
	const url = await suitePage(t);
	const { context } = await startRecorderBrowser(t);
	const page = await context.newPage();
	await page.goto(url);
	for (const kind of ["opfs", "indexeddb"]) {
		assert.equal(await runInWorker(page, kind, "leave"), "left", kind);
		assert.equal(await runInWorker(page, kind, "takeUp"), "as it should", kind);
	}
});

async function onlyRecording(service: TempService) {
	const { recordings } = (await (await service.ask("/api/v1/recordings")).json()) as RecordingPage;
	assert.equal(recordings.length, 1);
	const [recording] = recordings;
	assert.ok(recording);
	const audio = await service.ask(`/api/v1/recordings/${recording.name}/audio`);
	return { recording, ...listenToClock(new Uint8Array(await audio.arrayBuffer())) };
}

test("it records in the form that the settings say, also without the service", async (t) => {
	const webFolder = await builtPage();
	const record = { ...defaultSettings.record, sampleRate: 48_000, channels: 2 };
	const service = await startTempService(t, { compress: "none", record }, { webFolder });
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.access.linkSecret);
	for (const round of ["asked", "remembered"]) {
		if (round === "remembered")
			await page.route("**/api/v1/recording-format", (route) => route.abort());
		await page.getByRole("button", { name: "Record", exact: true }).click();
		await page.getByRole("timer").filter({ hasText: "0:01" }).waitFor();
		await page.getByRole("button", { name: "Stop" }).click();
		await page.getByRole("heading", { name: "Your recording is safe" }).waitFor();
	}
	const { recordings } = (await (await service.ask("/api/v1/recordings")).json()) as RecordingPage;
	assert.equal(recordings.length, 2);
	for (const { name } of recordings) {
		const audio = await service.ask(`/api/v1/recordings/${name}/audio`);
		const wav = new Uint8Array(await audio.arrayBuffer());
		const { sampleRate, channels, durationSeconds } = parseWav(wav, wav.length) ?? {};
		assert.deepEqual({ sampleRate, channels }, { sampleRate: 48_000, channels: 2 });
		assert.ok((durationSeconds ?? 0) >= 1 && (durationSeconds ?? 0) < 10, `${durationSeconds} s`);
	}
});

test("what is recorded arrives without a hole, under its title, and is forgotten here only then; a reload loses nothing", async (t) => {
	const webFolder = await builtPage();
	const service = await startTempService(t, { compress: "none" }, { webFolder });
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.access.linkSecret);
	await page.getByRole("button", { name: "Record", exact: true }).click();
	await page.getByRole("timer").filter({ hasText: "0:02" }).waitFor();
	await page.getByLabel("Title").fill("Tones");
	assert.match(await page.title(), /^Recording 0:0/);
	assert.equal((await localRecordings(page)).length, 1);
	await page.getByRole("heading", { name: "Record" }).click();
	await page.keyboard.press("Space");
	await page.getByRole("button", { name: "Go on" }).waitFor();
	await page.keyboard.press("Space");
	await page.getByRole("button", { name: "Pause" }).waitFor();
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Tones is safe" }).waitFor();
	assert.deepEqual(await localRecordings(page), []);
	const { recording, seconds, breaks } = await onlyRecording(service);
	assert.equal(recording.title, "Tones");
	assert.ok(seconds > 1.5, `${seconds} s of tones`);
	// Where it was paused two tones may share a window, which then is out of step with both its neighbours.
	const places = breaks.filter((at, index) => at - (breaks[index - 1] ?? 0) > 0.1);
	assert.ok(places.length <= 1, `holes at ${breaks}, and one pause`);
	assert.equal(
		(await service.ask(`/api/v1/recordings/${recording.name}/trash`, { method: "POST" })).status,
		200,
	);

	await page.getByRole("button", { name: "Record", exact: true }).click();
	await page.getByRole("timer").filter({ hasText: "0:02" }).waitFor();
	await page.reload();
	await page.getByText(/A recording of 0:0\d from today.*cut short: it is safe now/).waitFor();
	const again = await onlyRecording(service);
	assert.ok(again.seconds > 1.8, `${again.seconds} s of tones`);
	assert.deepEqual(again.breaks, []);
	assert.deepEqual(await localRecordings(page), []);
});

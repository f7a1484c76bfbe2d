/** Pages and readers that stand still while a real browser records: what comes late is not lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { startRecorderBrowser, webAudioOnly } from "../recorder-browser.ts";
import {
	assertWhole,
	changedPage,
	elapses,
	isSafe,
	press,
	recordFor,
	startPageService,
} from "../recorder-faults.ts";
import { tempFolder } from "../temp-folder.ts";

/** The reader's worker stands still for as many ms as it is told. */
const stops = `
	new BroadcastChannel("test").onmessage = ({ data }) => {
		const end = performance.now() + data;
		while (performance.now() < end);
	};`;

const stopReader = (page: Page, ms: number) =>
	page.evaluate(`new BroadcastChannel("test").postMessage(${ms})`);

const readsTracks = (page: Page) =>
	page.workers().some((worker) => worker.url().includes("track-worker"));

test("a page that stands still for three seconds: nothing is missing", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:02");
	await page.evaluate(
		"(() => { const end = performance.now() + 3000; while (performance.now() < end); })()",
	);
	await elapses(page, "0:06");
	await press(page, "Stop");
	await isSafe(page);
	await assertWhole(service, 5.8);
	const [recording] = await service.recordings();
	assert.deepEqual(await service.eventKinds(recording?.name ?? ""), []);
});

test("a reader that stands still for two seconds, and again when it is stopped: nothing is missing", async (t) => {
	const folder = await changedPage(t, "track-worker", stops);
	const service = await startPageService(t, await tempFolder(t), 0, folder);
	const browser = await startRecorderBrowser(t, { serviceWorkers: "block" });
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:02");
	assert.ok(readsTracks(page));
	await stopReader(page, 2000);
	await elapses(page, "0:06");
	await stopReader(page, 2000);
	await page.waitForTimeout(1000);
	await press(page, "Stop");
	await isSafe(page);
	assert.ok(!readsTracks(page));
	await assertWhole(service, 6.8);
});

test("a reader that does not load: Web Audio is the other way", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t, { serviceWorkers: "block" });
	await browser.context.route(/track-worker/, (route) => route.abort());
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:02");
	await press(page, "Stop");
	await isSafe(page);
	await assertWhole(service, 1.8, 2);
});

test("a browser without pieces of tracks records whole by Web Audio, also while the page stands still", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	await browser.context.addInitScript(webAudioOnly);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:02");
	assert.ok(!readsTracks(page));
	await page.evaluate(
		"(() => { const end = performance.now() + 3000; while (performance.now() < end); })()",
	);
	await elapses(page, "0:06");
	await press(page, "Stop");
	await isSafe(page);
	await assertWhole(service, 5.8, 2);
});

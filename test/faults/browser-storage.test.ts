/** Browsers without files for pages, storage that fails, and a recorder that does not load. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startRecorderBrowser } from "../recorder-browser.ts";
import {
	assertWhole,
	changedPage,
	crash,
	isSafe,
	press,
	recordFor,
	startPageService,
} from "../recorder-faults.ts";
import { tempFolder } from "../temp-folder.ts";

/** A browser without files that a worker can write, and with a database that is full when it is told so. */
const databaseOnly = `
	delete FileSystemFileHandle.prototype.createSyncAccessHandle;
	new BroadcastChannel("test").onmessage = () => {
		const { put } = IDBObjectStore.prototype;
		IDBObjectStore.prototype.put = function (value) {
			if (value.bytes) throw new DOMException("full", "QuotaExceededError");
			return put.call(this, value);
		};
	};`;

test("without files for pages the database keeps it: a tab that crashes loses a moment only", async (t) => {
	const page = await changedPage(t, "recorder-worker", databaseOnly);
	const service = await startPageService(t, await tempFolder(t), 0, page);
	const browser = await startRecorderBrowser(t);
	const tab = await browser.open(service.url, service.link);
	await recordFor(tab, "0:04");
	await crash(tab);
	const next = await browser.context.newPage();
	await next.goto(service.url);
	await next.getByText(/cut short: it is safe now/).waitFor();
	await assertWhole(service, 3.5);
	const [recording] = await service.recordings();
	assert.deepEqual(await service.eventKinds(recording?.name ?? ""), ["recovered"]);
});

test("a database that takes no more: the recording ends in order, and what it did not take arrives as well", async (t) => {
	const page = await changedPage(t, "recorder-worker", databaseOnly);
	const service = await startPageService(t, await tempFolder(t), 0, page);
	const browser = await startRecorderBrowser(t);
	const tab = await browser.open(service.url, service.link);
	await recordFor(tab, "0:03");
	await tab.evaluate(`new BroadcastChannel("test").postMessage("full")`);
	await tab
		.getByText(/no more room in this browser/)
		.first()
		.waitFor();
	await isSafe(tab);
	await assertWhole(service, 3);
});

test("a recorder that does not load says so, and records when it does", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t, { serviceWorkers: "block" });
	const isWorker = /recorder-worker/;
	await browser.context.route(isWorker, (route) => route.abort());
	const tab = await browser.open(service.url, service.link);
	await press(tab, "Record");
	await tab.getByText("could not be loaded: nothing is being recorded").waitFor();
	await browser.context.unroute(isWorker);
	await recordFor(tab, "0:02");
	await press(tab, "Stop");
	await isSafe(tab);
	await assertWhole(service, 1.8);
});

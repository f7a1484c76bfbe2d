/** What happens to people who record in a browser, done to a real one. The microphone plays tones that tell the time. */
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { localRecordings, startRecorderBrowser } from "../recorder-browser.ts";
import {
	assertWhole,
	crash,
	elapses,
	isSafe,
	press,
	recordFor,
	startPageService,
	startProxy,
} from "../recorder-faults.ts";
import { tempFolder } from "../temp-folder.ts";

test("a tab that crashes in the middle of a sentence: the next page finishes it", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:04");
	await crash(page);
	const next = await browser.context.newPage();
	await next.goto(service.url);
	await next.getByText(/A recording of 0:0\d from today.*cut short: it is safe now/).waitFor();
	await assertWhole(service, 3.8);
	assert.deepEqual(await localRecordings(next), []);
});

test("a browser that is closed while the service is away: the next day's page finishes it", async (t) => {
	const dataDir = await tempFolder(t);
	const profile = await tempFolder(t);
	const service = await startPageService(t, dataDir);
	const browser = await startRecorderBrowser(t, { profile });
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:01");
	await service.kill();
	await elapses(page, "0:04");
	await browser.close();
	const again = await startPageService(t, dataDir, Number(new URL(service.url).port));
	const next = await (await startRecorderBrowser(t, { profile })).open(again.url, again.link);
	await next.getByText(/cut short: it is safe now/).waitFor();
	await assertWhole(again, 3.8);
});

test("the service is killed in the middle of an upload and comes back: the recording goes on all the while", async (t) => {
	const dataDir = await tempFolder(t);
	const service = await startPageService(t, dataDir);
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await page.context().route("**/api/v1/uploads/*", async (route) => {
		if (route.request().method() === "PATCH") await new Promise((wait) => setTimeout(wait, 200));
		await route.continue().catch(() => {});
	});
	await press(page, "Record");
	await page.waitForRequest((asked) => asked.method() === "PATCH");
	await service.kill();
	await page.getByText("Onwax cannot be reached.").first().waitFor();
	await elapses(page, "0:04");
	const again = await startPageService(t, dataDir, Number(new URL(service.url).port));
	await elapses(page, "0:08");
	await press(page, "Stop");
	await isSafe(page);
	await assertWhole(again, 7.8);
});

test("offline for a while: what was recorded meanwhile arrives when the network is back", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:01");
	await browser.context.setOffline(true);
	await page.getByText("Onwax cannot be reached.").first().waitFor();
	await elapses(page, "0:05");
	await press(page, "Stop");
	assert.equal((await localRecordings(page)).length, 1);
	assert.deepEqual(await service.recordings(), []);
	await browser.context.setOffline(false);
	await isSafe(page);
	await assertWhole(service, 4.8);
	assert.deepEqual(await localRecordings(page), []);
});

test("without the service the page opens, records, and gives it away later", async (t) => {
	const dataDir = await tempFolder(t);
	const service = await startPageService(t, dataDir);
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
	await service.kill();
	await page.goto(`${service.url}/record`);
	await recordFor(page, "0:03");
	await press(page, "Stop");
	await page.getByRole("button", { name: "Record", exact: true }).waitFor();
	assert.equal((await localRecordings(page)).length, 1);
	const again = await startPageService(t, dataDir, Number(new URL(service.url).port));
	await isSafe(page);
	await assertWhole(again, 2.8);
});

test("two tabs: each leaves the other's recording alone, and takes it up when the other one dies", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const first = await browser.open(service.url, service.link);
	await recordFor(first, "0:01");
	const second = await browser.open(service.url, service.link);
	await second.getByText(/another tab has it/).waitFor();
	await elapses(first, "0:04");
	assert.equal((await localRecordings(second)).length, 1);
	await crash(first);
	await second.getByText(/it is safe now/).waitFor();
	await assertWhole(service, 3.8);
	assert.deepEqual(await localRecordings(second), []);
});

test("two tabs, the recording begun in the newer one: the older one finishes it all the same", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const first = await browser.open(service.url, service.link);
	// A recorder that has nothing to do has not begun to listen yet.
	await recordFor(first, "0:01");
	await first.reload();
	await first.getByText(/it is safe now/).waitFor();
	const second = await browser.open(service.url, service.link);
	await recordFor(second, "0:02");
	await first.getByText(/another tab has it/).waitFor();
	await crash(second);
	await first.getByText(/A recording of 0:0[2-9].*it is safe now/).waitFor();
	assert.deepEqual(await localRecordings(first), []);
});

test("the network is back and no page is open: the service worker finishes it", async (t) => {
	const dataDir = await tempFolder(t);
	const service = await startPageService(t, dataDir);
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
	await recordFor(page, "0:01");
	await service.kill();
	await elapses(page, "0:03");
	await press(page, "Stop");
	await page.getByRole("button", { name: "Record", exact: true }).waitFor();
	// A page of the same address that is not Onwax: it lets the worker be spoken to, and finishes nothing.
	await page.context().route("**/nothing", (route) => route.fulfill({ body: "nothing" }));
	await page.goto(`${service.url}/nothing`);
	assert.equal((await localRecordings(page)).length, 1);
	const again = await startPageService(t, dataDir, Number(new URL(service.url).port));
	const session = await browser.context.newCDPSession(page);
	const registered = new Promise<string>((resolve) => {
		session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => {
			if (first) resolve(first.registrationId);
		});
	});
	await session.send("ServiceWorker.enable");
	await session.send("ServiceWorker.dispatchSyncEvent", {
		...{ origin: service.url, registrationId: await registered },
		...{ tag: "onwax-recordings", lastChance: false },
	});
	while ((await localRecordings(page)).length > 0) await page.waitForTimeout(100);
	await assertWhole(again, 2.8);
});

test("signed out in the middle: the recording goes on, and its way up after signing in again", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:01");
	await browser.context.clearCookies();
	await page.getByText("You are not signed in any more.").first().waitFor();
	await elapses(page, "0:04");
	await press(page, "Stop");
	await browser.open(service.url, service.link);
	await page.bringToFront();
	await press(page, "Try now").catch(() => {
		// It was faster.
	});
	await isSafe(page);
	await assertWhole(service, 3.8);
});

test("away for so long that the service has given the upload up: one recording, whole", async (t) => {
	const dataDir = await tempFolder(t);
	const service = await startPageService(t, dataDir);
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:02");
	await service.kill();
	const files = await readdir(dataDir, { recursive: true });
	const uploads = files.filter((file) => file.endsWith("upload.json"));
	assert.equal(uploads.length, 1);
	for (const file of uploads) {
		const upload = JSON.parse(await readFile(join(dataDir, file), "utf8")) as object;
		const old = { ...upload, lastByteAt: "2026-01-01T00:00:00.000Z" };
		await writeFile(join(dataDir, file), JSON.stringify(old));
	}
	const again = await startPageService(t, dataDir, Number(new URL(service.url).port));
	await elapses(page, "0:06");
	await press(page, "Stop");
	await isSafe(page);
	await assertWhole(again, 5.8);
	assert.deepEqual(await localRecordings(page), []);
});

test("a receipt that names other bytes: nothing is forgotten until one names these", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	let isLying = true;
	let lies = 0;
	const proxy = await startProxy(t, service.url, (method, url, body) => {
		const isReceipt = method === "GET" && url.startsWith("/api/v1/uploads/");
		if (!isReceipt || !isLying || !/"sha256"/.test(body)) return body;
		lies++;
		return body.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${"0".repeat(64)}"`);
	});
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(proxy, service.link);
	await recordFor(page, "0:02");
	await press(page, "Stop");
	await page.getByText(/What arrived is not what was recorded here/).waitFor();
	assert.equal((await localRecordings(page)).length, 1, "it is kept here");
	isLying = false;
	await isSafe(page);
	assert.ok(lies > 0);
	assert.deepEqual(await localRecordings(page), []);
	await assertWhole(service, 1.8);
});

test("replies that are lost, the last one too: one recording, not two", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	let lost = 0;
	const proxy = await startProxy(t, service.url, (method, url, body) => {
		if (!url.startsWith("/api/v1/uploads/") || method !== "PATCH" || lost >= 4) return body;
		lost++;
		return null;
	});
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(proxy, service.link);
	await recordFor(page, "0:02");
	await press(page, "Stop");
	await isSafe(page);
	assert.equal(lost, 4);
	await assertWhole(service, 1.8);
});

test("no more room in the browser: the recording ends in order, says so, and arrives", async (t) => {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	// Chromium gives a file a megabyte at a time: at this rate that is soon used up.
	await page.route("**/api/v1/recording-format", (route) =>
		route.fulfill({ json: { sampleRate: 96_000, channels: 1 } }),
	);
	await recordFor(page, "0:02");
	const session = await browser.context.newCDPSession(page);
	const origin = service.url;
	await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000_000 });
	await page
		.getByText(/no more room in this browser/)
		.first()
		.waitFor();
	await isSafe(page);
	assert.deepEqual(await localRecordings(page), []);
	await assertWhole(service, 3);
});

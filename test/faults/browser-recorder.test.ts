/** What happens to people who record in a browser, done to a real one. The microphone plays tones that tell the time. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { RecordingPage, RecordingSummary } from "../../src/server/contract/recording.ts";
import { listenToClock, localRecordings, startRecorderBrowser } from "../recorder-browser.ts";
import { tempFolder } from "../temp-folder.ts";
import { builtPage } from "../web/built-page.ts";

const program = fileURLToPath(new URL("page-service.ts", import.meta.url));

type Running = {
	url: string;
	link: string;
	recordings(): Promise<RecordingSummary[]>;
	audio(name: string): Promise<Uint8Array>;
	kill(): Promise<void>;
};

/** A process of its own, which can be killed and started again where it was. */
async function startService(t: TestContext, dataDir: string, port = 0): Promise<Running> {
	const webFolder = await builtPage();
	const child: ChildProcess = spawn(process.execPath, [program, dataDir, String(port), webFolder], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const kill = async () => {
		if (child.exitCode !== null || child.signalCode !== null) return;
		child.kill("SIGKILL");
		await once(child, "exit");
	};
	t.after(kill);
	const [line] = (await once(child.stdout ?? child, "data")) as [Buffer];
	const { url, link, token } = JSON.parse(line.toString()) as Record<
		"url" | "link" | "token",
		string
	>;
	const ask = (path: string) =>
		fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
	return {
		...{ url, link, kill },
		recordings: async () =>
			((await (await ask("/api/v1/recordings")).json()) as RecordingPage).recordings,
		audio: async (name) =>
			new Uint8Array(await (await ask(`/api/v1/recordings/${name}/audio`)).arrayBuffer()),
	};
}

/** The only recording that there is: without a hole, and at least so long. */
async function assertWhole(service: Pick<Running, "recordings" | "audio">, leastSeconds: number) {
	const [recording, ...others] = await service.recordings();
	assert.ok(recording);
	assert.deepEqual(others, [], "one recording, not several");
	const { seconds, breaks } = listenToClock(await service.audio(recording.name));
	assert.deepEqual(breaks, [], "no holes");
	assert.ok(seconds >= leastSeconds, `${seconds} s of tones, and ${leastSeconds} s were shown`);
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

const isSafe = (page: Page) =>
	page.getByRole("heading", { name: "Your recording is safe" }).waitFor();

async function recordFor(page: Page, elapsed: string): Promise<void> {
	await press(page, "Record");
	await elapses(page, elapsed);
}

/** Until the page shows at least that. */
async function elapses(page: Page, elapsed: string): Promise<void> {
	const timer = page.getByRole("timer");
	const inSeconds = (words: string | null) =>
		(words ?? "0").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
	while (inSeconds(await timer.textContent()) < inSeconds(elapsed)) await page.waitForTimeout(100);
}

const crash = async (page: Page) => {
	await Promise.all([
		page.waitForEvent("crash"),
		page.goto("chrome://crash").catch(() => {
			// The navigation cannot end: that is what it is for.
		}),
	]);
};

test("a tab that crashes in the middle of a sentence: the next page finishes it", async (t) => {
	const service = await startService(t, await tempFolder(t));
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
	const service = await startService(t, dataDir);
	const browser = await startRecorderBrowser(t, { profile });
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:01");
	await service.kill();
	await elapses(page, "0:04");
	await browser.close();
	const again = await startService(t, dataDir, Number(new URL(service.url).port));
	const next = await (await startRecorderBrowser(t, { profile })).open(again.url, again.link);
	await next.getByText(/cut short: it is safe now/).waitFor();
	await assertWhole(again, 3.8);
});

test("the service is killed in the middle of an upload and comes back: the recording goes on all the while", async (t) => {
	const dataDir = await tempFolder(t);
	const service = await startService(t, dataDir);
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
	const again = await startService(t, dataDir, Number(new URL(service.url).port));
	await elapses(page, "0:08");
	await press(page, "Stop");
	await isSafe(page);
	await assertWhole(again, 7.8);
});

test("offline for a while: what was recorded meanwhile arrives when the network is back", async (t) => {
	const service = await startService(t, await tempFolder(t));
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
	const service = await startService(t, dataDir);
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	await page.evaluate("navigator.serviceWorker.ready.then(() => undefined)");
	await service.kill();
	await page.goto(`${service.url}/record`);
	await recordFor(page, "0:03");
	await press(page, "Stop");
	await page.getByRole("button", { name: "Record", exact: true }).waitFor();
	assert.equal((await localRecordings(page)).length, 1);
	const again = await startService(t, dataDir, Number(new URL(service.url).port));
	await isSafe(page);
	await assertWhole(again, 2.8);
});

test("two tabs: each leaves the other's recording alone, and takes it up when the other one dies", async (t) => {
	const service = await startService(t, await tempFolder(t));
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

/** Passes everything on, except where it is told to lie. */
async function startProxy(
	t: TestContext,
	target: string,
	lie: (method: string, url: string, body: string) => string | null,
): Promise<string> {
	const server: Server = createServer((asked, reply) => {
		const { method = "GET", url = "/", headers } = asked;
		const passed = request(`${target}${url}`, { method, headers }, (answer) => {
			const parts: Buffer[] = [];
			const isLong = headers.accept === "text/event-stream";
			if (isLong)
				return void answer.pipe(reply.writeHead(answer.statusCode ?? 500, answer.headers));
			answer.on("data", (part: Buffer) => parts.push(part));
			answer.on("end", () => {
				const body = Buffer.concat(parts);
				const isText = /json/.test(answer.headers["content-type"] ?? "") || body.length === 0;
				const told = isText ? lie(method, url, body.toString()) : body;
				if (told === null) return reply.destroy();
				const length = { "content-length": String(Buffer.byteLength(told)) };
				const { "transfer-encoding": _, ...rest } = answer.headers;
				reply.writeHead(answer.statusCode ?? 500, { ...rest, ...(told.length ? length : {}) });
				reply.end(told);
			});
		});
		passed.on("error", () => reply.destroy());
		asked.pipe(passed);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => server.closeAllConnections());
	t.after(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a receipt that names other bytes: nothing is forgotten until one names these", async (t) => {
	const service = await startService(t, await tempFolder(t));
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
	const service = await startService(t, await tempFolder(t));
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
	const service = await startService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	const page = await browser.open(service.url, service.link);
	// Chromium gives a file a megabyte at a time: at this rate that is soon used up.
	await page.evaluate(`localStorage.setItem("onwax.recorder", '{"sampleRate":96000}')`);
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

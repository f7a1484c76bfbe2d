/** What is done to people who record in a browser: a service that can be killed, tabs that crash, replies that lie. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type {
	RecordingDetail,
	RecordingPage,
	RecordingSummary,
} from "../src/server/contract/recording.ts";
import { listenToClock } from "./recorder-browser.ts";
import { tempFolder } from "./temp-folder.ts";
import { builtPage } from "./web/built-page.ts";

const program = fileURLToPath(new URL("faults/page-service.ts", import.meta.url));

export type PageService = {
	url: string;
	link: string;
	recordings(): Promise<RecordingSummary[]>;
	audio(name: string): Promise<Uint8Array>;
	/** What metadata.json keeps of the recording's events, by their kinds. */
	eventKinds(name: string): Promise<string[]>;
	kill(): Promise<void>;
};

/** A process of its own, which can be killed and started again where it was. */
export async function startPageService(
	t: TestContext,
	dataDir: string,
	port = 0,
	folder: string | null = null,
): Promise<PageService> {
	const webFolder = folder ?? (await builtPage());
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
		eventKinds: async (name) => {
			const detail = (await (await ask(`/api/v1/recordings/${name}`)).json()) as RecordingDetail;
			return detail.events.map(({ kind }) => kind);
		},
	};
}

/** The only recording that there is: without a hole, and at least so long. By Web Audio a busy computer makes some. */
export async function assertWhole(
	service: Pick<PageService, "recordings" | "audio">,
	leastSeconds: number,
	mostHoles = 0,
) {
	const [recording, ...others] = await service.recordings();
	assert.ok(recording);
	assert.deepEqual(others, [], "one recording, not several");
	const { seconds, breaks } = listenToClock(await service.audio(recording.name));
	// At one hole the clock may jump several times.
	const holes = breaks.filter((at, index) => index === 0 || at - (breaks[index - 1] ?? 0) > 0.1);
	assert.ok(holes.length <= mostHoles, `${mostHoles} holes at the most: ${holes}`);
	assert.ok(seconds >= leastSeconds, `${seconds} s of tones, and ${leastSeconds} s were shown`);
}

export const press = (page: Page, name: string) =>
	page.getByRole("button", { name, exact: true }).click();

export const isSafe = (page: Page) =>
	page.getByRole("heading", { name: "Your recording is safe" }).waitFor();

export async function recordFor(page: Page, elapsed: string): Promise<void> {
	await press(page, "Record");
	await elapses(page, elapsed);
}

/** Until the page shows at least that. */
export async function elapses(page: Page, elapsed: string): Promise<void> {
	const timer = page.getByRole("timer");
	const inSeconds = (words: string | null) =>
		(words ?? "0").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
	while (inSeconds(await timer.textContent()) < inSeconds(elapsed)) await page.waitForTimeout(100);
}

export const crash = async (page: Page) => {
	await Promise.all([
		page.waitForEvent("crash"),
		page.goto("chrome://crash").catch(() => {
			// The navigation cannot end: that is what it is for.
		}),
	]);
};

/** The page with this in front of one of its workers. */
export async function changedPage(t: TestContext, worker: string, script: string): Promise<string> {
	const folder = await tempFolder(t);
	await cp(await builtPage(), folder, { recursive: true });
	const assets = join(folder, "assets");
	const names = (await readdir(assets)).filter((name) => name.startsWith(worker));
	assert.ok(names.length > 0, `${worker} is a file of its own`);
	for (const name of names) {
		const path = join(assets, name);
		if (name.endsWith(".js")) await writeFile(path, script + (await readFile(path, "utf8")));
		else await rm(path);
	}
	return folder;
}

/** Passes everything on, except where it is told to lie. */
export async function startProxy(
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

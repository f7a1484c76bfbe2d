import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openAccess } from "../../src/access/access.ts";
import { layoutOf } from "../../src/archive/layout.ts";
import { silentLogger } from "../../src/logger.ts";
import { shelves } from "../../src/recording.ts";
import { type Random, randomFrom, testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { metadata, partType, sha256, someWav, tus } from "../uploads-sender.ts";

/*
 * `onwax serve` is killed at random moments while several clients upload, and started again. In the end
 * every audio is there once, and each receipt that anybody was given names a recording that has its hash.
 */

const program = fileURLToPath(new URL("../../bin/onwax.js", import.meta.url));
const kills = Number(process.env.ONWAX_TEST_KILLS ?? 12);

type Given = { name: string; sha256: string };
type Sender = { url: string; token: string; receipts: Given[]; random: Random };

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await new Promise((listening) => server.once("listening", listening));
	const { port } = server.address() as AddressInfo;
	await new Promise((closed) => server.close(closed));
	return port;
}

async function serve(folder: string, dataDir: string, port: number): Promise<ChildProcess> {
	const child = spawn(process.execPath, [program, "serve", "--no-worker", "--port", `${port}`], {
		env: {
			...{ HOME: folder, PATH: join(folder, "bin"), ONWAX_DATA_DIR: dataDir, TMPDIR: folder },
			...{ XDG_CONFIG_HOME: join(folder, "config"), ONWAX_MIN_FREE_SPACE_MB: "1" },
			ONWAX_SERVER_REQUESTS_PER_MINUTE: "1000000",
		},
		stdio: ["ignore", "ignore", "pipe"],
	});
	const said: string[] = [];
	child.stderr?.on("data", (chunk) => said.push(String(chunk)));
	const exit = new Promise<never>((_, fail) =>
		child.once("exit", (code) => fail(new Error(`serve ended with ${code}: ${said.join("")}`))),
	);
	exit.catch(() => undefined);
	const answers = async () => {
		for (;;) {
			const isUp = await fetch(`http://127.0.0.1:${port}/api/v1/uploads`, { method: "OPTIONS" })
				.then(({ status }) => status === 204)
				.catch(() => false);
			if (isUp) return;
			await sleep(20);
		}
	};
	await Promise.race([answers(), exit]);
	return child;
}

/** Asks until there is an answer that is not "later": the server is down most of the time. */
async function insist(sender: Sender, path: string, init: RequestInit): Promise<Response> {
	for (;;) {
		try {
			const headers = { authorization: `Bearer ${sender.token}`, ...init.headers };
			const signal = AbortSignal.timeout(20_000);
			const response = await fetch(`${sender.url}${path}`, { ...init, headers, signal });
			if (![423, 429, 503, 500].includes(response.status)) return response;
			assert.notEqual(response.status, 500, await response.text());
		} catch (error) {
			if (error instanceof assert.AssertionError) throw error;
		}
		await sleep(30 + sender.random(100));
	}
}

async function once(sender: Sender, path: string, init: RequestInit): Promise<Response | null> {
	const headers = { authorization: `Bearer ${sender.token}`, ...init.headers };
	const signal = AbortSignal.timeout(20_000);
	return fetch(`${sender.url}${path}`, { ...init, headers, signal }).catch(() => null);
}

async function sendByTus(sender: Sender, wav: Buffer, isDeferred: boolean): Promise<void> {
	for (;;) {
		const length: Record<string, string> = isDeferred
			? { "upload-defer-length": "1" }
			: { "upload-length": `${wav.length}` };
		const about = metadata({ filename: "a.wav", source: "browser-recorder" });
		const created = await insist(sender, "/api/v1/uploads", {
			method: "POST",
			headers: { ...tus, ...length, "upload-metadata": about },
		});
		assert.equal(created.status, 201);
		if (await sendParts(sender, created.headers.get("location") as string, wav)) return;
	}
}

/** False where the upload is gone: what was acknowledged must not be. */
async function sendParts(sender: Sender, address: string, wav: Buffer): Promise<boolean> {
	let acknowledged = 0;
	for (;;) {
		const head = await insist(sender, address, { method: "HEAD", headers: tus });
		assert.equal(head.status, 200, "an upload that was acknowledged is there");
		const offset = Number(head.headers.get("upload-offset"));
		assert.ok(offset >= acknowledged, `${offset} is less than was acknowledged, ${acknowledged}`);
		if (head.headers.has("onwax-name")) break;
		const end = Math.min(wav.length, offset + 1 + sender.random(120_000));
		const part = wav.subarray(offset, end);
		const digest = createHash("sha256").update(part).digest("base64");
		const response = await once(sender, address, {
			method: "PATCH",
			headers: {
				...{ ...tus, ...partType, "upload-offset": `${offset}` },
				...(sender.random(2) === 0 ? { "upload-checksum": `sha256 ${digest}` } : {}),
				...(end === wav.length ? { "upload-length": `${wav.length}` } : {}),
			},
			body: new Uint8Array(part),
		});
		if (response?.status === 204) {
			acknowledged = end;
			note(sender, response);
		}
	}
	const told = await insist(sender, address, {});
	assert.equal(told.status, 200);
	const receipt = (await told.json()) as Given;
	assert.equal(receipt.sha256, sha256(wav));
	sender.receipts.push({ name: receipt.name, sha256: receipt.sha256 });
	return true;
}

async function sendWhole(sender: Sender, wav: Buffer): Promise<void> {
	const response = await insist(sender, "/api/v1/recordings/a.wav", {
		method: "PUT",
		headers: { "idempotency-key": sha256(wav) },
		body: new Uint8Array(wav),
	});
	assert.ok(response.ok, `${response.status}`);
	note(sender, response);
	assert.equal(((await response.json()) as Given).sha256, sha256(wav));
}

function note({ receipts }: Sender, { headers }: Response): void {
	const name = headers.get("onwax-name");
	const digest = /sha-256=:([^:]+):/.exec(headers.get("repr-digest") ?? "")?.[1];
	if (!name || !digest) return;
	receipts.push({ name, sha256: Buffer.from(digest, "base64").toString("hex") });
}

/** Every recording with the hash of its audio, read from the folders. */
async function whatIsThere(dataDir: string): Promise<Map<string, string>> {
	const there = new Map<string, string>();
	for (const shelf of shelves) {
		const folder = join(dataDir, "recordings", shelf);
		for (const name of await readdir(folder)) {
			there.set(name, sha256(await readFile(join(folder, name, "audio.wav"))));
		}
	}
	return there;
}

test(`killed ${kills} times under load: every receipt holds, nothing is there twice, all arrives`, async (t: TestContext) => {
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const random = randomFrom(testSeed);
	const folder = await tempFolder(t);
	const dataDir = join(folder, "data");
	await mkdir(join(folder, "bin"));
	const port = await freePort();
	const access = await openAccess({ folder: layoutOf(dataDir).access, log: silentLogger });
	const { secret: token } = await access.createToken({ name: "sender", scopes: ["upload"] });
	await access.close();
	let child = await serve(folder, dataDir, port);
	t.after(() => child.kill("SIGKILL"));

	const receipts: Given[] = [];
	const sent: Buffer[] = [];
	let isEnding = false;
	const senders = Array.from({ length: 6 }, async (_, index) => {
		const own = randomFrom(testSeed + 1000 + index);
		const sender = { url: `http://127.0.0.1:${port}`, token, receipts, random: own };
		while (!isEnding) {
			const wav = someWav(5 + own(20));
			sent.push(wav);
			if (index % 3 === 0) await sendWhole(sender, wav);
			else await sendByTus(sender, wav, index % 3 === 1);
		}
	});
	const sending = Promise.all(senders);
	sending.catch(() => undefined);
	for (let kill = 0; kill < kills; kill += 1) {
		await Promise.race([sleep(random(700)), sending]);
		const ended = new Promise((gone) => child.once("close", gone));
		child.kill("SIGKILL");
		await ended;
		child = await serve(folder, dataDir, port);
	}
	isEnding = true;
	await sending;
	const ended = new Promise((gone) => child.once("close", gone));
	child.kill("SIGTERM");
	await ended;

	const there = await whatIsThere(dataDir);
	t.diagnostic(`${sent.length} sent, ${receipts.length} receipts, ${kills} kills`);
	for (const { name, sha256: hash } of receipts) assert.equal(there.get(name), hash, name);
	assert.deepEqual([...there.values()].sort(), sent.map(sha256).sort());
	// Where the answer to a creation was lost, nobody knows its address: empty, until it expires.
	for (const entry of await readdir(join(dataDir, "uploads"))) {
		if (entry === "receipts" || entry.startsWith("lock.db")) continue;
		const path = join(dataDir, "uploads", entry, "upload.json");
		assert.equal(JSON.parse(await readFile(path, "utf8")).offsetBytes, 0, entry);
	}
});

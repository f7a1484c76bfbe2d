import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openAccess } from "../../src/access/access.ts";
import { layoutOf } from "../../src/archive/layout.ts";
import { silentLogger } from "../../src/logger.ts";
import { startFakeReceiver } from "../fake-receiver.ts";
import { randomFrom, testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { sha256, someWav } from "../uploads-sender.ts";
import { assertTold, eventsOf, leftOver, type Told, toldBy } from "./webhooks-told.ts";

/*
 * `onwax serve` is killed at random moments while recordings come and go, and a receiver takes some
 * events, refuses some, and leaves some without an answer. In the end each has been told, in order.
 */

const program = fileURLToPath(new URL("../../bin/onwax.js", import.meta.url));
const kills = Number(process.env.ONWAX_TEST_KILLS ?? 6);

/** Resolves with its address once it listens. */
async function serve(folder: string): Promise<{ child: ChildProcess; url: string }> {
	const child = spawn(
		process.execPath,
		[program, "serve", "--no-worker", "--port", "0", "--json"],
		{
			env: {
				...{ HOME: folder, PATH: join(folder, "bin"), ONWAX_DATA_DIR: join(folder, "data") },
				...{ TMPDIR: folder, XDG_CONFIG_HOME: join(folder, "config"), HOOK: "secret" },
			},
			stdio: ["ignore", "pipe", "pipe"],
		},
	);
	let said = "";
	child.stderr?.on("data", (chunk) => {
		said += chunk;
	});
	const url = new Promise<string>((listening, fail) => {
		child.stdout?.on("data", (chunk) => {
			const address = /"url":"([^"]+)"/.exec(String(chunk))?.[1];
			if (address !== undefined) listening(address);
		});
		child.once("exit", (code) => fail(new Error(`serve ended with ${code}: ${said}`)));
	});
	return { child, url: await url };
}

test(`webhooks: killed ${kills} times, and every event is told, in order`, async (t: TestContext) => {
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const random = randomFrom(testSeed);
	const folder = await tempFolder(t);
	const dataDir = join(folder, "data");
	const told: Told[] = [];
	let isPatient = false;
	const receiver = await startFakeReceiver(t, async (response, received) => {
		const one = toldBy(received, 204);
		const isNew = told.every(({ id }) => id !== one.id);
		const chance = isPatient || !isNew ? 100 : random(100);
		if (chance < 15) one.status = 500;
		// One that is killed before it has the answer tells it again.
		else if (chance < 40) await sleep(300);
		told.push(one);
		response.writeHead(one.status).end();
	});
	await mkdir(join(folder, "config", "onwax"), { recursive: true });
	const webhooks = [{ url: receiver.url, secretEnv: "HOOK", allowPrivate: true }];
	const config = JSON.stringify({ webhooks, minFreeSpaceMb: 1 });
	await writeFile(join(folder, "config", "onwax", "config.json"), config);
	const access = await openAccess({ folder: layoutOf(dataDir).access, log: silentLogger });
	const scopes = ["upload", "write", "admin"] as const;
	const { secret: token } = await access.createToken({ name: "sender", scopes: [...scopes] });
	await access.close();

	let { child, url } = await serve(folder);
	t.after(() => child.kill("SIGKILL"));
	let isEnding = false;
	const ask = async (method: string, path: string, body: Uint8Array<ArrayBuffer> | null = null) => {
		const headers = { authorization: `Bearer ${token}` };
		const signal = AbortSignal.timeout(10_000);
		const response = await fetch(`${url}${path}`, { method, headers, body, signal }).catch(
			() => null,
		);
		if (response?.status === 401 || response?.status === 400) assert.fail(await response.text());
		return response?.ok ? response : null;
	};
	const senders = Array.from({ length: 3 }, async () => {
		while (!isEnding) {
			const wav = someWav();
			const kept = await ask("PUT", `/api/v1/recordings/${sha256(wav)}.wav`, new Uint8Array(wav));
			const { name } = ((await kept?.json().catch(() => null)) ?? {}) as { name?: string };
			if (name !== undefined && random(2) === 0) {
				await ask("DELETE", `/api/v1/recordings/${name}`);
				if (random(2) === 0) await ask("POST", `/api/v1/recordings/${name}/purge`);
			}
			await sleep(20 + random(60));
		}
	});
	const sending = Promise.all(senders);
	sending.catch(() => undefined);
	for (let kill = 0; kill < kills; kill += 1) {
		await Promise.race([sleep(100 + random(700)), sending]);
		const gone = new Promise((done) => child.once("close", done));
		child.kill("SIGKILL");
		await gone;
		({ child, url } = await serve(folder));
	}
	isEnding = true;
	isPatient = true;
	await sending;
	const waits = async () => (await readdir(join(dataDir, "webhooks", "open"))).length;
	const isAllTold = async () => {
		const events = await eventsOf(dataDir);
		const taken = new Set(told.filter(({ status }) => status < 300).map(({ id }) => id));
		return taken.size >= events.length && (await waits()) === 0;
	};
	while (!(await isAllTold())) await sleep(100);
	const gone = new Promise((done) => child.once("close", done));
	child.kill("SIGTERM");
	await gone;
	const events = await eventsOf(dataDir);
	t.diagnostic(`${events.length} events, told ${told.length} times`);
	assert.ok(events.length > kills);
	assertTold(events, told, `seed ${testSeed}`);
	assert.deepEqual(await leftOver(dataDir), []);
});

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startFakeReceiver } from "../fake-receiver.ts";
import { testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { mountExt4, processState } from "./ext4-image.ts";
import { assertTold, eventsOf, leftOver, type Told, toldBy } from "./webhooks-told.ts";

/*
 * SQLite's loop for webhooks: killed, failed, or without power at one durable step after the other, until
 * telling passes. Some events are taken at once, some are refused twice, one is refused for good, and
 * put back in line later by a person.
 */

/** 1 looks at every step, which takes minutes; else every so many, beginning where the seed says. */
const stride = Number(process.env.ONWAX_TEST_STEP_STRIDE ?? 8);
const program = new URL("./webhooks-program.ts", import.meta.url).pathname;

type Ran = { signal: NodeJS.Signals | null; exitCode: number | null; stderr: string };

function start(args: string[], fault: string | null): { child: ChildProcess; ended: Promise<Ran> } {
	const env = { ...process.env, ...(fault === null ? {} : { ONWAX_FAULT: fault }) };
	const child = spawn(process.execPath, [program, ...args], {
		env,
		stdio: ["ignore", "ignore", "pipe"],
	});
	let stderr = "";
	child.stderr?.on("data", (chunk) => {
		stderr += chunk;
	});
	const ended = new Promise<Ran>((done) =>
		child.on("close", (exitCode, signal) => done({ exitCode, signal, stderr })),
	);
	return { child, ended };
}

async function run(args: string[], fault: string | null = null): Promise<Ran> {
	const ran = await start(args, fault).ended;
	if (fault === null) assert.equal(ran.exitCode, 0, ran.stderr);
	return ran;
}

/** Refuses what is trashed twice, and what is purged until `forgives`; the rest it takes. */
async function difficultReceiver(t: TestContext) {
	const told: Told[] = [];
	const state = { forgives: false };
	const { url } = await startFakeReceiver(t, (response, received) => {
		const one = toldBy(received, 204);
		const refused = told.filter(({ id, status }) => id === one.id && status === 500).length;
		if (one.type === "recording.trashed" && refused < 2) one.status = 500;
		if (one.type === "recording.purged" && !state.forgives) one.status = 410;
		told.push(one);
		response.writeHead(one.status).end();
	});
	return {
		url,
		told,
		/** What comes now is held against a library of its own. */
		begin(forgives: boolean): void {
			told.length = 0;
			state.forgives = forgives;
		},
	};
}

const purged = (events: { type: string; name: string }[]) =>
	events
		.filter(({ type }) => type === "recording.purged")
		.map(({ type, name }) => `${type} of ${name}`);

async function prepare(folder: string, url: string) {
	const base = join(folder, "base");
	await run([base, url, "change"]);
	const events = await eventsOf(base);
	assert.equal(events.length, 6);
	const givenUp = join(folder, "given-up");
	await cp(base, givenUp, { recursive: true });
	await run([givenUp, url, "tell"]);
	assert.deepEqual((await leftOver(givenUp)).length, 1, "one was given up");
	return { base, givenUp, events };
}

for (const fault of ["kill", "EIO", "ENOSPC+"]) {
	test(`webhooks: ${fault} at any step, and every event is told`, async (t) => {
		const folder = await tempFolder(t);
		const receiver = await difficultReceiver(t);
		const { url, told } = receiver;
		const { base, givenUp, events } = await prepare(folder, url);
		for (const command of ["tell", "redeliver"]) {
			for (let step = 1 + (testSeed % stride); ; step += stride) {
				assert.ok(step < 400, "it never passed");
				const dataDir = join(folder, `step-${step}`);
				await cp(command === "tell" ? base : givenUp, dataDir, { recursive: true });
				receiver.begin(command === "redeliver");
				const [action, forEver] = fault === "ENOSPC+" ? ["ENOSPC", "+"] : [fault, ""];
				const first = await run([dataDir, url, command], `${action}:${step}${forEver}`);
				const hit =
					fault === "kill" ? first.signal === "SIGKILL" : first.stderr.includes("injected");
				const what = `${command}, ${fault} at step ${step}: ${first.stderr}`;
				await run([dataDir, url, command]);
				assert.deepEqual(await readdir(join(dataDir, "webhooks", "open")), [], what);
				if (command === "tell") {
					assertTold(events, told, what, purged(events));
					assert.equal((await readdir(join(dataDir, "webhooks", "dead"))).length, 1, what);
				} else {
					assert.deepEqual([...new Set(told.map(({ type }) => type))], ["recording.purged"], what);
					assert.deepEqual(await leftOver(dataDir), [], what);
				}
				await rm(dataDir, { recursive: true });
				if (!hit) {
					t.diagnostic(`${command}: fewer than ${step} steps, every ${stride}`);
					break;
				}
			}
		}
	});
}

test("webhooks: the power is cut at any step, and every event is told", async (t) => {
	const folder = await tempFolder(t);
	const image = mountExt4(t);
	if (!image) return;
	const receiver = await difficultReceiver(t);
	const { url, told } = receiver;
	const { base, events } = await prepare(folder, url);
	for (let step = 1 + (testSeed % stride); ; step += stride) {
		assert.ok(step < 400, "it never passed");
		const dataDir = join(image.mountPoint, `step-${step}`);
		await cp(base, dataDir, { recursive: true });
		execFileSync("sync");
		receiver.begin(false);
		const { child, ended } = start([dataDir, url, "tell"], `stop:${step}`);
		let isOver = false;
		ended.then(() => {
			isOver = true;
		});
		while (!isOver && processState(child.pid ?? 0) === "running") await sleep(3);
		const wasCut = !isOver && processState(child.pid ?? 0) === "stopped";
		if (wasCut) {
			image.cutPower();
			child.kill("SIGKILL");
		}
		const { stderr } = await ended;
		if (wasCut) image.remount();
		const what = `a power cut at step ${step}: ${stderr}`;
		const second = await start([dataDir, url, "tell"], null).ended;
		assert.equal(second.exitCode, 0, `${what}, then ${second.stderr}`);
		assertTold(events, told, what, purged(events));
		assert.equal((await readdir(join(dataDir, "webhooks", "dead"))).length, 1, what);
		await rm(dataDir, { recursive: true });
		if (!wasCut) return t.diagnostic(`fewer than ${step} steps, every ${stride}`);
	}
});

import assert from "node:assert/strict";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { editRecording } from "../src/app/edit.ts";
import type { App } from "../src/app/open-app.ts";
import { listDeliveries, redeliver } from "../src/app/webhook-deliveries.ts";
import { openWebhooks } from "../src/app/webhooks.ts";
import { reindex } from "../src/library/reindex.ts";
import { trashRecording } from "../src/library/remove.ts";
import type { Logger } from "../src/logger.ts";
import { readDelivery, writeDelivery } from "../src/webhooks/delivery.ts";
import { signedHeaders } from "../src/webhooks/sign.ts";
import { shownAddress } from "../src/webhooks/webhook-id.ts";
import { startFakeReceiver } from "./fake-receiver.ts";
import { openTempApp } from "./temp-app.ts";
import { tempFolder } from "./temp-folder.ts";
import { publishOne } from "./temp-library.ts";

const environment = { HOOK: "whsec_c2VjcmV0" };

async function telling(t: TestContext, url: string, more: object = {}) {
	const app = await openTempApp(t, {
		webhooks: [{ url, secretEnv: "HOOK", allowPrivate: true, ...more }],
	});
	const webhooks = await openWebhooks(app, environment);
	assert.ok(webhooks);
	t.after(() => webhooks.stop());
	return { app, webhooks };
}

const names = (received: { body: string }[]) =>
	received.map(({ body }) => (JSON.parse(body) as { data: { name: string } }).data.name);

/** Resolves when nothing waits to be told any more. */
async function settled(app: App): Promise<void> {
	const folder = join(app.library.layout.webhooks, "open");
	while ((await readdir(folder)).length > 0) await new Promise((done) => setTimeout(done, 10));
}

test("what happens is told, signed, and forgotten once it was taken", async (t) => {
	const receiver = await startFakeReceiver(t);
	const { app, webhooks } = await telling(t, receiver.url);
	const name = await publishOne(app.library, { title: "Budget" });
	webhooks.wake();
	await receiver.until(1);
	const [{ headers, body } = { headers: {}, body: "" }] = receiver.received;
	const event = JSON.parse(body) as { type: string; data: Record<string, unknown> };
	assert.equal(event.type, "recording.created");
	assert.deepEqual([event.data.name, event.data.title], [name, "Budget"]);
	const id = String(headers["webhook-id"]);
	const at = Number(headers["webhook-timestamp"]);
	const expected = signedHeaders(environment.HOOK, { id, at, body });
	assert.equal(headers["webhook-signature"], expected["webhook-signature"]);
	await settled(app);
	// A change that is nobody's event is told to nobody.
	await editRecording(app, name, { title: "Other" });
	webhooks.wake();
	await webhooks.stop();
	assert.equal(receiver.received.length, 1);
});

test("what happened while nobody served is told at the next start, once", async (t) => {
	const receiver = await startFakeReceiver(t);
	const { app, webhooks } = await telling(t, receiver.url);
	await webhooks.stop();
	const first = await publishOne(app.library);
	const second = await publishOne(app.library);
	const later = await openWebhooks(app, environment);
	t.after(() => later?.stop());
	await receiver.until(2);
	await settled(app);
	await later?.stop();
	assert.deepEqual(names(receiver.received).sort(), [first, second].sort());
});

test("a receiver that fails is asked again later; what it says and where it points is not followed", async (t) => {
	const elsewhere = await startFakeReceiver(t);
	const receiver = await startFakeReceiver(t, (response) =>
		response.writeHead(302, { location: elsewhere.url }).end("x".repeat(1_000_000)),
	);
	const { app, webhooks } = await telling(t, receiver.url);
	await publishOne(app.library);
	webhooks.wake();
	await receiver.until(1);
	await webhooks.stop();
	const [waiting] = await listDeliveries(app, "open");
	assert.equal(waiting?.attempts.length, 1);
	assert.ok(waiting && !("body" in waiting), "thousands of whole texts are not held to be listed");
	assert.match(waiting?.attempts[0]?.error ?? "", /302/);
	assert.ok((waiting?.nextAt ?? 0) > Date.now());
	assert.equal(elsewhere.received.length, 0);
});

test("a receiver that wants no more ends the tries, and a person can begin them again", async (t) => {
	let gone = true;
	const receiver = await startFakeReceiver(t, (response) =>
		response.writeHead(gone ? 410 : 200).end(),
	);
	const { app, webhooks } = await telling(t, receiver.url);
	await publishOne(app.library);
	webhooks.wake();
	await receiver.until(1);
	await settled(app);
	const [dead] = await listDeliveries(app, "dead");
	assert.ok(dead);
	gone = false;
	await redeliver(app, dead.id);
	webhooks.wake();
	await receiver.until(2);
	await settled(app);
	const [before, after] = receiver.received.map(({ headers }) => headers["webhook-id"]);
	assert.equal(before, after, "a receiver can tell that it is the same event");
	assert.deepEqual(await listDeliveries(app, "dead"), []);
	await assert.rejects(redeliver(app, "evt_../../x"), { code: "ERR_NOT_FOUND" });
});

test("an address in this network is not asked, unless that is meant", async (t) => {
	const receiver = await startFakeReceiver(t);
	for (const url of [receiver.url, receiver.url.replace("http:", "https:")]) {
		const { app, webhooks } = await telling(t, url, { allowPrivate: false });
		await publishOne(app.library);
		webhooks.wake();
		while ((await listDeliveries(app, "open"))[0]?.attempts.length !== 1) {
			await new Promise((done) => setTimeout(done, 10));
		}
		const [waiting] = await listDeliveries(app, "open");
		assert.match(waiting?.attempts[0]?.error ?? "", /https|public internet/);
	}
	assert.equal(receiver.received.length, 0);
});

test("what waits for an address that nobody has any more is given up, and a secret address is not shown", async (t) => {
	const receiver = await startFakeReceiver(t, (response) => response.writeHead(500).end());
	const { app, webhooks } = await telling(t, `${receiver.url}?key=canary`);
	await publishOne(app.library);
	webhooks.wake();
	await receiver.until(1);
	await webhooks.stop();
	const other = { ...app, config: { ...app.config, webhooks: [] as typeof app.config.webhooks } };
	other.config.webhooks = [{ url: receiver.url, secretEnv: "HOOK", allowPrivate: true }];
	const later = await openWebhooks(other, environment);
	t.after(() => later?.stop());
	await settled(app);
	assert.equal((await listDeliveries(app, "dead")).length, 1);
	assert.equal(shownAddress(`${receiver.url}?key=canary`), `${new URL(receiver.url).origin}/…`);
});

test("one process tells, however many serve; when it ends, another one goes on", async (t) => {
	const receiver = await startFakeReceiver(t);
	const { app, webhooks } = await telling(t, receiver.url);
	const second = await openWebhooks(app, environment);
	t.after(() => second?.stop());
	await publishOne(app.library);
	webhooks.wake();
	second?.wake();
	await receiver.until(1);
	await settled(app);
	await webhooks.stop();
	await publishOne(app.library);
	second?.wake();
	await receiver.until(2);
	await settled(app);
	await second?.stop();
	assert.equal(new Set(names(receiver.received)).size, 2);
	assert.equal(receiver.received.length, 2);
});

test("a damaged file among the deliveries keeps no other one from being told", async (t) => {
	const receiver = await startFakeReceiver(t);
	const { app, webhooks } = await telling(t, receiver.url);
	const open = join(app.library.layout.webhooks, "open");
	await mkdir(open, { recursive: true });
	await writeFile(join(open, "evt_0.json"), "{ torn");
	await publishOne(app.library);
	webhooks.wake();
	await receiver.until(1);
});

/** Opens the library of `dataDir` and tells until nothing waits; what it warned of. */
async function tellOnce(
	t: TestContext,
	dataDir: string,
	url: string,
	change: (app: App) => Promise<unknown> = async () => {},
): Promise<string[]> {
	const warned: string[] = [];
	const warn = (_facts: unknown, message: string) => warned.push(message);
	const log = { debug() {}, info() {}, warn, error: warn } as unknown as Logger;
	const webhooks = [{ url, secretEnv: "HOOK", allowPrivate: true }];
	const app = await openTempApp(t, { dataDir, webhooks }, log);
	await change(app);
	const told = await openWebhooks(app, environment);
	await settledTwice(app, told);
	await told?.stop();
	await app.close();
	return warned;
}

/** Until it has looked, and what it found is told. */
async function settledTwice(app: App, webhooks: { wake(): void } | null): Promise<void> {
	const head = await app.library.catalogue.feedHead();
	const position = join(app.library.layout.webhooks, "position.json");
	for (;;) {
		webhooks?.wake();
		const { epoch, number } = JSON.parse(await readFile(position, "utf8"));
		if (epoch === head.epoch && number === head.number) return settled(app);
		await new Promise((done) => setTimeout(done, 10));
	}
}

test("a catalogue that is built anew tells nothing twice, says so, and what comes then is told", async (t) => {
	const receiver = await startFakeReceiver(t);
	const dataDir = await tempFolder(t);
	await tellOnce(t, dataDir, receiver.url);
	await tellOnce(t, dataDir, receiver.url, ({ library }) => publishOne(library));
	assert.equal(receiver.received.length, 1);
	for (const file of await readdir(dataDir)) {
		if (file.startsWith("library.db")) await rm(join(dataDir, file));
	}
	const warned = await tellOnce(t, dataDir, receiver.url, ({ library }) => reindex(library));
	assert.match(warned.join(), /catalogue was built anew/);
	assert.equal(receiver.received.length, 1);
	const again = await tellOnce(t, dataDir, receiver.url, async ({ library }) => {
		// Nor does reading the folders again tell anything.
		await reindex(library);
		await publishOne(library);
	});
	assert.deepEqual(again, []);
	assert.equal(receiver.received.length, 2);
});

test("an older copy of the catalogue gives no event the id of another one", async (t) => {
	const receiver = await startFakeReceiver(t);
	const dataDir = await tempFolder(t);
	await tellOnce(t, dataDir, receiver.url);
	const copy = join(await tempFolder(t), "library.db");
	await copyFile(join(dataDir, "library.db"), copy);
	const publish = ({ library }: App) => publishOne(library);
	await tellOnce(t, dataDir, receiver.url, publish);
	for (const file of await readdir(dataDir)) {
		if (file.startsWith("library.db")) await rm(join(dataDir, file));
	}
	await copyFile(copy, join(dataDir, "library.db"));
	assert.match((await tellOnce(t, dataDir, receiver.url)).join(), /older copy/);
	await tellOnce(t, dataDir, receiver.url, publish);
	const [first, second] = receiver.received.map(({ headers }) => headers["webhook-id"]);
	assert.ok(first && second && first !== second);
	assert.equal(receiver.received.length, 2);
});

test("what waited before the catalogue was built anew is told before what comes after it", async (t) => {
	let takes = false;
	const receiver = await startFakeReceiver(t, (response) =>
		response.writeHead(takes ? 204 : 500).end(),
	);
	const { app, webhooks } = await telling(t, receiver.url);
	for (let i = 0; i < 3; i += 1) await publishOne(app.library);
	const name = await publishOne(app.library);
	webhooks.wake();
	await receiver.until(4);
	await webhooks.stop();
	const position = join(app.library.layout.webhooks, "position.json");
	const { number } = JSON.parse(await readFile(position, "utf8"));
	// To a catalogue that was built anew this is another one's, which had come further.
	await writeFile(position, JSON.stringify({ epoch: "another", number: number + 100, before: 0 }));
	const after = await openWebhooks(app, environment);
	await settledPosition(app);
	await after?.stop();
	await trashRecording(app.library, name);
	for (const { id } of await listDeliveries(app, "open")) {
		const waiting = await readDelivery(app.library.layout.webhooks, "open", id);
		assert.ok(waiting);
		// The clock was wrong by a year when it was tried: that is no reason to wait for a year.
		const nextAt = Date.now() + 365 * 86_400_000;
		await writeDelivery(app.library.layout.webhooks, "open", { ...waiting, nextAt });
	}
	takes = true;
	const tried = receiver.received.length;
	const later = await openWebhooks(app, environment);
	await receiver.until(tried + 5);
	await settled(app);
	await later?.stop();
	const told = receiver.received.slice(tried).map(({ body }) => JSON.parse(body));
	const about = told.filter(({ data }) => data.name === name).map(({ type }) => type);
	assert.deepEqual([...new Set(about)], ["recording.created", "recording.trashed"]);
});

async function settledPosition(app: App): Promise<void> {
	const { epoch } = await app.library.catalogue.feedHead();
	const position = join(app.library.layout.webhooks, "position.json");
	while (JSON.parse(await readFile(position, "utf8")).epoch !== epoch) {
		await new Promise((done) => setTimeout(done, 10));
	}
}

test("a receiver that hangs takes nobody's place, and the end does not wait for it", async (t) => {
	const hanging = await startFakeReceiver(t, () => {});
	const receiver = await startFakeReceiver(t);
	const app = await openTempApp(t, {
		webhooks: [hanging, receiver].map(({ url }) => ({
			...{ url, secretEnv: "HOOK", allowPrivate: true },
		})),
	});
	const webhooks = await openWebhooks(app, environment, { mostWaiting: 7, endsWithinMs: 50 });
	for (let count = 1; count <= 10; count += 1) {
		await publishOne(app.library);
		webhooks?.wake();
		await receiver.until(count);
	}
	await webhooks?.stop();
	// Nothing counts as tried, and what was too much is kept where a person finds it.
	const waiting = await listDeliveries(app, "open");
	assert.deepEqual(
		waiting.map(({ url, attempts }) => [url, attempts.length]),
		Array.from({ length: 7 }, () => [hanging.url, 0]),
	);
	const dead = await listDeliveries(app, "dead");
	assert.deepEqual([...new Set(dead.map(({ url }) => url))], [hanging.url]);
	assert.equal(dead.length, 3);
	assert.match(dead[0]?.attempts[0]?.error ?? "", /7 events wait/);
});

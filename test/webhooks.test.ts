import assert from "node:assert/strict";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { editRecording } from "../src/app/edit.ts";
import type { App } from "../src/app/open-app.ts";
import { listDeliveries, openWebhooks, redeliver } from "../src/app/webhooks.ts";
import { signedHeaders } from "../src/webhooks/sign.ts";
import { shownAddress } from "../src/webhooks/webhook-id.ts";
import { startFakeReceiver } from "./fake-receiver.ts";
import { openTempApp } from "./temp-app.ts";
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

test("one process tells, however many serve", async (t) => {
	const receiver = await startFakeReceiver(t);
	const { app } = await telling(t, receiver.url);
	assert.equal(await openWebhooks(app, environment), null);
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

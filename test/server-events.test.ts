import assert from "node:assert/strict";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import type { ServerEvent } from "../src/server/contract/events.ts";
import { openEventStreams } from "../src/server/event-streams.ts";
import { startTempService, type TempService } from "./temp-service.ts";

type Told = { id: string | null; event: ServerEvent | null };

/** Reads a stream; `next` gives one block after the other, comments left out. */
async function listen(
	t: TestContext,
	{ url, token }: Pick<TempService, "url" | "token">,
	headers: Record<string, string> = {},
) {
	const abort = new AbortController();
	t.after(() => abort.abort());
	const response = await fetch(`${url}/api/v1/events`, {
		headers: { authorization: `Bearer ${token}`, ...headers },
		signal: abort.signal,
	});
	assert.equal(response.status, 200);
	assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	assert.ok(reader);
	let text = "";
	return {
		/** Null: the service has ended it. */
		async next(): Promise<Told | null> {
			for (;;) {
				const end = text.indexOf("\n\n");
				if (end < 0) {
					const { done, value } = await reader.read();
					if (done) return null;
					text += value;
					continue;
				}
				const block = text.slice(0, end);
				text = text.slice(end + 2);
				const id = /^id: (.*)$/m.exec(block)?.[1] ?? null;
				const data = /^data: (.*)$/m.exec(block)?.[1];
				if (id === null && data === undefined) continue;
				return { id, event: data === undefined ? null : JSON.parse(data) };
			}
		},
		leave: () => abort.abort(),
	};
}

async function change({ app }: TempService, recording: string): Promise<void> {
	await app.library.catalogue.transaction(async (tx) => {
		await tx
			.insertInto("jobs")
			.values({
				...{ recording, kind: "peaks", parameters: "{}", run_at: 0, token: null },
				...{ lease_until: null, writer: null, error_code: null, finished_at: null },
				created_at: new Date().toISOString(),
			})
			.execute();
	});
}

test("what changes is told, and who was away hears what came meanwhile", async (t) => {
	const service = await startTempService(t);
	const first = await listen(t, service);
	const begun = await first.next();
	assert.equal(begun?.event, null);
	assert.match(begun?.id ?? "", /^[0-9a-f]+-\d+$/);
	await change(service, "one");
	const told = await first.next();
	assert.deepEqual(told?.event, { type: "job", name: "one" });
	first.leave();

	await change(service, "two");
	await change(service, "three");
	const again = await listen(t, service, { "last-event-id": told?.id ?? "" });
	await again.next();
	assert.deepEqual((await again.next())?.event, { type: "job", name: "two" });
	assert.deepEqual((await again.next())?.event, { type: "job", name: "three" });
	// What happens from now on follows without a gap.
	await change(service, "four");
	let last = await again.next();
	while (last?.event?.type === "job" && last.event.name !== "four") last = await again.next();
	assert.deepEqual(last?.event, { type: "job", name: "four" });
});

test("who comes back with what is not known any more is told to begin anew", async (t) => {
	const service = await startTempService(t);
	await change(service, "one");
	for (const id of ["00000000deadbeef-3", "nonsense"]) {
		const stream = await listen(t, service, { "last-event-id": id });
		await stream.next();
		assert.deepEqual((await stream.next())?.event, { type: "reset" });
		stream.leave();
	}
});

test("moments are told to all at once, without an id", async (t) => {
	const service = await startTempService(t);
	const streams = await Promise.all([listen(t, service), listen(t, service)]);
	for (const stream of streams) await stream.next();
	const event = { type: "transcribing", name: "one", doneSeconds: 1, durationSeconds: 2 } as const;
	service.service.events.tell(event);
	for (const stream of streams) assert.deepEqual(await stream.next(), { id: null, event });
});

test("a token that may not read hears nothing", async (t) => {
	const { url, tokenFor } = await startTempService(t);
	const headers = { authorization: `Bearer ${await tokenFor("upload")}` };
	assert.equal((await fetch(`${url}/api/v1/events`, { headers })).status, 403);
	assert.equal((await fetch(`${url}/api/v1/events`)).status, 401);
});

test("one caller has so many streams and no more; what ends makes room; HEAD is over at once", async (t) => {
	const service = await startTempService(t, {}, { limits: { mostEventStreams: 2 } });
	const first = await listen(t, service);
	await listen(t, service);
	const status = async (token: string) => {
		const abort = new AbortController();
		const headers = { authorization: `Bearer ${token}` };
		const { signal } = abort;
		const answer = await fetch(`${service.url}/api/v1/events`, { headers, signal });
		abort.abort();
		return answer.status;
	};
	assert.equal(await status(service.token), 429);
	assert.equal(await status(await service.tokenFor("read")), 200);
	first.leave();
	while ((await status(service.token)) === 429) await new Promise(setImmediate);
	assert.equal((await service.ask("/api/v1/events", { method: "HEAD" })).status, 404);
});

test("a graceful stop ends the streams instead of waiting for them", async (t) => {
	const service = await startTempService(t);
	const stream = await listen(t, service);
	await stream.next();
	const closing = service.close();
	assert.equal(await stream.next(), null);
	await closing;
});

test("a client that does not read is let go of, and costs no more than its share", async (t) => {
	const service = await startTempService(t);
	const { hostname, port } = new URL(service.url);
	const socket = connect(Number(port), hostname);
	t.after(() => socket.destroy());
	socket.pause();
	socket.write(
		`GET /api/v1/events HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${service.token}\r\n\r\n`,
	);
	const reading = await listen(t, service);
	await reading.next();
	let ended = false;
	socket.on("close", () => {
		ended = true;
	});
	const name = "x".repeat(100_000);
	for (let told = 0; told < 2000 && !ended; told += 1) {
		service.service.events.tell({ type: "transcribing", name, doneSeconds: 1, durationSeconds: 2 });
		// Whoever does read goes on hearing.
		assert.equal((await reading.next())?.event?.type, "transcribing");
		if (told === 200) socket.resume();
	}
	if (!ended) await new Promise((resolve) => socket.once("close", resolve));
});

test("with each heartbeat it is asked whether the listener is still welcome", async (t) => {
	const { service } = await startTempService(t);
	const { catalogue } = service.app.library;
	const streams = openEventStreams(service.events, catalogue, { heartbeatSeconds: 0.005 });
	let beaten: () => void = () => {};
	const beat = new Promise<void>((resolve) => {
		beaten = resolve;
	});
	let end: () => void = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	const response = {
		writableLength: 0,
		write: (bytes: Buffer | string) => String(bytes) === ":\n\n" && beaten(),
		end,
		on() {},
		destroy() {},
	};
	let isWelcome = true;
	await streams.add(response as never, null, async () => isWelcome);
	await beat;
	assert.equal(streams.open, 1);
	isWelcome = false;
	await ended;
	assert.equal(streams.open, 0);
	streams.close();
});

test("who signs out, or whose token is taken away, is not welcome any more", async (t) => {
	const { access, url } = await startTempService(t);
	const signedIn = await fetch(`${url}/api/v1/session`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ secret: access.linkSecret }),
	});
	const session = /onwax_session=([^;]+)/.exec(signedIn.headers.get("set-cookie") ?? "")?.[1] ?? "";
	const isKnown = async () => (await access.authenticate({ bearer: null, session })) !== null;
	assert.equal(await isKnown(), true);
	const out = await fetch(`${url}/api/v1/session`, {
		method: "DELETE",
		headers: { cookie: `onwax_session=${session}`, origin: url },
	});
	assert.equal(out.status, 204, await out.text());
	assert.equal(await isKnown(), false);
});

import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openHttpServer } from "./http-server.ts";
import { defaultLimits, type Limits } from "./limits.ts";

const short = { ...defaultLimits, headersSeconds: 0.4, idleSeconds: 0.4, leastBytes: 100 };

async function listening(
	t: TestContext,
	handler: RequestListener,
	limits: Limits = short,
	isShared?: (address: string) => boolean,
) {
	const { server, connections } = openHttpServer(handler, limits, isShared);
	t.after(() => {
		connections.cut();
		server.close();
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return { server, port, connections };
}

async function connected(t: TestContext, port: number, text = ""): Promise<Socket> {
	const socket = connect(port, "127.0.0.1");
	t.after(() => socket.destroy());
	socket.on("error", () => undefined);
	await once(socket, "connect");
	socket.write(text);
	return socket;
}

/** All that comes until the other side ends it. */
async function untilEnded(socket: Socket): Promise<string> {
	const chunks: Buffer[] = [];
	socket.on("data", (chunk: Buffer) => chunks.push(chunk));
	await closed(socket);
	return Buffer.concat(chunks).toString("latin1");
}

/** However it ends: a connection that is cut while one writes to it ends with an error. */
async function closed(socket: Socket): Promise<void> {
	await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}

const answerOk: RequestListener = (request, response) => {
	request.resume();
	request.on("end", () => response.end("ok"));
};

const head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";

describe("connections that stand still", { concurrency: true }, () => {
	test("one that never says anything is ended", async (t) => {
		const { port } = await listening(t, answerOk);
		await untilEnded(await connected(t, port));
	});

	test("headers that come a letter at a time are not waited for", async (t) => {
		const { port } = await listening(t, answerOk);
		const socket = await connected(t, port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
		const trickle = setInterval(() => socket.write("x"), 30);
		t.after(() => clearInterval(trickle));
		assert.match(await untilEnded(socket), /^(HTTP\/1\.1 408|$)/);
	});

	test("half a body is not waited for, nor one that comes a letter at a time", async (t) => {
		let aborted = 0;
		const { port } = await listening(t, (request, response) => {
			request.on("error", () => {
				aborted += 1;
			});
			answerOk(request, response);
		});
		const still = await connected(t, port, `${head}half`);
		const slow = await connected(t, port, head);
		const trickle = setInterval(() => slow.write("x"), 50);
		t.after(() => clearInterval(trickle));
		await Promise.all([untilEnded(still), untilEnded(slow)]);
		assert.equal(aborted, 2);
	});

	test("a reply that nobody takes is not kept for ever", async (t) => {
		const { port } = await listening(t, (_request, response) => {
			response.end(Buffer.alloc(64 * 2 ** 20));
		});
		const socket = await connected(t, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		const end = closed(socket);
		socket.pause();
		// What had been sent before the end is there to be read; then it is over.
		await sleep(1500);
		socket.resume();
		await end;
		assert.ok(socket.bytesRead < 64 * 2 ** 20);
	});

	test("what waits for us stays: an answer that takes time, a stream without events", async (t) => {
		const { port, connections } = await listening(t, (request, response) => {
			if (request.url === "/stream") {
				response.setHeader("content-type", "text/event-stream");
				response.write(": begins\n\n");
				return;
			}
			setTimeout(() => response.end("at last"), 1500);
		});
		const get = (path: string) =>
			`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
		const thinking = await connected(t, port, get("/"));
		const stream = await connected(t, port, get("/stream"));
		const streamed = untilEnded(stream);
		assert.match(await untilEnded(thinking), /at last$/);
		assert.equal(stream.destroyed, false);
		connections.end();
		// Ended in order: a last chunk of no length.
		assert.match(await streamed, /begins[\s\S]*\r\n0\r\n\r\n$/);
	});

	test("at the end nothing waits for connections that have nothing to be answered", async (t) => {
		const asked: ServerResponse[] = [];
		const { port, connections } = await listening(t, (_request, response) => {
			asked.push(response);
		});
		const unused = await connected(t, port);
		const used = await connected(t, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		while (asked.length === 0) await new Promise(setImmediate);
		const [unusedEnds, answer] = [closed(unused), untilEnded(used)];
		connections.end();
		await unusedEnds;
		assert.equal(used.destroyed, false);
		asked[0]?.end("at last");
		assert.match(await answer, /at last/);
	});

	test("a body that we are slow to read is not ended for that", async (t) => {
		const { port } = await listening(t, (request, response) => {
			setTimeout(() => answerOk(request, response), 1500);
		});
		const socket = await connected(t, port);
		const text = head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
		socket.write(`${text}${"x".repeat(1_000_000)}`);
		assert.match(await untilEnded(socket), /ok$/);
	});

	test("a slow upload that moves may take its time", async (t) => {
		const { port } = await listening(t, answerOk, { ...short, idleSeconds: 1 });
		const socket = await connected(t, port);
		socket.write(head.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
		const answer = untilEnded(socket);
		for (let sent = 0; sent < 1_000_000; sent += 20_000) {
			socket.write("x".repeat(20_000));
			await sleep(40);
		}
		assert.match(await answer, /ok$/);
	});

	test("one address does not take all: what only waits makes room, what works is left alone", async (t) => {
		const open: ServerResponse[] = [];
		const { port } = await listening(
			t,
			(_request, response) => open.push(response),
			{ ...defaultLimits, mostConnections: 4, mostOfOneAddress: 2 },
			() => false,
		);
		const working = await connected(t, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		while (open.length < 1) await sleep(5);
		const idle = await connected(t, port);
		const idleEnd = closed(idle);
		const second = await connected(t, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		await idleEnd;
		while (open.length < 2) await sleep(5);
		// Both are at work now: there is no room, and nobody is thrown out for a third one.
		await closed(await connected(t, port));
		const answers = [working, second].map(untilEnded);
		for (const response of open) response.setHeader("connection", "close").end("ok");
		for (const answer of answers) assert.match(await answer, /ok$/);
	});

	test("this computer may have more, and still not all", async (t) => {
		const { port } = await listening(t, (_request, response) => response.end("ok"), {
			...{ ...defaultLimits, mostConnections: 5, mostOfOneAddress: 2 },
		});
		const sockets: Socket[] = [];
		for (let at = 0; at < 3; at += 1) sockets.push(await connected(t, port));
		const first = closed(sockets[0] as Socket);
		const last = await connected(t, port, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
		const [answer] = (await once(last, "data")) as [Buffer];
		assert.match(answer.toString("latin1"), /^HTTP\/1\.1 200/);
		await first;
		assert.deepEqual(
			sockets.map(({ destroyed }) => destroyed),
			[true, false, false],
		);
	});

	test("headers that are too large, and what is no HTTP, are answered and ended", async (t) => {
		const { port } = await listening(t, answerOk);
		const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
		assert.match(await untilEnded(await connected(t, port, large)), /^HTTP\/1\.1 431/);
		assert.match(await untilEnded(await connected(t, port, "nonsense\r\n\r\n")), /^HTTP\/1\.1 400/);
		const smuggled =
			"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
		assert.match(await untilEnded(await connected(t, port, smuggled)), /^HTTP\/1\.1 400/);
	});
});

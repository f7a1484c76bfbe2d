import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { defaultSettings } from "../src/config/defaults.ts";
import { plainRequest } from "./plain-request.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { exampleWav } from "./transcribed-recording.ts";

async function connected(t: TestContext, url: string, text: string): Promise<Socket> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	t.after(() => socket.destroy());
	socket.on("error", () => undefined);
	await once(socket, "connect");
	socket.write(text);
	return socket;
}

/** However it ends. */
async function closed(socket: Socket): Promise<void> {
	await new Promise<void>((resolve) => socket.once("close", () => resolve()));
}

test("hundreds of connections that say half a sentence are ended; meanwhile others are served", async (t) => {
	const limits = { headersSeconds: 1, idleSeconds: 1 };
	const server = { ...defaultSettings.server, requestsPerMinute: 1_000_000 };
	const { url, token } = await startTempService(t, { server }, { limits });
	const head =
		"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
	const halves = [
		"",
		"GET / HT",
		head,
		`${head}Content-Length: 100\r\n\r\n{"secr`,
		`${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{`,
	];
	const sockets = await Promise.all(
		Array.from({ length: 300 }, (_, at) => connected(t, url, halves[at % halves.length] ?? "")),
	);
	const ended = Promise.all(
		sockets.map(async (socket) => {
			socket.resume();
			if (!socket.destroyed) await closed(socket);
		}),
	);
	let served = 0;
	let isOver = false;
	const over = ended.then(() => {
		isOver = true;
	});
	while (!isOver) {
		const headers = { authorization: `Bearer ${token}` };
		const { status } = await plainRequest(url, { path: "/api/v1/session", headers });
		assert.equal(status, 200);
		served += 1;
	}
	await over;
	assert.ok(served > 0);
});

test("a body that is said to be longer than anything is refused before it comes", async (t) => {
	const { url } = await startTempService(t);
	const socket = await connected(
		t,
		url,
		"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{",
	);
	const [answer] = (await once(socket, "data")) as [Buffer];
	assert.match(answer.toString("latin1"), /^HTTP\/1\.1 413 /);
	assert.match(answer.toString("latin1"), /ERR_TOO_LARGE/);
});

test("what is being sent when the service ends may come to its end", async (t) => {
	const { url, token, app, close } = await startTempService(t);
	const wav = exampleWav(1);
	const head = `PUT /api/v1/recordings/memo.wav HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${wav.length}\r\n\r\n`;
	const socket = await connected(t, url, head);
	socket.write(wav.subarray(0, 1000));
	while ((await openUploads(app)) === 0) await new Promise(setImmediate);
	const answer = once(socket, "data");
	const closing = close();
	// It does not listen any more: the end has begun.
	while (await isListening(url)) await new Promise(setImmediate);
	socket.write(wav.subarray(1000));
	assert.match(String((await answer)[0]), /^HTTP\/1\.1 201 /);
	await closing;
});

function isListening(url: string): Promise<boolean> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve) => {
		const socket = connect(Number(port), hostname);
		socket.on("error", () => resolve(false));
		socket.on("connect", () => {
			socket.destroy();
			resolve(true);
		});
	});
}

async function openUploads({ library }: TempService["app"]): Promise<number> {
	const folder = library.layout.uploads;
	const names = await readdir(folder).catch(() => []);
	return names.filter((name) => /^[0-9a-f]{32}$/.test(name)).length;
}

test("the service ends with event streams open and a request half sent", async (t) => {
	const limits = { graceSeconds: 0.5 };
	const { url, token, close } = await startTempService(t, {}, { limits });
	const get = `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
	const stream = await connected(t, url, get);
	const [begin] = (await once(stream, "data")) as [Buffer];
	assert.match(begin.toString("latin1"), /^HTTP\/1\.1 200 /);
	const half = await connected(
		t,
		url,
		"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	);
	const ended = Promise.all([closed(stream), closed(half)]);
	stream.resume();
	half.resume();
	await close();
	await ended;
	await assert.rejects(plainRequest(url));
});

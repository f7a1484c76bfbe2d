import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connectionError } from "./connection-error.ts";
import { type HttpAnswer, httpFetch } from "./http-fetch.ts";

async function withServer<Result>(
	listener: RequestListener,
	use: (url: string) => Promise<Result>,
): Promise<Result> {
	const server = createServer(listener).listen(0, "127.0.0.1");
	await once(server, "listening");
	try {
		return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
	} finally {
		server.close();
		server.closeAllConnections();
	}
}

function formOf(sizeBytes: number): FormData {
	const form = new FormData();
	form.set("file", new Blob([Buffer.alloc(sizeBytes)]), 'a"b\r\n.wav');
	return form;
}

const limits = { idleTimeoutMs: 700, maxAnswerBytes: 1000 };

test("a service that stops reading is given up as idle", async () => {
	const neverReads: RequestListener = (request) => request.pause();
	await withServer(neverReads, async (url) => {
		const send = httpFetch(limits, () => assert.fail("answered"));
		const sending = send(url, { method: "POST", body: formOf(32 * 1024 * 1024) });
		await assert.rejects(sending, { code: "ERR_ENGINE_TIMEOUT", retryable: true });
	});
});

test("a service that stops in the middle of its answer is given up as idle", async () => {
	const stops: RequestListener = (request, response) => {
		request.resume();
		request.on("end", () => response.write('{"text":'));
	};
	await withServer(stops, async (url) => {
		const send = httpFetch(limits, () => assert.fail("answered"));
		const sending = send(url, { method: "POST", body: formOf(10) });
		await assert.rejects(sending, { code: "ERR_ENGINE_TIMEOUT", retryable: true });
	});
});

test("a service may think for longer than the idle limit", async () => {
	const thinks: RequestListener = (request, response) => {
		request.resume();
		request.on("end", () => setTimeout(() => response.end("done"), 1.5 * limits.idleTimeoutMs));
	};
	await withServer(thinks, async (url) => {
		const answers: HttpAnswer[] = [];
		const send = httpFetch(limits, (answer) => answers.push(answer));
		await send(url, { method: "POST", body: formOf(10) });
		assert.equal(answers[0]?.body, "done");
	});
});

test("a file's name cannot break out of its header", async () => {
	let received = "";
	const reads: RequestListener = async (request, response) => {
		for await (const chunk of request) received += chunk;
		response.end();
	};
	await withServer(reads, async (url) => {
		await httpFetch(limits, () => {})(url, { method: "POST", body: formOf(1) });
	});
	assert.match(received, /filename="a%22b%0D%0A\.wav"\r\n/);
});

test("failures below HTTP keep their code, but not the socket that holds the key", () => {
	const refused = Object.assign(new Error("connect"), {
		code: "ECONNREFUSED",
		socket: "sk-canary",
	});
	const error = connectionError(new AggregateError([refused]), "https://example.org");
	assert.match(error.message, /refused the connection \(ECONNREFUSED\)/);
	assert.equal(error.retryable, true);
	assert.equal(error.cause, undefined);
});

test("a bad certificate is nothing that time heals", () => {
	const error = connectionError(Object.assign(new Error("x"), { code: "CERT_HAS_EXPIRED" }), "s");
	assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE_UNAVAILABLE", false]);
});

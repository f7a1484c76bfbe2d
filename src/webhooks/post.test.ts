import assert from "node:assert/strict";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { post } from "./post.ts";

/** A receiver that says what the test makes it say once it was asked. */
async function receiver(t: TestContext, answer: (socket: Socket) => void) {
	let connections = 0;
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		connections += 1;
		sockets.add(socket);
		socket.on("error", () => {});
		socket.once("data", () => answer(socket));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return { port, connections: () => connections };
}

const asked = { allowPrivate: true, headers: {}, body: "{}", timeoutSeconds: 0.3, signal: null };

function again(socket: Socket, text: string): void {
	const timer = setInterval(() => socket.write(text), 5);
	socket.on("close", () => clearInterval(timer));
}

function withoutEnd(socket: Socket, beginning: string, text: string): void {
	const more = () => {
		while (socket.writable && socket.write(text));
	};
	socket.write(beginning);
	socket.on("drain", more);
	more();
}

test("whatever a receiver does, there is an end, and nothing but a status comes of it", async (t) => {
	const cases: [string, (socket: Socket) => void, number | string][] = [
		["says nothing", () => {}, "ERR_TIMEOUT"],
		[
			"hints for ever",
			(s) => again(s, "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
			"ERR_TIMEOUT",
		],
		[
			"changes its language",
			(s) => s.write("HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
			101,
		],
		["goes away", (s) => s.destroy(), "ERR_IO"],
		["speaks no HTTP", (s) => s.write("\0\0\0\0 nonsense\r\n\r\n"), "ERR_IO"],
		[
			"answers without end",
			(s) => withoutEnd(s, "HTTP/1.1 200 OK\r\n\r\n", "x".repeat(65_536)),
			200,
		],
		[
			"has headers without end",
			(s) => withoutEnd(s, "HTTP/1.1 200 OK\r\n", `x: ${"y".repeat(9000)}\r\n`),
			"ERR_IO",
		],
		["answers twice", (s) => s.write("HTTP/1.1 204 OK\r\n\r\nHTTP/1.1 500 No\r\n\r\n"), 204],
	];
	for (const [what, answer, expected] of cases) {
		const { port } = await receiver(t, answer);
		const url = `http://127.0.0.1:${port}/hook`;
		const outcome = await post({ ...asked, url }).catch(({ code }) => code);
		assert.equal(outcome, expected, what);
	}
});

test("who ends the service does not wait for a receiver that hangs", async (t) => {
	const { port } = await receiver(t, () => {});
	const ending = new AbortController();
	const url = `http://127.0.0.1:${port}/hook`;
	const posting = post({ ...asked, url, timeoutSeconds: 600, signal: ending.signal });
	ending.abort();
	await assert.rejects(posting, { code: "ERR_IO" });
});

test("a name is looked up once: one that says something else the second time gains nothing", async (t) => {
	const { port, connections } = await receiver(t, (socket) => socket.end());
	let lookups = 0;
	// The first answer is an address that nobody has; all later ones are this machine.
	const lookup = (_host: string, _options: object, done: (e: null, found: object[]) => void) => {
		lookups += 1;
		done(null, [
			{ address: lookups === 1 ? "2d00::1" : "127.0.0.1", family: lookups === 1 ? 6 : 4 },
		]);
	};
	t.mock.method(dns, "lookup", lookup as unknown as typeof dns.lookup);
	syncBuiltinESMExports();
	t.after(syncBuiltinESMExports);
	const url = `https://rebinding.example:${port}/hook`;
	await assert.rejects(post({ ...asked, url, allowPrivate: false }));
	assert.deepEqual([lookups, connections()], [1, 0]);
	await assert.rejects(post({ ...asked, url, allowPrivate: false }), { code: "ERR_FORBIDDEN" });
	assert.deepEqual([lookups, connections()], [2, 0]);
});

test("one address of this network among several public ones: none of them is asked", async (t) => {
	const { port, connections } = await receiver(t, (socket) => socket.end());
	const lookup = (_host: string, _options: object, done: (e: null, found: object[]) => void) =>
		done(null, [
			{ address: "93.184.216.34", family: 4 },
			{ address: "127.0.0.1", family: 4 },
		]);
	t.mock.method(dns, "lookup", lookup as unknown as typeof dns.lookup);
	syncBuiltinESMExports();
	t.after(syncBuiltinESMExports);
	const url = `https://several.example:${port}/hook`;
	await assert.rejects(post({ ...asked, url, allowPrivate: false }), { code: "ERR_FORBIDDEN" });
	assert.equal(connections(), 0);
});

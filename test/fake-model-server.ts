import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";

/**
 * What the fake does with one request. After the script's end it serves properly: ranges, If-Range,
 * ETag, like the store behind a release.
 * - `cutAfter`: so many bytes of the body, then the connection is cut
 * - `stallAfter`: so many bytes, then nothing more, with the connection open
 * - `announce`: a Content-Length that is not the body's
 * - `send`: other bytes than the file's, in a proper answer, `type` its Content-Type
 * - `ignore-range`: the whole file with 200, whatever was asked for
 * - `no-length`: without Content-Length; `no-etag`: without an ETag
 * - `lie-about-range`: 206 with a Content-Range that begins elsewhere
 * - `redirect`: 302 to there
 */
export type ModelStep =
	| "ok"
	| "ignore-range"
	| "no-length"
	| "no-etag"
	| "lie-about-range"
	| { cutAfter: number; etag?: false }
	| { stallAfter: number }
	| { announce: number }
	| { send: Buffer; type?: string }
	| { redirect: string }
	| { status: number; retryAfter?: string };

export type ModelRequest = {
	path: string;
	range: string | null;
	ifRange: string | null;
	/** Of the body, as far as they were handed to the connection. */
	servedBytes: number;
};

export type FakeModelServer = {
	/** Without a slash at the end, as a mirror is configured. */
	address: string;
	requests: ModelRequest[];
	/** What is to happen with the next requests, in order. */
	script: ModelStep[];
	/** For every request after the script. */
	otherwise: ModelStep;
	/** Puts a file there, or another one in its place: its ETag is another one then. */
	put(name: string, content: Buffer): void;
	/** Everything is cut; it listens again at the same address. */
	restart(): Promise<void>;
	/** Refuses connections from now on. */
	stop(): Promise<void>;
	servedBytes(): number;
};

/** A server of models on loopback that misbehaves when told to; closed after the test. */
export async function startFakeModelServer(t: TestContext): Promise<FakeModelServer> {
	const files = new Map<string, Buffer>();
	const sockets = new Set<Socket>();
	let server: Server;
	let port = 0;
	const fake: FakeModelServer = {
		address: "",
		requests: [],
		script: [],
		otherwise: "ok",
		put: (name, content) => void files.set(`/${name}`, content),
		async restart() {
			await fake.stop();
			await start();
		},
		async stop() {
			const closed = once(server, "close");
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
		servedBytes: () => fake.requests.reduce((sum, { servedBytes }) => sum + servedBytes, 0),
	};

	async function start(): Promise<void> {
		server = createServer((request, response) => {
			const step = fake.script.shift() ?? fake.otherwise;
			answer(request, response, step).catch(() => response.destroy());
		});
		server.on("connection", (socket) => {
			sockets.add(socket);
			socket.on("close", () => sockets.delete(socket));
			socket.on("error", () => undefined);
		});
		server.listen(port, "127.0.0.1");
		await once(server, "listening");
		port = (server.address() as AddressInfo).port;
		fake.address = `http://127.0.0.1:${port}`;
	}

	async function answer(
		request: IncomingMessage,
		response: ServerResponse,
		step: ModelStep,
	): Promise<void> {
		const path = decodeURIComponent(request.url ?? "");
		const noted: ModelRequest = {
			path,
			range: request.headers.range ?? null,
			ifRange: (request.headers["if-range"] as string | undefined) ?? null,
			servedBytes: 0,
		};
		fake.requests.push(noted);
		const does = typeof step === "object" ? step : { [step]: true };
		if ("status" in does && typeof does.status === "number") {
			const { status, retryAfter } = step as { status: number; retryAfter?: string };
			return void response
				.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter })
				.end("no");
		}
		if (typeof step === "object" && "redirect" in step) {
			return void response.writeHead(302, { location: step.redirect }).end();
		}
		const file = typeof step === "object" && "send" in step ? step.send : (files.get(path) ?? null);
		if (file === null) return void response.writeHead(404).end("not found");
		const etag = `"${createHash("sha256").update(file).digest("hex").slice(0, 16)}"`;
		const hasEtag = step !== "no-etag" && !(typeof step === "object" && "etag" in step);
		const start = step === "ignore-range" ? 0 : rangeStart(noted, etag);
		if (start > 0 && start >= file.length) {
			return void response.writeHead(416, { "content-range": `bytes */${file.length}` }).end();
		}
		const body = file.subarray(start);
		const announced = typeof step === "object" && "announce" in step ? step.announce : body.length;
		const told = step === "lie-about-range" ? start + 1 : start;
		response.writeHead(start > 0 ? 206 : 200, {
			...(step === "no-length" ? {} : { "content-length": announced }),
			...(hasEtag ? { etag } : {}),
			...(typeof step === "object" && "type" in step ? { "content-type": step.type } : {}),
			...(start > 0 ? { "content-range": `bytes ${told}-${file.length - 1}/${file.length}` } : {}),
		});
		await send(response, body, step, noted);
	}

	await start();
	t.after(() => fake.stop());
	return fake;
}

/** From where on is sent: 0 for the whole file, also where it is not the one that was begun. */
function rangeStart({ range, ifRange }: ModelRequest, etag: string): number {
	if (range === null || (ifRange !== null && ifRange !== etag)) return 0;
	return Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
}

async function send(
	response: ServerResponse,
	body: Buffer,
	step: ModelStep,
	noted: ModelRequest,
): Promise<void> {
	const cut = typeof step === "object" && "cutAfter" in step ? step.cutAfter : null;
	const stall = typeof step === "object" && "stallAfter" in step ? step.stallAfter : null;
	const sent = body.subarray(0, cut ?? stall ?? body.length);
	noted.servedBytes = sent.length;
	if (sent.length > 0) await new Promise<void>((done) => response.write(sent, () => done()));
	else response.flushHeaders();
	if (stall !== null) return;
	if (cut !== null) {
		// Let what was sent reach the other side first.
		response.socket?.end();
		return;
	}
	response.end();
}

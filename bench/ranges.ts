import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { buildWavHeader } from "../src/wav.ts";
import { environmentIn, program, run } from "./process.ts";
import { inTurn, type Row } from "./row.ts";
import { startServing } from "./serving.ts";

const bareServer = new URL("./bare-range-server.js", import.meta.url).pathname;
const fileBytes = 96_000_000;
const atOnce = 16;
const askedBytes = 500_000_000;
const rounds = 7;
/** The shortest piece and the longest one. */
const pieces: [number, number][] = [
	[65_536, 1_048_576],
	[65_536, 65_536],
];

type Source = { port: number; path: string; headers: string[] };

/**
 * Pieces of one recording over loopback, against nginx with the same file (both keep their access logs),
 * and against a bare Node server that does nothing else: more than that our runtime does not give.
 */
export async function benchRanges(): Promise<Row[]> {
	const home = await mkdtemp(join(tmpdir(), "onwax-bench-ranges-"));
	try {
		const path = join(home, "long.wav");
		const fields = { encoding: "pcm", sampleRate: 48_000, channels: 2, bitDepth: 16 } as const;
		const samples = randomBytes(fileBytes);
		const header = buildWavHeader({ ...fields, dataBytes: fileBytes });
		await writeFile(path, Buffer.concat([header, samples]));
		const env = { ...environmentIn(home), ONWAX_SERVER_REQUESTS_PER_MINUTE: "10000000" };
		await run(process.execPath, [program, "import", "--no-wait", path], { env });
		const serving = await startServing(env, ["--no-worker"]);
		const nginx = await startNginx(home);
		const node = await startBare(path, header.length + fileBytes);
		try {
			const headers = { cookie: serving.cookie };
			const listed = await fetch(`${serving.url}/api/v1/recordings`, { headers });
			const { recordings } = (await listed.json()) as { recordings: { name: string }[] };
			const ours: Source = {
				port: Number(new URL(serving.url).port),
				path: `/api/v1/recordings/${recordings[0]?.name}/audio`,
				headers: [`cookie: ${serving.cookie}`],
			};
			const peers: [string, Source][] = [
				["nginx", { port: nginx.port, path: "/long.wav", headers: [] }],
				["a bare Node server", { port: node.port, path: "/", headers: [] }],
			];
			await compare([ours, ...peers.map(([, peer]) => peer)], samples);
			const rows: Row[] = [];
			for (const [least, most] of pieces) {
				for (const [name, peer] of peers) {
					const of = (source: Source) => () => megabytesPerSecond(source, least, most);
					await of(ours)();
					await of(peer)();
					const measured = await inTurn(rounds, of(ours), of(peer));
					const long =
						least === most ? `${least >> 10} kB` : `${least >> 10} kB to ${most >> 10} kB`;
					const what = `pieces of audio of ${long}, ${atOnce} at once, against ${name}`;
					rows.push({ what, ...measured, target: 0.7, bound: "at least", unit: "MB/s" });
				}
			}
			return rows;
		} finally {
			await nginx.stop();
			await node.stop();
			await serving.stop();
		}
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}

/** All must say the same, and the right thing, before it counts how fast they say it. */
async function compare(sources: readonly Source[], samples: Buffer): Promise<void> {
	for (const { port, path, headers } of sources) {
		const cookie = headers[0]?.slice("cookie: ".length);
		const response = await fetch(`http://127.0.0.1:${port}${path}`, {
			headers: { range: "bytes=1044-70043", ...(cookie ? { cookie } : {}) },
		});
		const bytes = Buffer.from(await response.arrayBuffer());
		if (response.status !== 206 || !bytes.equals(samples.subarray(1000, 70_000))) {
			throw new Error(`${path} answered ${response.status}, ${bytes.length} bytes`);
		}
	}
}

async function megabytesPerSecond(source: Source, least: number, most: number): Promise<number> {
	let left = askedBytes;
	let got = 0;
	// The same places for both: a small generator of our own, begun anew.
	let seed = 1;
	const next = (below: number) => {
		seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((seed / 2 ** 32) * below);
	};
	const started = performance.now();
	await Promise.all(
		Array.from({ length: atOnce }, async () => {
			const connection = await openConnection(source);
			while (left > 0) {
				const length = least + next(most - least + 1);
				left -= length;
				const from = next(fileBytes - length);
				// Read first: others add to it while this one waits.
				const bytes = await connection.ask(from, from + length - 1);
				got += bytes;
			}
			connection.close();
		}),
	);
	return got / 1e6 / ((performance.now() - started) / 1000);
}

/** A connection that is kept, and a reader that does nothing but count. */
async function openConnection({ port, path, headers }: Source) {
	const socket: Socket = connect(port, "127.0.0.1");
	await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
	let head = "";
	let expected = -1;
	let seen = 0;
	let done: { resolve: (bytes: number) => void; reject: (error: Error) => void } | null = null;
	socket.on("data", (chunk: Buffer) => {
		let body = chunk.length;
		if (expected < 0) {
			head += chunk.toString("latin1");
			const end = head.indexOf("\r\n\r\n");
			if (end < 0) return;
			const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
			if (!head.startsWith("HTTP/1.1 206") || length === undefined) {
				done?.reject(new Error(head.slice(0, 200)));
				return;
			}
			expected = Number(length);
			body = head.length - end - 4;
		}
		seen += body;
		if (seen === expected) done?.resolve(seen);
	});
	socket.on("error", (error) => done?.reject(error));
	socket.on("close", () => done?.reject(new Error("the connection was ended")));
	return {
		ask(from: number, to: number): Promise<number> {
			[head, expected, seen] = ["", -1, 0];
			const lines = [`GET ${path} HTTP/1.1`, `host: 127.0.0.1:${port}`, ...headers];
			const asked = new Promise<number>((resolve, reject) => {
				done = { resolve, reject };
			});
			socket.write(`${[...lines, `range: bytes=${from}-${to}`].join("\r\n")}\r\n\r\n`);
			return asked;
		},
		close() {
			done = null;
			socket.destroy();
		},
	};
}

async function startBare(
	path: string,
	sizeBytes: number,
): Promise<{ port: number; stop: () => Promise<void> }> {
	const child = spawn(process.execPath, [bareServer, path, `${sizeBytes}`], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const ended = new Promise((resolve) => child.once("close", resolve));
	const line = await new Promise<string>((resolve, reject) => {
		child.once("exit", (status) => reject(new Error(`the bare server ended with ${status}`)));
		createInterface({ input: child.stdout }).once("line", resolve);
	});
	return {
		port: Number(line),
		async stop() {
			child.kill("SIGTERM");
			await ended;
		},
	};
}

/** Debian's nginx as it comes, over one folder: `sendfile`, as many workers as cores, an access log. */
async function startNginx(root: string): Promise<{ port: number; stop: () => Promise<void> }> {
	const port = await freePort();
	const folder = join(root, "nginx");
	await mkdir(folder);
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
		.map((name) => `${name}_temp_path ${folder}/${name};`)
		.join(" ");
	await writeFile(
		join(folder, "nginx.conf"),
		`${process.getuid?.() === 0 ? "user root;" : ""} daemon off; worker_processes auto; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 768; }
http {
	sendfile on; keepalive_requests 1000000; access_log ${folder}/access.log;
	${temporary}
	server { listen 127.0.0.1:${port}; root ${root}; }
}
`,
	);
	const child = spawn("/usr/sbin/nginx", ["-c", join(folder, "nginx.conf"), "-p", folder], {
		stdio: ["ignore", "ignore", "pipe"],
	});
	const ended = new Promise((resolve) => child.once("close", resolve));
	await answering(child, port, join(folder, "error.log"));
	return {
		port,
		async stop() {
			child.kill("SIGTERM");
			await ended;
		},
	};
}

async function answering(child: ChildProcess, port: number, log: string): Promise<void> {
	for (let tries = 0; tries < 200; tries += 1) {
		if (child.exitCode !== null) break;
		try {
			await fetch(`http://127.0.0.1:${port}/`);
			return;
		} catch {
			await sleep(25);
		}
	}
	throw new Error(`nginx did not start: ${await readFile(log, "utf8").catch(String)}`);
}

async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === "string") throw new Error("no port");
	return address.port;
}

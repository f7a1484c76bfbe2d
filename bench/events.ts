import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";
import { environmentIn } from "./process.ts";
import { median, type Row } from "./row.ts";
import { startServing } from "./serving.ts";

const streams = 1000;
const rounds = 15;
const mark = '"type":"settings"';

type Server = {
	url: string;
	child: ChildProcess;
	cookie: string;
	/** Has one event told to everybody. */
	tell: (round: number) => Promise<void>;
};

/** A thousand open event streams: what they cost, and how long until all of them have heard. */
export async function benchEvents(): Promise<Row[]> {
	const peer = await measure(await startPeer());
	const home = await mkdtemp(join(tmpdir(), "onwax-events-"));
	try {
		const serving = await startServing({
			...environmentIn(home),
			ONWAX_SERVER_REQUESTS_PER_MINUTE: "1000000",
		});
		const { url, cookie, child } = serving;
		const tell = async (round: number) => {
			const rules = [{ from: `word ${round}`, to: "other", kind: "words" }];
			const response = await fetch(`${url}/api/v1/lexicons/bench`, {
				method: "PUT",
				headers: { cookie, "content-type": "application/json", origin: url },
				body: JSON.stringify({ rules }),
			});
			if (!response.ok) throw new Error(await response.text());
		};
		const ours = await measure({ url, cookie, child, tell });
		return [
			row("1 000 event streams: memory of one", ours.kilobytes, peer.kilobytes, 2, "kB"),
			row("1 000 event streams: until all have heard", ours.spreadMs, peer.spreadMs, 2, "ms"),
		];
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}

function row(what: string, ours: number, peer: number, target: number, unit: string): Row {
	return { what, ours, peer, ratio: ours / peer, target, unit };
}

async function startPeer(): Promise<Server> {
	const program = join(import.meta.dirname, "events-peer.js");
	const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
	const url = await new Promise<string>((resolve) => {
		createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", (line) =>
			resolve((JSON.parse(line) as { url: string }).url),
		);
	});
	const tell = async () => void (await fetch(url, { method: "POST" }));
	return { url, child, cookie: "", tell };
}

async function measure({ url, child, cookie, tell }: Server) {
	await tell(0);
	const before = await rssKilobytes(child);
	const heard = { times: [] as number[] };
	const sockets: Socket[] = [];
	for (let index = 0; index < streams; index += 1) sockets.push(await open(url, cookie, heard));
	await later(1000);
	const kilobytes = ((await rssKilobytes(child)) - before) / streams;
	const spreads: number[] = [];
	for (let round = 1; round <= rounds; round += 1) {
		heard.times = [];
		await tell(round);
		while (heard.times.length < streams) await later(1);
		// From the first one's hearing to the last one's: writing the rules to disk is not counted.
		spreads.push(Math.max(...heard.times) - Math.min(...heard.times));
	}
	for (const socket of sockets) socket.destroy();
	const ended = new Promise((resolve) => child.once("exit", resolve));
	child.kill("SIGTERM");
	await ended;
	return { kilobytes, spreadMs: median(spreads) };
}

async function open(url: string, cookie: string, heard: { times: number[] }): Promise<Socket> {
	const { hostname, port, host } = new URL(url);
	const socket = connect(Number(port), hostname);
	const begun = new Promise<void>((resolve, reject) => {
		socket.once("data", (bytes) =>
			bytes.includes(" 200 ") ? resolve() : reject(new Error(bytes.toString())),
		);
		socket.once("error", reject);
	});
	socket.on("data", (bytes) => {
		if (bytes.includes(mark)) heard.times.push(performance.now());
	});
	socket.write(`GET /api/v1/events HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\n\r\n`);
	await begun;
	return socket;
}

async function rssKilobytes({ pid }: ChildProcess): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, "utf8");
	return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

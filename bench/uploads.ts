import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openAccess } from "../src/access/access.ts";
import { layoutOf } from "../src/archive/layout.ts";
import { silentLogger } from "../src/logger.ts";
import { buildWavHeader } from "../src/wav.ts";
import { environmentIn, program, settleDisk } from "./process.ts";
import { inTurn, type Row } from "./row.ts";

const bareServer = new URL("./bare-upload-server.js", import.meta.url).pathname;

type Running = { child: ChildProcess; url: string; token: string; dataDir: string };

/** One large upload against a bare server that writes and syncs the same bytes; many small ones at once. */
export async function benchUploads(sizeBytes = 1_000_000_000, rounds = 3): Promise<Row[]> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-bench-uploads-"));
	const running: ChildProcess[] = [];
	try {
		const path = join(folder, "large.wav");
		await writeWav(path, sizeBytes);
		const bare = await startBare(folder);
		running.push(bare.child);
		const onwax = await startOnwax(folder);
		running.push(onwax.child);
		// What is loaded and compiled at the first upload is there from then on.
		await manyAtOnce(onwax, 20);
		await settleDisk();
		const restBytes = await residentBytes(onwax.child);
		let peakBytes = restBytes;
		const watch = setInterval(() => {
			void residentBytes(onwax.child).then((bytes) => {
				peakBytes = Math.max(peakBytes, bytes);
			});
		}, 50);
		// Each upload is audio of its own: what is known already would be read and compared.
		let turn = 0;
		const timed = async (send: () => Promise<void>) => {
			turn += 1;
			await marked(path, turn);
			await settleDisk();
			const start = performance.now();
			await send();
			return (performance.now() - start) / 1000;
		};
		const peer = () => timed(() => sendFile(bare.url, "PUT", "/", {}, path, sizeBytes));
		const put = () =>
			timed(() =>
				sendFile(onwax.url, "PUT", "/api/v1/recordings/a.wav", bearer(onwax), path, sizeBytes),
			).finally(() => dropRecordings(onwax));
		const tus = () =>
			timed(() => sendByTus(onwax, path, sizeBytes)).finally(() => dropRecordings(onwax));
		const rows: Row[] = [];
		for (const [how, ours] of [
			["one tus PATCH", tus],
			["raw PUT", put],
		] as const) {
			const { ours: mine, peer: theirs } = await inTurn(rounds, ours, peer);
			const megabytes = (seconds: number) => sizeBytes / 1e6 / seconds;
			rows.push({
				what: `upload of ${sizeBytes / 1e9} GB by ${how}, against a bare Node server that syncs`,
				...{ ours: megabytes(mine), peer: megabytes(theirs), ratio: theirs / mine },
				...{ target: 0.8, bound: "at least", unit: "MB/s" },
			});
		}
		clearInterval(watch);
		const growth = (peakBytes - restBytes) / 1e6;
		const what = `growth of memory (RSS) meanwhile`;
		rows.push({ what, ours: growth, peer: null, ratio: growth, target: 50, unit: "MB" });
		rows.push(await manyAtOnce(onwax));
		return rows;
	} finally {
		for (const child of running) child.kill("SIGKILL");
		await rm(folder, { recursive: true, force: true });
	}
}

async function manyAtOnce(onwax: Running, count = 200): Promise<Row> {
	const bodies = Array.from({ length: count }, () => wav(1_000_000));
	const start = performance.now();
	await Promise.all(
		bodies.map(async (body) => {
			const response = await fetch(`${onwax.url}/api/v1/recordings/a.wav`, {
				method: "PUT",
				headers: bearer(onwax),
				body: new Uint8Array(body),
			});
			const receipt = (await response.json()) as { sha256: string };
			const wanted = createHash("sha256").update(body).digest("hex");
			if (receipt.sha256 !== wanted) throw new Error(`${response.status}: not what was sent`);
		}),
	);
	const seconds = (performance.now() - start) / 1000;
	const what = `${count} uploads of 1 MB at once, all with a receipt`;
	return { what, ours: seconds, peer: null, ratio: seconds, target: 20, unit: "s" };
}

function wav(sizeBytes: number): Buffer {
	return Buffer.concat([header(sizeBytes - 44), randomBytes(sizeBytes - 44)]);
}

function header(dataBytes: number): Uint8Array {
	const layout = { sampleRate: 44_100, channels: 2, bitDepth: 16 } as const;
	return buildWavHeader({ encoding: "pcm", ...layout, dataBytes });
}

async function writeWav(path: string, sizeBytes: number): Promise<void> {
	const file = await open(path, "wx");
	const noise = randomBytes(1_000_000);
	await file.write(header(sizeBytes - 44));
	for (let at = 44; at < sizeBytes; at += noise.length) {
		await file.write(noise.subarray(0, Math.min(noise.length, sizeBytes - at)));
	}
	await file.close();
}

async function marked(path: string, turn: number): Promise<void> {
	const file = await open(path, "r+");
	await file.write(Buffer.from([turn, turn >> 8]), 0, 2, 44);
	await file.close();
}

function bearer({ token }: Running): Record<string, string> {
	return { authorization: `Bearer ${token}` };
}

function sendFile(
	url: string,
	method: string,
	path: string,
	headers: Record<string, string>,
	file: string,
	sizeBytes: number,
): Promise<void> {
	return new Promise((done, fail) => {
		const { hostname, port } = new URL(url);
		const options = { hostname, port, path, method };
		const sent = request(
			{ ...options, headers: { ...headers, "content-length": sizeBytes } },
			(response) => {
				response.resume();
				response.on("end", () => {
					if ((response.statusCode ?? 500) < 300) done();
					else fail(new Error(`${method} ${path}: ${response.statusCode}`));
				});
			},
		);
		sent.on("error", fail);
		createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(sent);
	});
}

async function sendByTus(onwax: Running, file: string, sizeBytes: number): Promise<void> {
	const tus = { ...bearer(onwax), "tus-resumable": "1.0.0" };
	const created = await fetch(`${onwax.url}/api/v1/uploads`, {
		method: "POST",
		headers: {
			...tus,
			"upload-length": `${sizeBytes}`,
			"upload-metadata": `filename ${Buffer.from("a.wav").toString("base64")}`,
		},
	});
	const path = created.headers.get("location") ?? "";
	const headers = {
		...{ ...tus, "upload-offset": "0" },
		"content-type": "application/offset+octet-stream",
	};
	await sendFile(onwax.url, "PATCH", path, headers, file, sizeBytes);
}

/** Room for the next one; the library is thrown away afterwards. */
async function dropRecordings({ dataDir }: Running): Promise<void> {
	await rm(join(dataDir, "recordings", "pending"), { recursive: true, force: true });
	await mkdir(join(dataDir, "recordings", "pending"));
}

async function startBare(folder: string): Promise<{ child: ChildProcess; url: string }> {
	const child = spawn(process.execPath, [bareServer, join(folder, "bare")], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	return { child, url: await firstLine(child) };
}

async function startOnwax(folder: string): Promise<Running> {
	const home = join(folder, "home");
	await mkdir(home);
	const dataDir = join(folder, "data");
	const access = await openAccess({ folder: layoutOf(dataDir).access, log: silentLogger });
	const { secret: token } = await access.createToken({ name: "bench", scopes: ["upload"] });
	await access.close();
	const args = [program, "serve", "--no-worker", "--port", "0", "--json"];
	const env = { ...environmentIn(home), ONWAX_DATA_DIR: dataDir, ONWAX_IMPORT_MAX_SIZE_MB: "4000" };
	const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"] });
	const { url } = JSON.parse(await firstLine(child)) as { url: string };
	return { child, url, token, dataDir };
}

async function firstLine(child: ChildProcess): Promise<string> {
	if (!child.stdout) throw new Error("it has no output");
	for await (const line of createInterface({ input: child.stdout })) return line;
	throw new Error("it ended without a word");
}

async function residentBytes({ pid }: ChildProcess): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
	return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

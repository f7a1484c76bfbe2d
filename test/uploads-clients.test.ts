import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { Upload } from "tus-js-client";
import { tempFolder } from "./temp-folder.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { recordingsOf, sha256, someWav, uploadsLeft, withSha256 } from "./uploads-sender.ts";

/* Clients that nobody here wrote. */

// As a text, and so without their types: those bring the DOM's into the whole program.
const { default: Uppy } = await import("@uppy/core" as string);
const { default: UppyTus } = await import("@uppy/tus" as string);
const run = promisify(execFile);

async function assertKept({ app }: TempService, wavs: readonly Uint8Array[]): Promise<void> {
	for (const wav of wavs) assert.ok(await withSha256(app, sha256(wav)), "it is in the library");
	assert.equal((await recordingsOf(app)).length, wavs.length, "and nothing else is");
	assert.deepEqual(await uploadsLeft(app), []);
}

/**
 * Passes requests on, and cuts those connections at a PATCH that `cuts` says: `body` after the first
 * bytes, `answer` when the server has done everything.
 */
async function brittleProxy(t: TestContext, target: string, cuts: ("body" | "answer")[]) {
	const proxy: Server = createServer((incoming, outgoing) => {
		const cut = incoming.method === "PATCH" ? cuts.shift() : undefined;
		const { hostname, port } = new URL(target);
		const { url: path, method, headers } = incoming;
		const passed = httpRequest({ hostname, port, path, method, headers }, (answer) => {
			if (cut === "answer") return void incoming.socket.destroy();
			outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(outgoing);
		});
		passed.on("error", () => incoming.socket.destroy());
		if (cut === "body") cutBody(incoming, () => passed.destroy());
		incoming.pipe(passed);
	});
	proxy.listen(0, "127.0.0.1");
	await new Promise((listening) => proxy.once("listening", listening));
	t.after(() => {
		proxy.closeAllConnections();
		proxy.close();
	});
	return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

function cutBody(incoming: IncomingMessage, end: () => void): void {
	let seen = 0;
	incoming.on("data", (chunk: Buffer) => {
		seen += chunk.length;
		if (seen < 100_000) return;
		end();
		incoming.socket.destroy();
	});
}

function upload(
	service: TempService,
	endpoint: string,
	wav: Buffer,
	options: object = {},
): Promise<string> {
	return new Promise((done, fail) => {
		let name = "";
		const one = new Upload(wav, {
			endpoint: `${endpoint}/api/v1/uploads`,
			headers: { authorization: `Bearer ${service.token}` },
			metadata: { filename: "mémo.wav" },
			retryDelays: [0, 50, 100, 200, 500],
			onAfterResponse(_request, response) {
				name = response.getHeader("onwax-name") ?? name;
			},
			onSuccess: () => done(name),
			onError: fail,
			...options,
		});
		one.start();
	});
}

test("tus-js-client: whole, in parts, with its first bytes in its creation", async (t) => {
	const service = await startTempService(t);
	const wavs = [someWav(2), someWav(2), someWav(2)];
	const [whole, parts, first] = wavs as [Buffer, Buffer, Buffer];
	const names = await Promise.all([
		upload(service, service.url, whole),
		upload(service, service.url, parts, { chunkSize: 10_000 }),
		upload(service, service.url, first, { uploadDataDuringCreation: true }),
	]);
	for (const [index, wav] of wavs.entries()) {
		assert.equal(await withSha256(service.app, sha256(wav)), names[index]);
	}
	await assertKept(service, wavs);
});

test("tus-js-client: connections break in the middle and after the end, and it goes on", async (t) => {
	const service = await startTempService(t);
	const wav = someWav(60);
	const proxy = await brittleProxy(t, service.url, ["body", "answer", "body", "answer"]);
	await upload(service, proxy, wav, { chunkSize: 400_000 });
	await assertKept(service, [wav]);
});

test("Uppy sends several files", async (t) => {
	const service = await startTempService(t);
	const uppy = new Uppy({ autoProceed: false });
	uppy.use(UppyTus, {
		endpoint: `${service.url}/api/v1/uploads`,
		headers: { authorization: `Bearer ${service.token}` },
		chunkSize: 20_000,
		retryDelays: [0, 100],
	});
	const wavs = [someWav(2), someWav(2), someWav(2)];
	for (const [index, wav] of wavs.entries()) {
		// In Node its tus client takes buffers alone.
		const data = Object.assign(Buffer.from(wav), { size: wav.length }) as unknown as Blob;
		uppy.addFile({ name: `memo ${index}.wav`, type: "audio/wav", data });
	}
	const result = await uppy.upload();
	assert.deepEqual(result?.failed, []);
	assert.equal(result?.successful?.length, 3);
	uppy.destroy();
	await assertKept(service, wavs);
});

/** Debian's Python, whatever else is called so on this machine: it has tus' own client beside it. */
const python = "/usr/bin/python3";
const tuspy = `
import sys
from tusclient.client import TusClient
endpoint, token, path = sys.argv[1:]
client = TusClient(endpoint, headers={"Authorization": "Bearer " + token})
uploader = client.uploader(path, chunk_size=50_000, upload_checksum=True,
    retries=5, retry_delay=0.1, metadata={"filename": "a memo.wav"})
uploader.upload_chunk()
# Somebody else goes on with it, who knows its address alone.
client.uploader(path, url=uploader.url, chunk_size=70_000, upload_checksum=True).upload()
`;

test("tuspy: in parts with checksums, and taken up again by its address", async (t) => {
	const service = await startTempService(t);
	const wav = someWav(20);
	const path = join(await tempFolder(t), "memo.wav");
	await writeFile(path, wav);
	await run(python, ["-c", tuspy, `${service.url}/api/v1/uploads`, service.token, path]);
	await assertKept(service, [wav]);
});

test("curl: a form, -T, a body from a pipe", async (t) => {
	const service = await startTempService(t);
	const folder = await tempFolder(t);
	const wavs = [someWav(), someWav(), someWav(), someWav()];
	const paths = wavs.map((_, index) => join(folder, `m ${index}.wav`));
	for (const [index, wav] of wavs.entries()) await writeFile(paths[index] as string, wav);
	const address = `${service.url}/api/v1/recordings`;
	const curl = async (...args: string[]) => {
		const auth = ["-sS", "--fail-with-body", "-H", `Authorization: Bearer ${service.token}`];
		const { stdout } = await run("curl", [...auth, ...args]);
		return JSON.parse(stdout);
	};
	const form = await curl("-F", "title=From curl", "-F", `file=@${paths[0]}`, address);
	assert.equal(form.receipts[0].sha256, sha256(wavs[0] as Buffer));
	const put = await curl("-T", paths[1] as string, `${address}/`);
	assert.equal(put.sha256, sha256(wavs[1] as Buffer));
	const body = ["-H", "Content-Type: audio/wav", "--data-binary", `@${paths[2]}`];
	assert.equal((await curl(...body, address)).sha256, sha256(wavs[2] as Buffer));
	const chunked = ["-H", "Transfer-Encoding: chunked", "-T", paths[3] as string];
	assert.equal((await curl(...chunked, `${address}/x.wav`)).sha256, sha256(wavs[3] as Buffer));
	await assertKept(service, wavs);
});

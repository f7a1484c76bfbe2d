import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { receiveBody } from "./receive-body.ts";

const bytes = randomBytes(3_000_000);

/** Everything of it is in the file, with its hash; the chunks as they were handed over. */
async function received(file: FileHandle, body: Readable): Promise<Uint8Array[]> {
	const chunks: Uint8Array[] = [];
	const from = { offsetBytes: 0, hash: createHash("sha256") };
	const { progress, cut } = await receiveBody(file, from, body, {
		...{ limitBytes: bytes.length, checksum: null, idleSeconds: 10 },
		requireSpace: async () => {},
		onChunk: (chunk) => chunks.push(chunk),
		onSynced: async () => {},
	});
	assert.equal(cut, null);
	assert.equal(progress.offsetBytes, bytes.length);
	const wanted = createHash("sha256").update(bytes).digest("hex");
	assert.equal(progress.hash.digest("hex"), wanted);
	return chunks;
}

test("the memory of a request's body is given back once it is written, not when the collector comes", async (t) => {
	const path = join(await tempFolder(t), "audio.part");
	const file = await open(path, "w");
	t.after(() => file.close());
	const chunks: Uint8Array[] = [];
	const server = createServer(async (request, response) => {
		chunks.push(...(await received(file, request)));
		response.end();
	}).listen(0, "127.0.0.1");
	t.after(() => server.close());
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	const sending = request({ host: "127.0.0.1", port, method: "PUT" }).end(bytes);
	const [response] = await once(sending, "response");
	response.resume();
	assert.ok((await readFile(path)).equals(bytes));
	// Few chunks are so small that they share their memory with others.
	const kept = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
	assert.ok(kept < bytes.length / 10, `${kept} of ${bytes.length} bytes are still held`);
});

test("what somebody else made is theirs", async (t) => {
	const path = join(await tempFolder(t), "audio.part");
	const file = await open(path, "w");
	t.after(() => file.close());
	const own = new Uint8Array(bytes);
	await received(file, Readable.from([own]));
	assert.ok(bytes.equals(own));
	assert.ok((await readFile(path)).equals(bytes));
});

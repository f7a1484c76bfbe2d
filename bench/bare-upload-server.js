// The peer of bench/uploads.ts: takes a body, writes it, syncs it, answers. No hash, no library.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

const folder = process.argv[2];
await mkdir(folder);
let number = 0;
const server = createServer(async (request, response) => {
	const path = join(folder, String(number++));
	await pipeline(request, createWriteStream(path));
	const file = await open(path, "r+");
	await file.datasync();
	await file.close();
	response.writeHead(204).end();
	await rm(path);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);

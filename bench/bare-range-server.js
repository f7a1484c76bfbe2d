// A peer of bench/ranges.ts: answers a range of one file with one read and one write, and nothing else.
import { once } from "node:events";
import { openSync, read } from "node:fs";
import { createServer } from "node:http";

const file = openSync(process.argv[2], "r");
const sizeBytes = Number(process.argv[3]);
const free = [];
const server = createServer((request, response) => {
	const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
	const start = Number(from ?? 0);
	const length = Number(to ?? sizeBytes - 1) - start + 1;
	const kept = length <= 1_048_576 ? free.pop() : undefined;
	const buffer = kept ?? Buffer.allocUnsafeSlow(Math.max(length, 1_048_576));
	read(file, buffer, 0, length, start, (_error, bytesRead) => {
		response.writeHead(from === undefined ? 200 : 206, {
			"content-length": bytesRead,
			"content-range": `bytes ${start}-${start + length - 1}/${sizeBytes}`,
		});
		response.end(buffer.subarray(0, bytesRead), () => free.push(buffer));
	});
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.stdout.write(`${server.address().port}\n`);

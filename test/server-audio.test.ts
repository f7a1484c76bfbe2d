import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { appendFile, readFile, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { trashRecording } from "../src/library/remove.ts";
import { startHeardService } from "./heard-service.ts";
import { needs } from "./outside-program.ts";
import { publishBytes } from "./temp-library.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { folderOf } from "./transcribed-recording.ts";

/** Not audio: nothing here looks inside. Longer than what is sent in one piece. */
const content = randomBytes(3_000_001);
const sha256 = createHash("sha256").update(content).digest("hex");

async function withRecording(service: TempService, title = "a memo"): Promise<string> {
	const published = await publishBytes(service.app.library, content, { title });
	assert.equal(published.kind, "published");
	return published.metadata.name;
}

const addressOf = (name: string) => `/api/v1/recordings/${name}/audio`;

async function bytesOf(response: Response): Promise<Buffer> {
	return Buffer.from(await response.arrayBuffer());
}

test("sends the audio whole or in part, with what proves that it is the same", async (t) => {
	const service = await startTempService(t);
	const address = addressOf(await withRecording(service));
	const whole = await service.ask(address);
	assert.equal(whole.status, 200);
	assert.ok((await bytesOf(whole)).equals(content));
	const expected = {
		...{ etag: `"${sha256}"`, "accept-ranges": "bytes", "content-length": "3000001" },
		...{ "content-type": "audio/wav", "x-content-type-options": "nosniff" },
		"content-disposition": null,
	};
	for (const [name, value] of Object.entries(expected)) {
		assert.equal(whole.headers.get(name), value, name);
	}
	const ranges: [string, number, number][] = [
		["bytes=0-0", 0, 1],
		["bytes=1000-70000", 1000, 70_001],
		["bytes=5-2900000", 5, 2_900_001],
		["bytes=2999990-", 2_999_990, 3_000_001],
		["bytes=-7", 2_999_994, 3_000_001],
		["bytes=10-99999999", 10, 3_000_001],
	];
	for (const [range, from, to] of ranges) {
		const part = await service.ask(address, { headers: { range } });
		assert.equal(part.status, 206, range);
		assert.equal(part.headers.get("content-range"), `bytes ${from}-${to - 1}/3000001`);
		assert.ok((await bytesOf(part)).equals(content.subarray(from, to)), range);
	}
	const beyond = await service.ask(address, { headers: { range: "bytes=3000001-" } });
	assert.equal(beyond.status, 416);
	assert.equal(beyond.headers.get("content-range"), "bytes */3000001");
	assert.match(beyond.headers.get("content-type") ?? "", /problem/);
	for (const range of ["bytes=0-1,5-6", "pages=1-2"]) {
		const all = await service.ask(address, { headers: { range } });
		assert.deepEqual([all.status, (await bytesOf(all)).length], [200, content.length]);
	}
	const head = await service.ask(address, { method: "HEAD", headers: { range: "bytes=0-9" } });
	assert.deepEqual([head.status, head.headers.get("content-length")], [206, "10"]);
	assert.equal((await bytesOf(head)).length, 0);
});

test("that it was heard is noted once, however many pieces a player asks for", async (t) => {
	const service = await startTempService(t);
	const address = addressOf(await withRecording(service));
	for (const range of ["bytes=0-0", "bytes=5-9", "bytes=0-0", "bytes=7-7"]) {
		for (const path of [address, `${address}?download=1`]) {
			await bytesOf(await service.ask(path, { headers: { range } }));
		}
	}
	for (let at = 0; at < 2; at += 1) await bytesOf(await service.ask(`${address}?download=1`));
	await service.ask("/api/v1/session", { method: "DELETE" });
	const answer = await service.ask("/api/v1/audit?action=download");
	const { entries } = (await answer.json()) as { entries: { detail: { how: string } }[] };
	assert.deepEqual(entries.map(({ detail }) => detail.how).sort(), [
		...["played", "saved", "saved", "saved"],
	]);
});

test("sends nothing twice, and never joins parts of two files", async (t) => {
	const service = await startTempService(t);
	const address = addressOf(await withRecording(service));
	const head = await service.ask(address, { method: "HEAD" });
	const modified = head.headers.get("last-modified") ?? "";
	const tag = `"${sha256}"`;
	const status = async (headers: Record<string, string>) => {
		const response = await service.ask(address, { headers });
		await response.arrayBuffer();
		return response.status;
	};
	assert.equal(await status({ "if-none-match": tag }), 304);
	assert.equal(await status({ "if-none-match": `"other", W/${tag}` }), 304);
	assert.equal(await status({ "if-none-match": '"other"' }), 200);
	assert.equal(await status({ "if-modified-since": modified }), 304);
	assert.equal(await status({ "if-none-match": '"other"', "if-modified-since": modified }), 200);
	assert.equal(await status({ "if-modified-since": "Thu, 01 Jan 2015 00:00:00 GMT" }), 200);
	const range = "bytes=0-9";
	assert.equal(await status({ range, "if-range": tag }), 206);
	assert.equal(await status({ range, "if-range": modified }), 206);
	assert.equal(await status({ range, "if-range": '"other"' }), 200);
	assert.equal(await status({ range, "if-range": `W/${tag}` }), 200);
	assert.equal(await status({ range, "if-range": "Thu, 01 Jan 2015 00:00:00 GMT" }), 200);
});

test("is saved under its title, whatever that is made of", async (t) => {
	const service = await startTempService(t);
	const name = await withRecording(service, 'Ü/../"x";\u202e.exe');
	const saved = await service.ask(`${addressOf(name)}?download=1`);
	await saved.arrayBuffer();
	assert.equal(
		saved.headers.get("content-disposition"),
		`attachment; filename="U-..--x-; .exe.wav"; filename*=UTF-8''%C3%9C-..--x-%3B%20.exe.wav`,
	);
	const audit = (await (await service.ask("/api/v1/audit?limit=5")).json()) as {
		entries: { action: string; recording: string }[];
	};
	assert.ok(audit.entries.some((one) => one.action === "download" && one.recording === name));
});

test("goes on to its end while its folder moves, and is found where it lies then", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const name = await withRecording(service);
	const response = await service.ask(addressOf(name));
	const reader = response.body?.getReader() ?? assert.fail("no body");
	const pieces = [(await reader.read()).value ?? assert.fail("no bytes")];
	await trashRecording(library, name);
	for (let one = await reader.read(); !one.done; one = await reader.read()) pieces.push(one.value);
	assert.ok(Buffer.concat(pieces).equals(content));
	const again = await service.ask(addressOf(name), { headers: { range: "bytes=0-9" } });
	assert.ok((await bytesOf(again)).equals(content.subarray(0, 10)));
	// The folder has moved already, and the catalogue hears of it while it is looked for.
	const other = await publishBytes(library, content.subarray(1), {});
	assert.equal(other.kind, "published");
	const [from, elsewhere] = [
		await folderOf(library, other.metadata.name),
		`${library.layout.data}/x`,
	];
	await rename(from, elsewhere);
	const waiting = service.ask(addressOf(other.metadata.name));
	setTimeout(() => void rename(elsewhere, from), 20);
	assert.equal((await bytesOf(await waiting)).length, content.length - 1);
});

test("follows no link, and calls nothing by a hash that it may not have", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const name = await withRecording(service);
	const path = join(await folderOf(library, name), "audio.wav");
	await appendFile(path, "more");
	const changed = await service.ask(addressOf(name), { method: "HEAD" });
	assert.match(changed.headers.get("etag") ?? "", /^W\//);
	assert.equal(changed.headers.get("content-length"), "3000005");
	const other = await publishBytes(library, content.subarray(1), {});
	assert.equal(other.kind, "published");
	const linked = join(await folderOf(library, other.metadata.name), "audio.wav");
	await rm(linked);
	const missing = await service.ask(addressOf(other.metadata.name));
	assert.deepEqual(
		[missing.status, ((await missing.json()) as { code: string }).code],
		[500, "ERR_DAMAGED"],
	);
	await symlink("/etc/passwd", linked);
	const followed = await service.ask(addressOf(other.metadata.name));
	assert.equal(((await followed.json()) as { code: string }).code, "ERR_SYMLINK");
});

test("gives the waveform, and samples of a stretch", async (t) => {
	const service = await startHeardService(t);
	const { name, ask, send, until } = service;
	type Drawn = { files: Record<string, unknown>; sizeBytes: number };
	const at = `/api/v1/recordings/${name}`;
	await until<Drawn>(at, ({ files }) => files["peaks.bin"] !== undefined);
	const stored = await bytesOf(await ask(`${at}/peaks`));
	assert.equal(stored.toString("latin1", 0, 4), "OWPK");
	const narrow = await service.json<{ buckets: number; values: number[] }>(`${at}/peaks?width=7`);
	assert.deepEqual([narrow.buckets, narrow.values.length], [7, 14]);
	const lows = narrow.values.filter((_, index) => index % 2 === 0);
	assert.equal(Math.min(...lows), Math.min(...new Int8Array(stored.subarray(64))));
	const same = await ask(`${at}/peaks`);
	const tag = same.headers.get("etag") ?? "";
	assert.equal((await ask(`${at}/peaks`, { headers: { "if-none-match": tag } })).status, 304);

	const file = await readFile(join(await folderOf(service.app.library, name), "audio.wav"));
	const samples = await bytesOf(await ask(`${at}/samples?from=0.5&to=1.25`));
	assert.ok(samples.equals(file.subarray(44 + 16_000, 44 + 40_000)));
	const end = await bytesOf(await ask(`${at}/samples?from=1.5&to=20`));
	assert.equal(end.length, 16_000);
	for (const query of ["from=1&to=1", "from=0&to=121", "from=-1&to=1", "from=a&to=1", "from=0"]) {
		assert.equal((await ask(`${at}/samples?${query}`)).status, 400, query);
	}

	const plain = await publishBytes(service.app.library, content, {});
	assert.equal(plain.kind, "published");
	const undrawn = `/api/v1/recordings/${plain.metadata.name}/peaks`;
	const missing = await ask(undrawn);
	assert.deepEqual(
		[missing.status, ((await missing.json()) as { code: string }).code],
		[404, "ERR_NOT_FOUND"],
	);
	assert.equal((await send("POST", undrawn)).status, 202);
	const { jobs } = await service.json<{ jobs: { kind: string }[] }>(
		`/api/v1/recordings/${plain.metadata.name}/jobs`,
	);
	assert.ok(jobs.every(({ kind }) => kind === "peaks"));
});

test("gives everybody their own piece, however many ask at once", async (t) => {
	const service = await startTempService(t);
	const address = addressOf(await withRecording(service));
	const pieces = Array.from({ length: 150 }, (_, index) => {
		const from = (index * 7919) % 1_900_000;
		return { from, to: from + 1000 * (index + 1) + 60_000 };
	});
	const wrong = await Promise.all(
		pieces.map(async ({ from, to }, index) => {
			const headers = { range: `bytes=${from}-${to - 1}` };
			const response = await service.ask(address, { headers });
			// Some hang up in the middle: what was read for them must not turn up elsewhere.
			if (index % 10 === 0) return response.body?.cancel().then(() => false);
			return !(await bytesOf(response)).equals(content.subarray(from, to));
		}),
	);
	assert.equal(wrong.filter(Boolean).length, 0);
});

test("curl goes on with what was cut off", async (t) => {
	if (!needs(t, "curl", "curl")) return;
	const service = await startTempService(t);
	const address = `${service.url}${addressOf(await withRecording(service))}`;
	const to = join(service.app.library.layout.data, "fetched.wav");
	const options = ["-sSf", "-H", `authorization: Bearer ${service.token}`, "-o", to];
	const curl = (...more: string[]) => promisify(execFile)("curl", [...options, ...more, address]);
	await curl("-r", "0-1234567");
	await curl("-C", "-");
	assert.ok((await readFile(to)).equals(content));
});

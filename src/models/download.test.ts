import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { startFakeModelServer } from "../../test/fake-model-server.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { OnwaxError } from "../errors.ts";
import { download } from "./download.ts";
import type { DownloadLimits, DownloadOptions, DownloadRequest } from "./download-options.ts";
import { redirected } from "./http-get.ts";
import { type Workplace, workplaceOf } from "./workplace.ts";

const limits: DownloadLimits = {
	idleTimeoutMs: 5000,
	mostFailures: 4,
	backoff: { baseSeconds: 0.001, capSeconds: 0.001 },
	longestWaitSeconds: 1,
	syncEveryBytes: 10_000,
};

const file = randomBytes(300_000);
const sha256 = createHash("sha256").update(file).digest("hex");
const expected = { sha256, because: "what was published" };

async function setUp(t: TestContext, over: Partial<DownloadRequest> = {}) {
	const server = await startFakeModelServer(t);
	server.put("model.bin", file);
	const folder = await tempFolder(t);
	const places = workplaceOf(folder, "model");
	await makeFolder(join(folder, ".incoming"));
	const retries: OnwaxError[] = [];
	const request: DownloadRequest = {
		address: `${server.address}/model.bin`,
		places,
		expected,
		maxBytes: 1e6,
		...over,
	};
	const options: DownloadOptions = {
		limits,
		signal: new AbortController().signal,
		onProgress: () => {},
		onRetry: (error) => void retries.push(error),
		onLength: async () => {},
	};
	return { server, places, folder, request, options, retries };
}

async function assertWhole({ part }: Workplace): Promise<void> {
	assert.ok((await readFile(part)).equals(file), "what is on the disk is the file");
}

function failure(code: string, message: RegExp) {
	return (error: unknown) => {
		assert.ok(error instanceof OnwaxError);
		assert.equal(error.code, code, error.message);
		assert.match(error.message, message);
		return true;
	};
}

test("an undisturbed download asks once and says what it is", async (t) => {
	const { server, places, request, options } = await setUp(t);
	assert.deepEqual(await download(request, options), { sha256, sizeBytes: file.length });
	await assertWhole(places);
	assert.equal(server.requests.length, 1);
});

test("a cut connection is gone on with where it was cut, and no byte comes twice", async (t) => {
	const { server, places, request, options, retries } = await setUp(t);
	server.script = [{ cutAfter: 100_000 }, { cutAfter: 50_000 }];
	await download(request, options);
	await assertWhole(places);
	assert.deepEqual(
		server.requests.map(({ range, servedBytes }) => [range, servedBytes]),
		[
			[null, 100_000],
			["bytes=100000-", 50_000],
			["bytes=150000-", 150_000],
		],
	);
	assert.equal(retries.length, 2);
	assert.match(retries[0]?.message ?? "", /cut the connection/);
});

test("wherever the connection is cut, the file comes whole and each byte once", async (t) => {
	const { server, places, request, options } = await setUp(t);
	const cuts = fc.array(fc.integer({ min: 1, max: 120_000 }), { maxLength: 5 });
	await fc.assert(
		fc.asyncProperty(cuts, async (lengths) => {
			server.requests.length = 0;
			server.script = lengths.map((cutAfter) => ({ cutAfter }));
			await writeFile(places.part, "");
			await writeFile(places.state, "{}");
			await download(request, options);
			await assertWhole(places);
			assert.equal(server.servedBytes(), file.length);
		}),
		{ numRuns: 25 },
	);
});

test("cut at the same place for ever, without ranges, it gives up", async (t) => {
	const { server, request, options } = await setUp(t, { expected: null });
	server.otherwise = { cutAfter: 1000, etag: false };
	await assert.rejects(download(request, options), failure("ERR_ENGINE_UNAVAILABLE", /cut the/));
	assert.ok(server.requests.length <= limits.mostFailures + 1, `${server.requests.length}`);
});

test("a server that ignores the range is listened to from the beginning", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ cutAfter: 100_000 }, "ignore-range"];
	await download(request, options);
	await assertWhole(places);
	assert.equal(server.requests.length, 2);
});

test("a range that begins elsewhere than was asked for is not pieced together", async (t) => {
	const { server, places, request, options, retries } = await setUp(t, { expected: null });
	server.script = [{ cutAfter: 100_000 }, "lie-about-range"];
	await download(request, options);
	await assertWhole(places);
	assert.match(retries[1]?.message ?? "", /was replaced/);
});

test("a file that is replaced between two requests is begun anew", async (t) => {
	const { server, places, request, options } = await setUp(t, { expected: null });
	const other = randomBytes(300_000);
	server.put("model.bin", other);
	server.script = [{ cutAfter: 100_000 }];
	const replacing = { ...options, onRetry: () => server.put("model.bin", file) };
	await download(request, replacing);
	await assertWhole(places);
	assert.equal(server.requests[1]?.ifRange?.startsWith('"'), true, "asked for the same file only");
	assert.equal(server.requests[1]?.servedBytes, file.length);
});

test("nothing of a longer file is left behind a shorter one", async (t) => {
	const { server, places, request, options } = await setUp(t, { expected: null });
	const shorter = randomBytes(80_000);
	server.script = [{ cutAfter: 200_000 }];
	await download(request, { ...options, onRetry: () => server.put("model.bin", shorter) });
	assert.ok((await readFile(places.part)).equals(shorter));
});

test("without an ETag and without a hash, nothing is pieced together", async (t) => {
	const { server, places, request, options } = await setUp(t, { expected: null });
	server.script = [{ cutAfter: 100_000, etag: false }, "no-etag"];
	await download(request, options);
	await assertWhole(places);
	assert.equal(server.requests[1]?.range, null);
});

test("with the hash known, also another place can send the rest", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ cutAfter: 100_000 }, { status: 404 }];
	await assert.rejects(download(request, options), failure("ERR_ENGINE_REJECTED", /404/));
	const mirror = await startFakeModelServer(t);
	mirror.put("else.bin", file);
	await download({ ...request, address: `${mirror.address}/else.bin` }, options);
	await assertWhole(places);
	assert.deepEqual(
		mirror.requests.map(({ range, ifRange }) => [range, ifRange]),
		[["bytes=100000-", null]],
	);
});

test("a length that is too long: the rest is asked for, and what is whole is taken", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ announce: file.length + 1000 }];
	await download(request, options);
	await assertWhole(places);
});

test("a length that is too short: what came is not the file, and is not kept", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.otherwise = { announce: 1000 };
	await assert.rejects(
		download(request, options),
		failure("ERR_DAMAGED", /is not what was published/),
	);
	assert.deepEqual(await readdir(join(places.part, "..")), []);
});

test("without a length it ends where the answer ends", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = ["no-length"];
	await download(request, options);
	await assertWhole(places);
});

test("wrong bytes are refused, and nothing of them is left", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.otherwise = { send: randomBytes(300_000) };
	await assert.rejects(download(request, options), failure("ERR_DAMAGED", /SHA-256 is another/));
	assert.deepEqual(await readdir(join(places.part, "..")), []);
	assert.equal(server.requests.length, 1, "asking again would give the same");
});

test("pieces of two downloads that do not fit are thrown away, once", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ cutAfter: 100_000 }, { status: 404 }];
	await assert.rejects(download(request, options));
	// What a failing disk could leave.
	const damaged = await readFile(places.part);
	damaged[5000] = (damaged[5000] ?? 0) ^ 1;
	await writeFile(places.part, damaged);
	await download(request, options);
	await assertWhole(places);
	assert.deepEqual(
		server.requests.slice(2).map(({ range }) => range),
		["bytes=100000-", null],
	);
});

test("what is not known to be on the disk is asked for again", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ cutAfter: 100_000 }, { status: 404 }];
	await assert.rejects(download(request, options));
	const state = JSON.parse(await readFile(places.state, "utf8"));
	assert.equal(state.keptBytes, 100_000);
	// After a power cut: a note of 60,000, and rubbish behind them.
	await writeFile(places.state, JSON.stringify({ ...state, keptBytes: 60_000 }));
	await truncate(places.part, 60_000);
	await truncate(places.part, 140_000);
	await download(request, options);
	await assertWhole(places);
	assert.equal(server.requests[2]?.range, "bytes=60000-");
});

test("a part that is shorter than its note is not trusted", async (t) => {
	const { server, places, request, options } = await setUp(t, { expected: null });
	server.script = [{ cutAfter: 100_000 }, { status: 404 }];
	await assert.rejects(download(request, options));
	await truncate(places.part, 99_999);
	await download(request, options);
	await assertWhole(places);
	assert.equal(server.requests[2]?.range, null);
});

test("500 and 429 pass, 404 and 403 do not", async (t) => {
	const { server, places, request, options, retries } = await setUp(t);
	server.script = [{ status: 500 }, { status: 429, retryAfter: "0" }, { status: 503 }];
	await download(request, options);
	await assertWhole(places);
	assert.deepEqual(
		retries.map(({ httpStatus }) => httpStatus),
		[500, 429, 503],
	);
	for (const status of [404, 403, 400, 410]) {
		const other = await setUp(t);
		other.server.otherwise = { status };
		await assert.rejects(
			download(other.request, other.options),
			failure("ERR_ENGINE_REJECTED", new RegExp(`answered ${status}`)),
		);
		assert.equal(other.server.requests.length, 1);
	}
});

test("a server that asks for an hour is not waited for", async (t) => {
	const { server, request, options } = await setUp(t);
	server.otherwise = { status: 429, retryAfter: "3600" };
	await assert.rejects(download(request, options), failure("ERR_ENGINE_UNAVAILABLE", /429/));
	assert.equal(server.requests.length, 1);
});

test("a silent connection is given up and gone on with", async (t) => {
	const { server, places, request, options, retries } = await setUp(t);
	server.script = [{ stallAfter: 100_000 }, { stallAfter: 0 }];
	await download(request, { ...options, limits: { ...limits, idleTimeoutMs: 100 } });
	await assertWhole(places);
	assert.match(retries[0]?.message ?? "", /sent nothing for/);
	assert.equal(server.requests[1]?.range, "bytes=100000-");
});

test("redirects are followed, but not round in circles", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.put("elsewhere.bin", file);
	server.script = [
		{ redirect: "/elsewhere.bin" },
		{ cutAfter: 100_000 },
		{ redirect: "elsewhere.bin" },
	];
	await download(request, options);
	await assertWhole(places);
	assert.deepEqual(
		server.requests.map(({ path }) => path),
		["/model.bin", "/elsewhere.bin", "/model.bin", "/elsewhere.bin"],
	);
	const circle = await setUp(t);
	circle.server.otherwise = { redirect: "/model.bin" };
	await assert.rejects(
		download(circle.request, circle.options),
		failure("ERR_ENGINE_REJECTED", /without end/),
	);
	for (const to of ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://["]) {
		const other = await setUp(t);
		other.server.otherwise = { redirect: to };
		await assert.rejects(
			download(other.request, other.options),
			failure("ERR_ENGINE_REJECTED", /cannot be followed/),
		);
	}
});

test("from https a redirect is never followed to http", () => {
	const from = "https://models.invalid/a/x.onnx?signature=secret";
	assert.equal(redirected(from, "https://store.invalid/y", 0), "https://store.invalid/y");
	assert.equal(redirected(from, "../z", 0), "https://models.invalid/z");
	assert.throws(
		() => redirected(from, "http://store.invalid/y", 0),
		failure(
			"ERR_ENGINE_REJECTED",
			/^https:\/\/models.invalid\/a\/x.onnx leads .+without encryption/,
		),
	);
});

test("a server that restarts in the middle is gone on with", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ stallAfter: 100_000 }];
	let restarting: Promise<void> | null = null;
	await download(request, {
		...options,
		onProgress(received) {
			if (received === 100_000) restarting ??= server.restart();
		},
	});
	await restarting;
	await assertWhole(places);
	assert.equal(server.requests.at(-1)?.range, "bytes=100000-");
});

test("where nobody answers, it says so at once and that nothing is lost", async (t) => {
	const { server, request, options, retries } = await setUp(t);
	await server.stop();
	await assert.rejects(
		download(request, options),
		failure("ERR_ENGINE_UNAVAILABLE", /Nothing can be downloaded: .+nothing is lost/),
	);
	assert.equal(retries.length, 0);
	await server.restart().catch(() => undefined);
});

test("more than a model may have is refused, also where no length is said", async (t) => {
	for (const step of ["ok", "no-length"] as const) {
		const { server, places, request, options } = await setUp(t, { maxBytes: 200_000 });
		server.otherwise = step;
		await assert.rejects(download(request, options), failure("ERR_TOO_LARGE", /larger than/));
		assert.deepEqual(await readdir(join(places.part, "..")), [], step);
	}
});

test("Ctrl-C keeps what has come, and the next one goes on", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ stallAfter: 100_000 }];
	const controller = new AbortController();
	const interrupted = new OnwaxError("ERR_INTERRUPTED", "Interrupted.");
	await assert.rejects(
		download(request, {
			...options,
			signal: controller.signal,
			onProgress: (received) => received === 100_000 && controller.abort(interrupted),
		}),
		failure("ERR_INTERRUPTED", /Interrupted/),
	);
	await download(request, options);
	await assertWhole(places);
	assert.equal(server.requests[1]?.range, "bytes=100000-");
});

test("what came whole before is not asked for again", async (t) => {
	const { server, places, request, options } = await setUp(t);
	await download(request, options);
	await download(request, options);
	await assertWhole(places);
	assert.equal(server.requests.length, 1);
});

const page = Buffer.from('\n<!DOCTYPE html><html lang="en"><title>Log in</title></html>');

test("a web page in the file's place is called so, and what had come of the file stays", async (t) => {
	const { server, places, request, options } = await setUp(t);
	server.script = [{ cutAfter: 100_000 }, { send: page, type: "text/html; charset=utf-8" }];
	await assert.rejects(
		download(request, options),
		failure("ERR_ENGINE_REJECTED", /sent a web page instead of the file/),
	);
	assert.deepEqual(await download(request, options), { sha256, sizeBytes: file.length });
	assert.deepEqual(
		server.requests.map(({ range }) => range),
		[null, "bytes=100000-", "bytes=100000-"],
	);
	await assertWhole(places);
});

test("a web page that does not say that it is one is not kept either, whether a hash is known or not", async (t) => {
	for (const known of [expected, null]) {
		const { server, folder, request, options } = await setUp(t, { expected: known });
		server.script = [{ send: page }];
		await assert.rejects(
			download(request, options),
			failure("ERR_ENGINE_REJECTED", /sent a web page instead of the file/),
		);
		assert.deepEqual(await readdir(join(folder, ".incoming")), []);
	}
});

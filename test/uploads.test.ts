import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { link, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import type { App } from "../src/app/open-app.ts";
import { openUploads, type Uploads } from "../src/app/uploads.ts";
import { recordingFolder } from "../src/archive/layout.ts";
import { readMetadata } from "../src/archive/metadata-file.ts";
import { findOnShelves } from "../src/archive/shelves.ts";
import { defaultSettings } from "../src/config/defaults.ts";
import { OnwaxError } from "../src/errors.ts";
import type { Receipt, Receipts, UploadState } from "../src/server/contract/receipt.ts";
import { openTempApp } from "./temp-app.ts";
import { startTempService } from "./temp-service.ts";
import {
	begin,
	head,
	offsetOf,
	overSocket,
	partType,
	patch,
	receiptOf,
	recordingsOf,
	sha256,
	someWav,
	tus,
	uploadsLeft,
	withSha256,
} from "./uploads-sender.ts";

async function metadataOf({ library }: App, name: string) {
	const [shelf] = await findOnShelves(library.layout, name);
	assert.ok(shelf, `${name} is on a shelf`);
	return readMetadata(recordingFolder(library.layout, shelf, name));
}

test("an upload in parts ends with a receipt, and the audio that lies there has its hash", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const about = { filename: "memo.wav", title: "A title", tags: "Work,#two", source: "page" };
	const address = await begin(service, wav.length, about);
	const first = await patch(service, address, 0, wav.subarray(0, 5000));
	assert.equal(first.status, 204);
	assert.equal(first.headers.get("upload-offset"), "5000");
	assert.ok(Date.parse(first.headers.get("upload-expires") ?? "") > Date.now());
	const state = await service.ask(address);
	assert.equal(state.status, 202);
	assert.equal(((await state.json()) as UploadState).offsetBytes, 5000);
	const last = await patch(service, address, 5000, wav.subarray(5000));
	assert.equal(last.status, 204);
	const digest = `sha-256=:${createHash("sha256").update(wav).digest("base64")}:`;
	assert.equal(last.headers.get("repr-digest"), digest);
	const receipt = await receiptOf(service, address);
	assert.equal(receipt.sha256, sha256(wav));
	assert.equal(receipt.ladder.sha256, sha256(wav));
	assert.equal(receipt.ladder.onDiskBytes, wav.length);
	assert.equal(receipt.known, false);
	assert.equal(last.headers.get("onwax-name"), receipt.name);
	assert.equal(last.headers.get("onwax-recording"), receipt.id);
	const metadata = await metadataOf(service.app, receipt.name);
	assert.equal(metadata.title, "A title");
	assert.deepEqual(metadata.tags, ["work", "two"]);
	assert.equal(metadata.originalFilename, "memo.wav");
	assert.equal(metadata.source, "api");
	const folder = recordingFolder(service.app.library.layout, "pending", receipt.name);
	assert.deepEqual(await readFile(join(folder, metadata.audioFile)), wav);
	assert.equal((await stat(join(folder, metadata.audioFile))).nlink, 1, "no second name stays");
	assert.deepEqual(await uploadsLeft(service.app), []);
});

test("a sender that lost any answer asks again and gets the same recording", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const address = await begin(service, wav.length);
	await patch(service, address, 0, wav);
	const receipt = await receiptOf(service, address);
	const again = await head(service, address);
	assert.equal(again.headers.get("upload-offset"), `${wav.length}`);
	assert.equal(again.headers.get("onwax-name"), receipt.name);
	const empty = await patch(service, address, wav.length, Buffer.alloc(0));
	assert.equal(empty.status, 204);
	assert.equal(empty.headers.get("onwax-name"), receipt.name);
	assert.equal((await patch(service, address, 0, wav)).status, 409);
	assert.deepEqual(await receiptOf(service, address), receipt);
	assert.deepEqual(await recordingsOf(service.app), [receipt.name]);
	const gone = await service.ask(address, { method: "DELETE", headers: tus });
	assert.equal(gone.status, 204);
	assert.equal((await service.ask(address)).status, 404);
	assert.deepEqual(await recordingsOf(service.app), [receipt.name], "the recording stays");
});

test("a wrong checksum leaves the offset where it was, and the right bytes go on from there", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const address = await begin(service, wav.length);
	await patch(service, address, 0, wav.subarray(0, 100));
	for (const algorithm of ["sha1", "sha256"]) {
		const digest = createHash(algorithm).update("other bytes").digest("base64");
		const headers = { "upload-checksum": `${algorithm} ${digest}` };
		const wrong = await patch(service, address, 100, wav.subarray(100, 900), headers);
		assert.equal(wrong.status, 460);
		assert.equal(await offsetOf(service, address), 100);
	}
	const rest = wav.subarray(100);
	const digest = createHash("sha256").update(rest).digest("base64");
	const right = await patch(service, address, 100, rest, { "upload-checksum": `sha256 ${digest}` });
	assert.equal(right.status, 204);
	assert.equal((await receiptOf(service, address)).sha256, sha256(wav));
});

test("a connection that breaks off: what came is counted, and with a checksum it is not", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const address = await begin(service, wav.length);
	const headers = (more: string) =>
		`PATCH ${address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${service.token}\r\n` +
		`Tus-Resumable: 1.0.0\r\nContent-Type: ${partType["content-type"]}\r\nUpload-Offset: 0\r\n${more}\r\n`;
	const digest = createHash("sha256").update(wav).digest("base64");
	const withChecksum = `Content-Length: ${wav.length}\r\nUpload-Checksum: sha256 ${digest}\r\n`;
	await overSocket(service.url, [headers(withChecksum), wav.subarray(0, 3000)], { cut: true });
	await settled(service, address);
	assert.equal(await offsetOf(service, address), 0);
	const plain = `Content-Length: ${wav.length}\r\n`;
	await overSocket(service.url, [headers(plain), wav.subarray(0, 3000)], { cut: true });
	await settled(service, address);
	assert.equal(await offsetOf(service, address), 3000);
	const { status } = await patch(service, address, 3000, wav.subarray(3000));
	assert.equal(status, 204);
	assert.equal((await receiptOf(service, address)).sha256, sha256(wav));
});

/** Until nobody writes to it: then a part at a wrong offset is told that, and not that it is locked. */
async function settled(service: Parameters<typeof patch>[0], address: string): Promise<void> {
	for (;;) {
		const { status } = await patch(service, address, 999_999, Buffer.alloc(0));
		if (status === 409) return;
		assert.equal(status, 423);
	}
}

test("two at once: one writes, the other is told 423, and a silent one makes way", async (t) => {
	const server = { ...defaultSettings.server, requestsPerMinute: 1_000_000 };
	const service = await startTempService(t, { server });
	const wav = someWav();
	const address = await begin(service, wav.length);
	const body = new PassThrough();
	const slow = service.ask(address, {
		method: "PATCH",
		headers: { ...tus, ...partType, "upload-offset": "0" },
		body: Readable.toWeb(body) as ReadableStream,
		duplex: "half",
	} as RequestInit);
	slow.catch(() => undefined);
	body.write(wav.subarray(0, 1000));
	// At a wrong offset: told so before the slow one has begun, and locked from then on.
	let locked = await patch(service, address, 999_999, wav);
	while (locked.status === 409) locked = await patch(service, address, 999_999, wav);
	assert.equal(locked.status, 423);
	assert.equal(locked.headers.get("retry-after"), "1");
	// It says nothing more: after two seconds its place is taken, and what it brought counts.
	while (locked.status === 423) locked = await patch(service, address, 0, wav);
	assert.equal(locked.status, 409);
	assert.equal(await offsetOf(service, address), 1000);
	assert.equal((await patch(service, address, 1000, wav.subarray(1000))).status, 204);
	assert.equal((await receiptOf(service, address)).sha256, sha256(wav));
	body.destroy();
	await slow.catch(() => undefined);
	assert.equal((await recordingsOf(service.app)).length, 1);
});

test("an upload is its sender's: another token does not even learn that it is there", async (t) => {
	const service = await startTempService(t);
	const address = await begin(service, 1000);
	const authorization = `Bearer ${await service.tokenFor("upload")}`;
	for (const method of ["HEAD", "GET", "DELETE"]) {
		const response = await service.ask(address, { method, headers: { ...tus, authorization } });
		assert.equal(response.status, 404, method);
	}
	assert.equal(await offsetOf(service, address), 0);
	const reader = `Bearer ${await service.tokenFor("read")}`;
	const refused = await service.ask(address, { headers: { ...tus, authorization: reader } });
	assert.equal(refused.status, 403);
});

test("too large, too many, no audio, empty: refused with what to do, and nothing of it stays", async (t) => {
	const base = await startTempService(t);
	const { config } = base.app;
	await base.service.reconfigure({ ...config, import: { ...config.import, maxSizeMb: 0.01 } });
	const length = (lengthBytes: number) => ({ ...tus, "upload-length": `${lengthBytes}` });
	const create = (headers: Record<string, string>) =>
		base.ask("/api/v1/uploads", { method: "POST", headers });
	assert.equal((await create(length(10_001))).status, 413);
	assert.equal((await create(length(0))).status, 400);
	const deferred = await begin(base, null);
	assert.equal((await patch(base, deferred, 0, someWav(1))).status, 413);
	assert.equal(await offsetOf(base, deferred), 0);
	const put = await base.ask("/api/v1/recordings/a.wav", {
		method: "PUT",
		body: new Uint8Array(someWav(1)),
	});
	assert.equal(put.status, 413);
	const text = Buffer.from("This is a letter, and nothing that could be heard.");
	const noAudio = await begin(base, text.length, { filename: "letter.txt" });
	assert.equal((await patch(base, noAudio, 0, text)).status, 415);
	assert.equal((await head(base, noAudio)).status, 404);
	const empty = await base.ask("/api/v1/recordings/a.wav", { method: "PUT", body: "" });
	assert.equal(empty.status, 400);
	await base.ask(deferred, { method: "DELETE", headers: tus });
	assert.deepEqual(await uploadsLeft(base.app), []);
	assert.deepEqual(await recordingsOf(base.app), []);
	await Promise.all(Array.from({ length: 500 }, () => begin(base, 1000)));
	const oneMore = await create(length(1000));
	assert.equal(oneMore.status, 429);
	assert.ok(oneMore.headers.get("retry-after"));
});

test("a disk that has no room is told before a byte of it is taken", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const address = await begin(service, wav.length);
	const { config } = service.app;
	await service.service.reconfigure({ ...config, minFreeSpaceMb: 1e12 });
	assert.equal((await patch(service, address, 0, wav)).status, 507);
	const put = await service.ask("/api/v1/recordings/a.wav", {
		method: "PUT",
		body: new Uint8Array(wav),
	});
	assert.equal(put.status, 507);
	await service.service.reconfigure(config);
	assert.equal((await patch(service, address, 0, wav)).status, 204);
});

test("whole bodies: receipt, verified digest, the same audio once, and a key that makes asking again safe", async (t) => {
	const { ask, app } = await startTempService(t);
	const wav = someWav();
	const put = (body: Uint8Array, headers: Record<string, string> = {}, name = "memo.wav") =>
		ask(`/api/v1/recordings/${name}`, { method: "PUT", body: new Uint8Array(body), headers });
	const digest = (bytes: Uint8Array) => ({
		"repr-digest": `sha-256=:${Buffer.from(sha256(bytes), "hex").toString("base64")}:`,
	});
	assert.equal((await put(wav, digest(Buffer.from("other")))).status, 460);
	assert.deepEqual(await recordingsOf(app), []);
	const first = await put(wav, { ...digest(wav), "idempotency-key": "one" });
	assert.equal(first.status, 201);
	const receipt = (await first.json()) as Receipt;
	assert.equal(receipt.sha256, sha256(wav));
	const again = await put(wav, { "idempotency-key": "one" });
	assert.equal(again.status, 201, "the same answer as before");
	assert.deepEqual(await again.json(), receipt);
	assert.equal((await put(someWav(), { "idempotency-key": "one" })).status, 409);
	const known = await put(wav);
	assert.equal(known.status, 200);
	assert.equal(((await known.json()) as Receipt).name, receipt.name);
	assert.deepEqual(await recordingsOf(app), [receipt.name]);
	const post = await ask("/api/v1/recordings?title=Spoken&tags=a,b", {
		method: "POST",
		body: new Uint8Array(someWav()),
		headers: {
			"content-type": "audio/wav",
			"content-disposition": "attachment; filename*=UTF-8''caf%C3%A9.wav",
		},
	});
	assert.equal(post.status, 201);
	const { name } = (await post.json()) as Receipt;
	const metadata = await metadataOf(app, name);
	assert.equal(metadata.title, "Spoken");
	assert.deepEqual(metadata.tags, ["a", "b"]);
	assert.equal(metadata.originalFilename, "café.wav");
	assert.deepEqual(await uploadsLeft(app), []);
});

test("a form with several files: each has its outcome, and a refused one does not end the rest", async (t) => {
	const { ask, app } = await startTempService(t);
	const form = new FormData();
	form.append("title", "Both");
	form.append("tags", "x, Y");
	const files = [someWav(), someWav()];
	form.append("file", new Blob([new Uint8Array(files[0] as Buffer)]), "one.wav");
	form.append("file", new Blob(["not audio at all, but a longer text"]), "two.txt");
	form.append("file", new Blob([new Uint8Array(files[1] as Buffer)]), "three.wav");
	const response = await ask("/api/v1/recordings", { method: "POST", body: form });
	assert.equal(response.status, 415, "no 2xx where one is not here");
	const { receipts, refused } = (await response.json()) as Receipts;
	assert.deepEqual(
		receipts.map((receipt) => receipt.sha256),
		files.map(sha256),
	);
	assert.deepEqual(
		refused.map((one) => [one.originalFilename, one.problem.code]),
		[["two.txt", "ERR_FORMAT_UNKNOWN"]],
	);
	assert.deepEqual((await metadataOf(app, receipts[1]?.name ?? "")).tags, ["x", "y"]);
	const none = new FormData();
	none.append("title", "alone");
	assert.equal((await ask("/api/v1/recordings", { method: "POST", body: none })).status, 400);
});

test("a whole body that breaks off is no recording, and nothing of it stays", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const auth = `Host: localhost\r\nAuthorization: Bearer ${service.token}\r\n`;
	const put = `PUT /api/v1/recordings/a.wav HTTP/1.1\r\n${auth}`;
	const half = wav.subarray(0, 4000);
	await overSocket(service.url, [`${put}Content-Length: ${wav.length}\r\n\r\n`, half], {
		cut: true,
	});
	const chunked = `${put}Transfer-Encoding: chunked\r\n\r\n${half.length.toString(16)}\r\n`;
	await overSocket(service.url, [chunked, half, "\r\n"], { cut: true });
	const form = `POST /api/v1/recordings HTTP/1.1\r\n${auth}Content-Type: multipart/form-data; boundary=B\r\nContent-Length: 99999\r\n\r\n--B\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n`;
	await overSocket(service.url, [form, half], { cut: true });
	// The server goes on, and has let go of all of it.
	const whole = await service.ask("/api/v1/recordings/b.wav", {
		method: "PUT",
		body: new Uint8Array(someWav()),
	});
	assert.equal(whole.status, 201);
	await service.close();
	assert.deepEqual(await uploadsLeft(service.app), []);
	assert.equal((await recordingsOf(service.app)).length, 1);
});

const browser = {
	...{ originalFilename: "b.wav", title: null, tags: [], source: "browser" as const },
	...{ recordedAt: null, existsOnlyHere: true },
};
const file = { ...browser, existsOnlyHere: false };

function open(app: App): Uploads {
	return openUploads(() => app);
}

function bodyOf(bytes: Uint8Array) {
	return { body: Readable.from([bytes]), bodyBytes: bytes.length, checksum: null };
}

test("after a crash: what was acknowledged is there, what was not does not count, complete ones finish", async (t) => {
	const app = await openTempApp(t);
	const wav = someWav();
	const other = someWav();
	let uploads = open(app);
	const asking = { owner: "me", seesAll: false };
	const begun = { lengthBytes: wav.length, metadataHeader: null };
	const half = await uploads.begin("me", { about: file, ...begun });
	await uploads.append(half, 0, bodyOf(wav.subarray(0, 7000)));
	const complete = await uploads.begin("me", { about: file, ...begun });
	await uploads.append(complete, 0, bodyOf(other));
	await uploads.close();
	// More was on its way to the first when the process died; a raw one had just begun.
	const folder = join(app.library.layout.uploads, half.id);
	await writeFile(join(folder, "audio.part"), Buffer.alloc(9000, 1), { flag: "r+" });
	await truncate(join(folder, "audio.part"), 9000);
	await writeFile(join(folder, "audio.part"), wav.subarray(0, 7000), { flag: "r+" });
	await mkdir(join(app.library.layout.uploads, "0".repeat(32)));
	uploads = open(app);
	await uploads.sweep();
	assert.equal((await recordingsOf(app)).length, 1, "the complete one is a recording");
	const receipt = await uploads.find(asking, complete.id);
	assert.ok(!("file" in receipt));
	assert.equal(receipt.sha256, sha256(other));
	const found = await uploads.find(asking, half.id);
	assert.ok("file" in found);
	assert.equal(found.file.offsetBytes, 7000);
	await uploads.append(found, 7000, bodyOf(wav.subarray(7000)));
	assert.equal((await uploads.finish(found))?.sha256, sha256(wav));
	assert.equal((await recordingsOf(app)).length, 2);
	assert.deepEqual(await uploadsLeft(app), []);
	await uploads.close();
});

test("a crash between recording and receipt: the upload gets the same recording", async (t) => {
	const app = await openTempApp(t);
	const wav = someWav();
	let uploads = open(app);
	const begun = { lengthBytes: wav.length, metadataHeader: null };
	const upload = await uploads.begin("me", { about: file, ...begun });
	await uploads.append(upload, 0, bodyOf(wav));
	// As it was before: the folder is put back after the recording was made.
	const { layout } = app.library;
	const saved = join(layout.data, "saved");
	await mkdir(saved);
	const folder = join(layout.uploads, upload.id);
	const names = await readdir(folder);
	for (const name of names) await link(join(folder, name), join(saved, name));
	const receipt = await uploads.finish(upload);
	await uploads.close();
	await mkdir(folder);
	for (const name of names) await link(join(saved, name), join(folder, name));
	await rm(join(layout.uploads, "receipts", `${upload.id}.json`));
	uploads = open(app);
	await uploads.sweep();
	const again = await uploads.find({ owner: "me", seesAll: false }, upload.id);
	assert.ok(!("file" in again));
	assert.equal(again.name, receipt?.name);
	assert.equal(again.known, true);
	assert.deepEqual(await recordingsOf(app), [receipt?.name]);
	await uploads.close();
});

test("what expires: a browser's recording is kept as cut short, a file's upload goes", async (t) => {
	const app = await openTempApp(t);
	const wav = someWav();
	const config = { ...app.config, server: { ...app.config.server, uploadExpiryHours: 0 } };
	const uploads = openUploads(() => ({ ...app, config }));
	const begun = { lengthBytes: null, metadataHeader: null };
	const [only, copy, empty] = await Promise.all([
		uploads.begin("me", { about: browser, ...begun }),
		uploads.begin("me", { about: file, ...begun }),
		uploads.begin("me", { about: browser, ...begun }),
	]);
	for (const one of [only, copy]) await uploads.append(one, 0, bodyOf(wav.subarray(0, 6044)));
	await new Promise((later) => setTimeout(later, 2));
	await uploads.sweep();
	const asking = { owner: "me", seesAll: false };
	const receipt = await uploads.find(asking, only.id);
	assert.ok(!("file" in receipt));
	assert.equal(receipt.sizeBytes, 6044);
	const { events } = await metadataOf(app, receipt.name);
	assert.deepEqual(
		events.map(({ kind }) => kind),
		["cut"],
	);
	for (const { id } of [copy, empty]) {
		await assert.rejects(uploads.find(asking, id), { code: "ERR_NOT_FOUND" });
	}
	assert.deepEqual(await recordingsOf(app), [receipt.name]);
	await uploads.close();
});

test("a second process is told that another one has the uploads", async (t) => {
	const app = await openTempApp(t);
	const first = open(app);
	await first.sweep();
	const second = open(app);
	await assert.rejects(second.sweep(), (error) => {
		return error instanceof OnwaxError && error.code === "ERR_LIBRARY_BUSY" && error.retryable;
	});
	await first.close();
	await second.sweep();
	await second.close();
});

test("a body that says nothing more is ended, and what it brought counts", async (t) => {
	const app = await openTempApp(t);
	const uploads = openUploads(() => app, { idleSeconds: 0.05, takeOverSeconds: 0.01 });
	const wav = someWav();
	const begun = { lengthBytes: wav.length, metadataHeader: null };
	const upload = await uploads.begin("me", { about: file, ...begun });
	const body = new PassThrough();
	body.write(wav.subarray(0, 500));
	await uploads.append(upload, 0, { body, bodyBytes: wav.length, checksum: null });
	assert.equal(body.destroyed, true);
	assert.equal(upload.file.offsetBytes, 500);
	await uploads.append(upload, 500, bodyOf(wav.subarray(500)));
	assert.equal((await uploads.finish(upload))?.sha256, sha256(wav));
	assert.equal(await withSha256(app, sha256(wav)), (await recordingsOf(app))[0]);
	await uploads.close();
});

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import multipart from "@fastify/multipart";
import fastify from "fastify";
import type { App } from "../src/app/open-app.ts";
import { openUploads } from "../src/app/uploads.ts";
import { recordingFolder } from "../src/archive/layout.ts";
import { readMetadata } from "../src/archive/metadata-file.ts";
import { findOnShelves } from "../src/archive/shelves.ts";
import type { Problem } from "../src/server/contract/problem.ts";
import type { Receipt, Receipts } from "../src/server/contract/receipt.ts";
import type { ServiceJob } from "../src/server/contract/service-jobs.ts";
import { fileOf } from "../src/server/uploads/form.ts";
import { openTempApp } from "./temp-app.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import {
	begin,
	patch,
	recordingsOf,
	sha256,
	someWav,
	uploadsLeft,
	withSha256,
} from "./uploads-sender.ts";

/*
 * A receipt lets its sender forget the only other copy. These are the ways in which one could have been
 * given for audio that is not there, not all of it, or not for long.
 */

const browser = {
	...{ originalFilename: "b.wav", title: null, tags: [], source: "browser" as const },
	...{ recordedAt: null, existsOnlyHere: true },
};
const file = { ...browser, existsOnlyHere: false };
const begun = { lengthBytes: null, metadataHeader: null };

function bodyOf(bytes: Uint8Array) {
	return { body: Readable.from([bytes]), bodyBytes: bytes.length, checksum: null };
}

/** What lies there, and what `metadata.json` says that it is. */
async function keptAs({ library }: App, name: string) {
	const [shelf] = await findOnShelves(library.layout, name);
	assert.ok(shelf, `${name} is on a shelf`);
	const folder = recordingFolder(library.layout, shelf, name);
	const { audioFile, files } = await readMetadata(folder);
	return { bytes: await readFile(join(folder, audioFile)), facts: files[audioFile], shelf };
}

function put(
	{ ask }: Pick<TempService, "ask">,
	bytes: Uint8Array,
	headers: Record<string, string> = {},
): Promise<Response> {
	const body = new Uint8Array(bytes);
	return ask("/api/v1/recordings/memo.wav", { method: "PUT", body, headers });
}

function formOf(...files: [name: string, bytes: Uint8Array][]): FormData {
	const form = new FormData();
	for (const [name, bytes] of files) {
		form.append("file", new Blob([new Uint8Array(bytes)]), name);
	}
	return form;
}

test("a file in a form is kept to its end, however large the texts of a request may be", async (t) => {
	const service = await startTempService(t);
	const [one, two] = [someWav(190), someWav(190)];
	assert.ok(one.length > 3_000_000);
	const sent = { method: "POST", body: formOf(["one.wav", one]) };
	const response = await service.ask("/api/v1/recordings", sent);
	assert.equal(response.status, 201);
	const [receipt] = ((await response.json()) as Receipts).receipts;
	assert.equal(receipt?.sha256, sha256(one));
	assert.ok((await keptAs(service.app, receipt?.name ?? "")).bytes.equals(one));
	const body = formOf(["two.wav", two]);
	const handedIn = await service.ask("/jobs", { method: "POST", body });
	assert.equal(handedIn.status, 202);
	const { name } = (await handedIn.json()) as ServiceJob;
	assert.ok((await keptAs(service.app, name)).bytes.equals(two));
});

test("a file that the form's parser cuts at a limit fails, and does not seem to end there", async (t) => {
	const server = fastify();
	t.after(() => server.close());
	await server.register(multipart, { limits: { fileSize: 1000 }, throwFileSizeLimit: false });
	const read = { bytes: 0, code: "" };
	server.post("/", async (request) => {
		for await (const part of request.parts()) {
			if (part.type !== "file") continue;
			try {
				for await (const chunk of fileOf(part)) read.bytes += chunk.length;
			} catch (error) {
				read.code = (error as { code: string }).code;
			}
		}
		return "";
	});
	const url = await server.listen({ host: "127.0.0.1", port: 0 });
	await fetch(url, { method: "POST", body: formOf(["a.wav", Buffer.alloc(5000)]) });
	assert.ok(read.bytes <= 1000);
	assert.equal(read.code, "ERR_TOO_LARGE");
});

test("a form's file that is too large is refused, and nothing of it is kept", async (t) => {
	const service = await startTempService(t);
	const { config } = service.app;
	const small = { ...config, import: { ...config.import, maxSizeMb: 2 } };
	await service.service.reconfigure(small);
	for (const address of ["/api/v1/recordings", "/jobs"]) {
		const body = formOf(["long.wav", someWav(190)]);
		const response = await service.ask(address, { method: "POST", body });
		assert.equal(response.status, 413, address);
	}
	assert.deepEqual(await recordingsOf(service.app), []);
	assert.deepEqual(await uploadsLeft(service.app), []);
});

test("a sender that comes back while its expired recording is being ended writes nothing into it", async (t) => {
	const app = await openTempApp(t);
	const server = { ...app.config.server, uploadExpiryHours: 0 };
	const wav = someWav();
	let comesBack = () => {};
	// Asked for the expiry: the sweep is about to end the upload.
	const settings = {
		...server,
		get uploadExpiryHours() {
			comesBack();
			return 0;
		},
	};
	const uploads = openUploads(() => ({ ...app, config: { ...app.config, server: settings } }));
	const upload = await uploads.begin("me", { about: browser, ...begun });
	await uploads.append(upload, 0, bodyOf(wav.subarray(0, 5000)));
	await new Promise((later) => setTimeout(later, 2));
	const back = new Promise<unknown>((resolve) => {
		comesBack = () => {
			comesBack = () => {};
			setImmediate(() => {
				uploads.append(upload, 5000, bodyOf(wav.subarray(5000))).then(() => resolve(null), resolve);
			});
		};
	});
	await uploads.sweep();
	const refusal = (await back) as { code?: string } | null;
	assert.equal(refusal?.code, "ERR_CONFLICT", "it is told that this upload has ended");
	const receipt = await uploads.find({ owner: "me", seesAll: false }, upload.id);
	assert.ok(!("file" in receipt));
	const { bytes, facts } = await keptAs(app, receipt.name);
	assert.ok(bytes.equals(wav.subarray(0, 5000)));
	assert.equal(facts?.sha256, sha256(bytes));
	assert.equal(receipt.sha256, sha256(bytes));
	await uploads.close();
});

test("an expired upload is not ended while somebody is sending the rest of it", async (t) => {
	const app = await openTempApp(t);
	const server = { ...app.config.server, uploadExpiryHours: 0 };
	const uploads = openUploads(() => ({ ...app, config: { ...app.config, server } }));
	const wav = someWav();
	for (const about of [browser, file]) {
		const upload = await uploads.begin("me", { about, ...begun, lengthBytes: wav.length });
		await uploads.append(upload, 0, bodyOf(wav.subarray(0, 5000)));
		const body = new PassThrough();
		const rest = { body, bodyBytes: wav.length - 5000, checksum: null };
		const appending = uploads.append(upload, 5000, rest);
		while (upload.writer === null) await new Promise(setImmediate);
		await uploads.sweep();
		body.end(wav.subarray(5000));
		await appending;
		assert.equal((await uploads.finish(upload))?.sha256, sha256(wav));
	}
	await uploads.close();
});

test("an idempotency key gives the receipt of what is here: after a purge the audio is received anew", async (t) => {
	const service = await startTempService(t);
	const { ask } = service;
	const wav = someWav();
	const key = { "idempotency-key": "once" };
	const first = (await (await put(service, wav, key)).json()) as Receipt;
	for (const action of ["trash", "purge"]) {
		const done = await ask(`/api/v1/recordings/${first.name}/${action}`, { method: "POST" });
		assert.ok(done.ok, action);
	}
	const again = await put(service, wav, key);
	assert.equal(again.status, 201);
	const receipt = (await again.json()) as Receipt;
	assert.notEqual(receipt.name, first.name);
	assert.ok((await keptAs(service.app, receipt.name)).bytes.equals(wav));
	assert.equal((await ask(`/api/v1/recordings/${receipt.name}`)).status, 200);
	assert.deepEqual(
		await (await put(service, wav, key)).json(),
		receipt,
		"and this one from then on",
	);
});

test("audio that is sent again comes out of the trash, whichever way it comes", async (t) => {
	const service = await startTempService(t);
	const { ask, app } = service;
	const wav = someWav();
	const key = { "idempotency-key": "once" };
	const { name } = (await (await put(service, wav, key)).json()) as Receipt;
	const ways: Record<string, () => Promise<Receipt>> = {
		put: async () => (await (await put(service, wav)).json()) as Receipt,
		form: async () => {
			const body = formOf(["a.wav", wav]);
			const response = await ask("/api/v1/recordings", { method: "POST", body });
			return ((await response.json()) as Receipts).receipts[0] as Receipt;
		},
		tus: async () => {
			const address = await begin(service, wav.length);
			await patch(service, address, 0, wav);
			return (await (await ask(address)).json()) as Receipt;
		},
		"the same key": async () => (await (await put(service, wav, key)).json()) as Receipt,
		job: async () => {
			const headers = { "content-type": "audio/wav" };
			const body = new Uint8Array(wav);
			await ask("/jobs", { method: "POST", body, headers });
			return (await (await put(service, wav)).json()) as Receipt;
		},
	};
	for (const [way, send] of Object.entries(ways)) {
		const trashed = await ask(`/api/v1/recordings/${name}/trash`, { method: "POST" });
		assert.ok(trashed.ok);
		assert.equal((await keptAs(app, name)).shelf, "trash");
		const receipt = await send();
		assert.equal(receipt.name, name, way);
		assert.equal(receipt.inTrash, false, way);
		assert.notEqual((await keptAs(app, name)).shelf, "trash", way);
	}
	assert.deepEqual(await recordingsOf(app), [name]);
});

test("the reserve is kept from a body that does not say how long it is, also with a checksum", async (t) => {
	const app = await openTempApp(t);
	let minFreeSpaceMb = 0;
	const uploads = openUploads(() => ({ ...app, config: { ...app.config, minFreeSpaceMb } }));
	const digest = createHash("sha256").update("all of it").digest();
	for (const checksum of [null, { algorithm: "sha256" as const, digest }]) {
		minFreeSpaceMb = 0;
		let sentBytes = 0;
		const chunks = function* () {
			const wav = someWav(1);
			for (let sent = 0; sent < 600; sent += 1) {
				// Somebody else fills the disk meanwhile.
				if (sentBytes > 4_000_000) minFreeSpaceMb = 1e12;
				const chunk = sent === 0 ? wav : Buffer.alloc(65_536, 1);
				sentBytes += chunk.length;
				yield chunk;
			}
		};
		const upload = await uploads.begin("me", { about: file, ...begun });
		const body = Readable.from(chunks());
		await assert.rejects(uploads.append(upload, 0, { body, bodyBytes: null, checksum }), {
			code: "ERR_DISK_FULL",
		});
		assert.ok(sentBytes < 12_000_000, `${sentBytes} bytes had been taken`);
		await uploads.forget({ owner: "me", seesAll: false }, upload.id);
	}
	await uploads.close();
});

test("a form of which a file is refused is not answered as if all were kept", async (t) => {
	const service = await startTempService(t);
	const [one, three] = [someWav(), someWav()];
	const letter = Buffer.from("This is a letter, and nothing that could be heard.");
	const body = formOf(["one.wav", one], ["two.txt", letter], ["three.wav", three]);
	const response = await service.ask("/api/v1/recordings", { method: "POST", body });
	assert.equal(response.status, 415);
	const said = (await response.json()) as Problem & Receipts;
	assert.equal(said.code, "ERR_FORMAT_UNKNOWN");
	assert.deepEqual(
		said.receipts.map((receipt) => receipt.sha256),
		[sha256(one), sha256(three)],
	);
	assert.deepEqual(
		said.refused.map(({ originalFilename, problem }) => [originalFilename, problem.status]),
		[["two.txt", 415]],
	);
	assert.ok(await withSha256(service.app, sha256(three)));
});

test("where the disk is full the rest of a form is not tried", async (t) => {
	const service = await startTempService(t);
	await service.service.reconfigure({ ...service.app.config, minFreeSpaceMb: 1e12 });
	const body = formOf(["one.wav", someWav()], ["two.wav", someWav()]);
	const response = await service.ask("/api/v1/recordings", { method: "POST", body });
	assert.equal(response.status, 507);
	const { receipts, refused } = (await response.json()) as Problem & Receipts;
	assert.deepEqual(receipts, []);
	assert.deepEqual(
		refused.map(({ originalFilename }) => originalFilename),
		["one.wav"],
	);
});

test("what is not the audio itself, as it is and whole, is refused and not kept as a recording", async (t) => {
	const service = await startTempService(t);
	const { ask, app } = service;
	const wav = someWav();
	const envelope = "--B\r\n\r\nx\r\n--B--\r\n";
	const digest = `sha-256=:${createHash("sha256").update(wav).digest("base64")}:`;
	const form = { "content-type": "multipart/form-data; boundary=B" };
	const mixed = { "content-type": "multipart/mixed; boundary=B" };
	const packed = { "content-type": "audio/wav", "content-encoding": "gzip" };
	const piece = { "content-type": "audio/wav", "content-range": `bytes 0-99/${wav.length}` };
	const [recordings, memo, jobs] = ["/api/v1/recordings", "/api/v1/recordings/a.wav", "/jobs"];
	const cases: [string, string, Record<string, string>, Uint8Array | string | FormData, number][] =
		[
			["PUT", memo, form, envelope, 415],
			["PUT", memo, mixed, envelope, 415],
			["POST", jobs, mixed, envelope, 415],
			["PUT", memo, packed, gzipSync(wav), 415],
			["POST", recordings, packed, gzipSync(wav), 415],
			["POST", recordings, { "content-encoding": "gzip" }, formOf(["a.wav", wav]), 415],
			["POST", jobs, packed, gzipSync(wav), 415],
			["PUT", memo, piece, wav.subarray(0, 100), 400],
			["POST", jobs, piece, wav.subarray(0, 100), 400],
			["POST", recordings, { "repr-digest": digest }, formOf(["a.wav", wav]), 400],
		];
	for (const [index, [method, address, headers, given, status]] of cases.entries()) {
		const body = given instanceof Uint8Array ? new Uint8Array(given) : given;
		const response = await ask(address, { method, headers, body });
		assert.equal(response.status, status, `${index}: ${method} ${address}`);
	}
	assert.deepEqual(await recordingsOf(app), []);
	assert.equal((await put(service, wav, { "content-encoding": "identity" })).status, 201);
});

test("what has come whole becomes a recording, also where less would be taken by now", async (t) => {
	const app = await openTempApp(t);
	const wav = someWav();
	let maxSizeMb = app.config.import.maxSizeMb;
	const uploads = openUploads(() => {
		return { ...app, config: { ...app.config, import: { ...app.config.import, maxSizeMb } } };
	});
	const upload = await uploads.begin("me", { about: file, ...begun, lengthBytes: wav.length });
	await uploads.append(upload, 0, bodyOf(wav));
	const other = await uploads.begin("me", { about: file, ...begun, lengthBytes: wav.length });
	maxSizeMb = 0.001;
	await uploads.sweep();
	const receipt = await uploads.find({ owner: "me", seesAll: false }, upload.id);
	assert.ok(!("file" in receipt), "it does not wait for ever");
	assert.equal(receipt.sha256, sha256(wav));
	await assert.rejects(uploads.append(other, 0, bodyOf(wav)), { code: "ERR_TOO_LARGE" });
	await uploads.close();
});

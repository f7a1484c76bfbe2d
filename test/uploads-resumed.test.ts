import assert from "node:assert/strict";
import { readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { editRecording } from "../src/app/edit.ts";
import type { App } from "../src/app/open-app.ts";
import { setArchived } from "../src/app/set-archived.ts";
import { openUploads, uploadsOf } from "../src/app/uploads.ts";
import { receiptFile, recordingFolder } from "../src/archive/layout.ts";
import { readMetadata } from "../src/archive/metadata-file.ts";
import { findOnShelves } from "../src/archive/shelves.ts";
import { purgeRecording, trashRecording } from "../src/library/remove.ts";
import { openTempApp } from "./temp-app.ts";
import { startTempService } from "./temp-service.ts";
import {
	begin,
	head,
	patch,
	receiptOf,
	recordingsOf,
	sha256,
	someWav,
	uploadsLeft,
} from "./uploads-sender.ts";

/*
 * A browser that was away for longer than an upload is waited for: what had come is a recording by then,
 * cut short. When it comes back with all of it, there is one recording of it, and nothing is lost.
 */

const recorder = { filename: "memo.wav", title: "Memo", source: "browser-recorder" };

/** Of a recording, wherever it lies. */
async function keptAs({ library }: App, name: string) {
	const [shelf] = await findOnShelves(library.layout, name);
	assert.ok(shelf, `${name} is on a shelf`);
	const folder = recordingFolder(library.layout, shelf, name);
	const metadata = await readMetadata(folder);
	return { shelf, metadata, bytes: await readFile(join(folder, metadata.audioFile)) };
}

/** An upload that expired with so many of its bytes, and the recording that was made of them. */
async function expired(t: TestContext, wav: Buffer, sizeBytes: number, lengthBytes: number | null) {
	const service = await startTempService(t);
	const { app } = service;
	const address = await begin(service, lengthBytes, recorder);
	assert.equal((await patch(service, address, 0, wav.subarray(0, sizeBytes))).status, 204);
	await expire(service);
	const cut = await receiptOf(service, address);
	assert.equal(cut.sizeBytes, sizeBytes);
	return { service, app, address, cut };
}

/** As if nothing had come for the whole time that is waited. */
async function expire({ service }: Pick<Awaited<ReturnType<typeof startTempService>>, "service">) {
	const { config } = service.app;
	const of = (uploadExpiryHours: number) => ({
		...config,
		server: { ...config.server, uploadExpiryHours },
	});
	await service.reconfigure(of(0));
	await new Promise((later) => setTimeout(later, 2));
	await uploadsOf(service).sweep();
	await service.reconfigure(of(config.server.uploadExpiryHours));
}

/** As a tus client does: it goes on where it is told to. */
async function sendRest(service: Parameters<typeof patch>[0], address: string, wav: Buffer) {
	const told: number[] = [];
	for (let tries = 0; tries < 4; tries += 1) {
		const { headers } = await head(service, address);
		assert.equal(headers.get("onwax-recording"), null, "not as if all were here");
		const offset = Number(headers.get("upload-offset"));
		told.push(offset);
		const response = await patch(service, address, offset, wav.subarray(offset), {
			"upload-length": `${wav.length}`,
		});
		if (response.status === 204) return told;
		assert.equal(response.status, 409);
		assert.equal(response.headers.get("upload-offset"), "0");
	}
	throw new Error(`it was never taken: ${told}`);
}

for (const isLengthKnown of [true, false]) {
	test(`what was cut short becomes whole when its browser comes back (length told before: ${isLengthKnown})`, async (t) => {
		const wav = someWav();
		const { service, app, address, cut } = await expired(
			t,
			wav,
			6044,
			isLengthKnown ? wav.length : null,
		);
		const about = { title: "What a person calls it", addTags: ["kept"] };
		await editRecording(app, cut.name, about);
		const length = (await head(service, address)).headers.get("upload-length");
		assert.equal(length, isLengthKnown ? `${wav.length}` : null, "more is awaited than has come");
		assert.deepEqual(await sendRest(service, address, wav), [6044, 0]);

		const receipt = await receiptOf(service, address);
		assert.equal(receipt.sha256, sha256(wav));
		const whole = await keptAs(app, receipt.name);
		assert.ok(whole.bytes.equals(wav));
		assert.equal(whole.metadata.title, "What a person calls it");
		assert.deepEqual(whole.metadata.tags, ["kept"]);
		const [told] = whole.metadata.events;
		assert.equal(told?.kind, "completed");
		assert.match(told?.message ?? "", new RegExp(`6044 bytes .* ${cut.name}`));
		const short = await keptAs(app, cut.name);
		assert.equal(short.shelf, "trash");
		assert.ok(short.bytes.equals(wav.subarray(0, 6044)));
		assert.deepEqual(
			short.metadata.events.map(({ kind }) => kind),
			["cut", "completed"],
		);
		assert.match(short.metadata.events[1]?.message ?? "", new RegExp(`^${receipt.name} `));
		assert.deepEqual(await uploadsLeft(app), []);
		// Asking again is answered with the whole one.
		assert.equal((await head(service, address)).headers.get("onwax-name"), receipt.name);
	});
}

test("what a person has worked on stays beside the whole one, and says so", async (t) => {
	const wav = someWav();
	const { service, app, address, cut } = await expired(t, wav, 6044, null);
	await setArchived(app, cut.name, true);
	await sendRest(service, address, wav);
	const { name } = await receiptOf(service, address);
	const { shelf, metadata } = await keptAs(app, cut.name);
	assert.notEqual(shelf, "trash");
	assert.match(metadata.events.at(-1)?.message ?? "", new RegExp(`^${name} .*stays`));
});

test("other bytes under the old address are another recording: nothing is set aside for them", async (t) => {
	const wav = someWav();
	const other = someWav();
	const { service, app, address, cut } = await expired(t, wav, 6044, null);
	await sendRest(service, address, other);
	const receipt = await receiptOf(service, address);
	assert.equal(receipt.sha256, sha256(other));
	assert.deepEqual((await keptAs(app, receipt.name)).metadata.events, []);
	const short = await keptAs(app, cut.name);
	assert.notEqual(short.shelf, "trash");
	assert.deepEqual(
		short.metadata.events.map(({ kind }) => kind),
		["cut"],
	);
});

test("all of it had come, and only that this was all was not said: the receipt is of it", async (t) => {
	const wav = someWav();
	const { service, app, address, cut } = await expired(t, wav, wav.length, null);
	const response = await patch(service, address, wav.length, new Uint8Array(), {
		"upload-length": `${wav.length}`,
	});
	assert.equal(response.status, 204);
	assert.equal(response.headers.get("onwax-name"), cut.name);
	assert.deepEqual(await recordingsOf(app), [cut.name]);
});

test("it goes away again: once more it expires, and what is kept is the longest there was", async (t) => {
	const wav = someWav();
	const { service, app, address, cut } = await expired(t, wav, 4000, null);
	assert.equal((await patch(service, address, 4000, wav.subarray(4000))).status, 409);
	assert.equal((await patch(service, address, 0, wav.subarray(0, 3000))).status, 204);
	await expire(service);
	assert.equal((await receiptOf(service, address)).name, cut.name, "no more than is kept: it goes");
	assert.deepEqual(await recordingsOf(app), [cut.name]);

	assert.equal((await patch(service, address, 4000, wav.subarray(4000))).status, 409);
	assert.equal((await patch(service, address, 0, wav.subarray(0, 6000))).status, 204);
	await expire(service);
	const longer = await receiptOf(service, address);
	assert.equal(longer.sizeBytes, 6000);
	assert.equal((await keptAs(app, cut.name)).shelf, "trash");

	await sendRest(service, address, wav);
	const whole = await receiptOf(service, address);
	assert.equal(whole.sha256, sha256(wav));
	assert.equal((await keptAs(app, longer.name)).shelf, "trash");
	assert.notEqual((await keptAs(app, whole.name)).shelf, "trash");
});

test("what was kept of it was purged meanwhile: what comes is a recording like any other", async (t) => {
	const wav = someWav();
	const { service, app, address, cut } = await expired(t, wav, 6044, null);
	await trashRecording(app.library, cut.name);
	await purgeRecording(app.library, cut.name);
	await sendRest(service, address, wav);
	const { name, sha256: hash } = await receiptOf(service, address);
	assert.equal(hash, sha256(wav));
	assert.deepEqual(await recordingsOf(app), [name]);
});

test("the way back stays open: only receipts of what is whole are forgotten with time", async (t) => {
	const wav = someWav();
	const { service, app, address } = await expired(t, wav, 6044, null);
	const whole = someWav();
	const done = await begin(service, whole.length);
	assert.equal((await patch(service, done, 0, whole)).status, 204);
	const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000);
	for (const one of [address, done]) {
		const id = one.slice(one.lastIndexOf("/") + 1);
		await utimes(receiptFile(app.library.layout, id), longAgo, longAgo);
	}
	await uploadsOf(service.service).sweep();
	assert.equal((await head(service, done)).status, 404);
	await sendRest(service, address, wav);
	assert.equal((await receiptOf(service, address)).sha256, sha256(wav));
});

test("a person's recording is as long as it is: the limit is for files that have another copy", async (t) => {
	const app = await openTempApp(t);
	const config = { ...app.config, import: { ...app.config.import, maxSizeMb: 0.005 } };
	const uploads = openUploads(() => ({ ...app, config }));
	const wav = someWav();
	const about = {
		...{ originalFilename: "a.wav", title: null, tags: [], source: "browser" as const },
		...{ recordedAt: null, existsOnlyHere: true },
	};
	const body = () => ({ body: Readable.from([wav]), bodyBytes: wav.length, checksum: null });
	const begun = { lengthBytes: null, metadataHeader: null };
	const recorded = await uploads.begin("browser", { about, ...begun });
	await uploads.append(recorded, 0, body());
	uploads.setLength(recorded, wav.length);
	assert.equal((await uploads.finish(recorded))?.sha256, sha256(wav));
	for (const [owner, existsOnlyHere] of [
		["browser", false],
		["token:a", true],
	] as const) {
		const other = await uploads.begin(owner, { about: { ...about, existsOnlyHere }, ...begun });
		await assert.rejects(uploads.append(other, 0, body()), { code: "ERR_TOO_LARGE" });
	}
	await uploads.close();
});

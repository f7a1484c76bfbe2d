import assert from "node:assert/strict";
import { mkdir, readFile, rm, utimes } from "node:fs/promises";
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
import { purgedPrefix } from "../src/durable/remove-folder.ts";
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
	tus,
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

/** Whether the upload is cut short, or came whole: its recording, and its address. */
async function finished(t: TestContext, wav: Buffer, isCut: boolean) {
	if (isCut) return expired(t, wav, wav.length, null);
	const service = await startTempService(t);
	const address = await begin(service, wav.length);
	assert.equal((await patch(service, address, 0, wav)).status, 204);
	return { service, app: service.app, address, cut: await receiptOf(service, address) };
}

/** The last part once more, with which a sender says that this was all, or asks what became of it. */
function sayWhole(service: Parameters<typeof patch>[0], address: string, { length }: Buffer) {
	const headers = { "upload-length": `${length}` };
	return patch(service, address, length, new Uint8Array(), headers);
}

for (const isCut of [true, false]) {
	const what = isCut ? "cut short" : "whole";
	test(`no receipt is told of what was purged: its sender begins anew (${what})`, async (t) => {
		const wav = someWav();
		const { service, app, address, cut } = await finished(t, wav, isCut);
		await trashRecording(app.library, cut.name);
		await purgeRecording(app.library, cut.name);
		const asked = [await service.ask(address), await head(service, address)];
		asked.push(await sayWhole(service, address, wav));
		if (!isCut) asked.push(await patch(service, address, 0, wav));
		for (const { status, headers } of asked) {
			assert.equal(status, 404);
			assert.equal(headers.get("repr-digest"), null);
			assert.equal(headers.get("onwax-name"), null);
		}
		assert.equal((await service.ask(address, { method: "DELETE", headers: tus })).status, 204);
	});

	test(`what a receipt is told of comes out of the trash first (${what})`, async (t) => {
		const wav = someWav();
		const { service, app, address, cut } = await finished(t, wav, isCut);
		const ways: Record<string, () => Promise<string | null>> = {
			get: async () => {
				const told = await receiptOf(service, address);
				assert.equal(told.inTrash, false);
				return told.name;
			},
			part: async () => (await sayWhole(service, address, wav)).headers.get("onwax-name"),
		};
		if (!isCut) {
			ways.head = async () => (await head(service, address)).headers.get("onwax-name");
			ways["other part"] = async () =>
				(await patch(service, address, 0, wav)).headers.get("onwax-name");
		}
		for (const [way, ask] of Object.entries(ways)) {
			await trashRecording(app.library, cut.name);
			assert.equal(await ask(), cut.name, way);
			assert.notEqual((await keptAs(app, cut.name)).shelf, "trash", way);
		}
		if (!isCut) return;
		await trashRecording(app.library, cut.name);
		assert.equal((await head(service, address)).headers.get("onwax-name"), null);
		assert.equal((await keptAs(app, cut.name)).shelf, "trash", "nothing was told of it");
	});
}

test("what expires once more is kept where it is not the beginning of what is kept", async (t) => {
	const wav = someWav();
	const other = someWav();
	const { service, app, address, cut } = await expired(t, wav, 6044, null);
	const again = async (bytes: Buffer) => {
		assert.equal((await patch(service, address, 1, bytes.subarray(1))).status, 409);
		assert.equal((await patch(service, address, 0, bytes)).status, 204);
		await expire(service);
		const { name } = await receiptOf(service, address);
		return keptAs(app, name);
	};
	const asLong = await again(someWav().subarray(0, 6044));
	assert.notEqual(asLong.metadata.name, cut.name, "exactly as long, but other audio");
	const ofOthers = await again(other.subarray(0, 3000));
	assert.notEqual(ofOthers.metadata.name, asLong.metadata.name, "shorter, but other audio");
	assert.ok(ofOthers.bytes.equals(other.subarray(0, 3000)));

	await trashRecording(app.library, ofOthers.metadata.name);
	const shorter = await again(other.subarray(0, 2000));
	assert.ok(shorter.bytes.equals(other.subarray(0, 2000)), "what is in the trash is not kept");
	assert.notEqual(shorter.shelf, "trash");

	await trashRecording(app.library, shorter.metadata.name);
	const same = await again(other.subarray(0, 2000));
	assert.equal(same.metadata.name, shorter.metadata.name, "the same bytes are no second recording");
	assert.notEqual(same.shelf, "trash");
	assert.deepEqual(await uploadsLeft(app), []);
});

test("what cannot be compared with what is kept is kept as well", async (t) => {
	const wav = someWav();
	const { service, app, address, cut } = await expired(t, wav, 6044, null);
	assert.equal((await patch(service, address, 1, wav.subarray(1))).status, 409);
	assert.equal((await patch(service, address, 0, wav.subarray(0, 3000))).status, 204);
	const { shelf, metadata } = await keptAs(app, cut.name);
	await rm(join(recordingFolder(app.library.layout, shelf, cut.name), metadata.audioFile));
	await expire(service);
	const { name } = await receiptOf(service, address);
	assert.ok((await keptAs(app, name)).bytes.equals(wav.subarray(0, 3000)));
});

test("an upload whose folder stayed behind is opened again all the same", async (t) => {
	const wav = someWav();
	const service = await startTempService(t);
	const { app } = service;
	const address = await begin(service, null, recorder);
	assert.equal((await patch(service, address, 0, wav.subarray(0, 6044))).status, 204);
	// Where its folder would go to be removed there is something already.
	const { layout } = app.library;
	const id = address.slice(address.lastIndexOf("/") + 1);
	await mkdir(join(layout.uploads, `${purgedPrefix}${id}`, "x"), { recursive: true });
	await expire(service);
	assert.ok((await uploadsLeft(app)).includes(id), "it stays behind");
	assert.deepEqual(await sendRest(service, address, wav), [6044, 0]);
	assert.equal((await receiptOf(service, address)).sha256, sha256(wav));
});

test("what is noted of an upload that was given up meanwhile is told so", async (t) => {
	const app = await openTempApp(t);
	const uploads = openUploads(() => app);
	const about = {
		...{ originalFilename: "a.wav", title: null, tags: [], source: "browser" as const },
		...{ recordedAt: null, existsOnlyHere: true },
	};
	const asked = { about, lengthBytes: null, metadataHeader: null };
	const upload = await uploads.begin("browser", asked);
	await uploads.forget({ owner: "browser", seesAll: false }, upload.id);
	await assert.rejects(uploads.setEvents(upload, []), { code: "ERR_NOT_FOUND" });
	await uploads.close();
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

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Receipt } from "../../../src/server/contract/receipt.ts";
import { fakeService, memorySpool } from "./fake-service.ts";
import { finishRecording, startUploading } from "./finish-recording.ts";
import type { Spool, SpoolStore } from "./spool.ts";
import { createUploader, type Trouble, UploadTrouble } from "./upload.ts";
import { wavHeader } from "./wav-header.ts";

function sound(bytes: number): Uint8Array<ArrayBuffer> {
	return Uint8Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) % 251);
}

/** Goes on until the receipt, or the first trouble; no more than so many requests. */
async function upload(spool: Spool, most = 100): Promise<Receipt | Trouble> {
	const uploader = createUploader(spool);
	for (let step = 0; step < most; step++) {
		try {
			const outcome = await uploader.step(spool.sizeBytes, true);
			if (typeof outcome === "object") return outcome;
		} catch (error) {
			if (error instanceof UploadTrouble) return error.trouble;
			throw error;
		}
	}
	throw new Error(`no end after ${most} steps`);
}

const arrived = (outcome: Receipt | Trouble) => "sha256" in outcome;

test("what is cut off at any place, and answered by anything, arrives once and whole", async (t) => {
	const bytes = sound(700_000);
	for (let lost = 0; lost < 12; lost++) {
		const service = fakeService(t);
		let asked = 0;
		service.instead = () => (asked++ === lost ? "unreachable" : undefined);
		const spool = memorySpool(bytes);
		let outcome = await upload(spool);
		if (!arrived(outcome)) outcome = await upload(spool);
		assert.ok(arrived(outcome), `request ${lost} lost`);
		const [kept] = service.uploads.values();
		assert.equal(service.uploads.size, 1);
		assert.ok(kept?.bytes.equals(bytes));
	}
});

test("a service that never agrees on the place is asked again after a pause only", async (t) => {
	const service = fakeService(t);
	service.instead = (what) =>
		what === "PATCH uploads" ? new Response(null, { status: 409 }) : undefined;
	const outcome = await upload(memorySpool(sound(50_000)), 10);
	assert.equal((outcome as Trouble).kind, "busy");
});

test("something that answers in the service's place is no receipt, and no loop", async (t) => {
	const service = fakeService(t);
	const spool = memorySpool(sound(50_000), { uploadUrl: "/api/v1/uploads/1" });
	const page = () => new Response("<title>Sign in to this network</title>", { status: 200 });
	service.instead = page;
	assert.equal(((await upload(spool, 10)) as Trouble).kind, "unreachable");
	await spool.note({ uploadUrl: null });
	assert.equal(((await upload(spool, 10)) as Trouble).kind, "unreachable");
});

test("a proxy that takes less than the service gets less, without a pause", async (t) => {
	const service = fakeService(t);
	service.instead = (what, { body }) =>
		what === "PATCH uploads" && (body as Uint8Array).length > 1_000_000
			? new Response("too large", { status: 413 })
			: undefined;
	const outcome = await upload(memorySpool(sound(9_000_000)));
	assert.ok(arrived(outcome));
	// The size that goes through is found once, not before every part.
	assert.ok(service.asked.length < 25, service.asked.join());
});

test("a title of any length goes up, and one that was typed meanwhile is not lost with a request", async (t) => {
	const service = fakeService(t);
	const long = memorySpool(sound(1000), { title: "ü".repeat(20_000) });
	assert.ok(arrived(await upload(long)));
	assert.equal(service.uploads.get("1")?.title, "ü".repeat(300));

	const spool = memorySpool(sound(1000), { uploadUrl: null });
	service.instead = (what) => {
		if (what === "PATCH uploads") void spool.note({ title: "Typed later" });
		return what === "PATCH recordings" ? "unreachable" : undefined;
	};
	assert.equal(((await upload(spool)) as Trouble).kind, "unreachable", "no receipt without it");
	service.instead = () => undefined;
	assert.ok(arrived(await upload(spool)));
	assert.equal(service.uploads.get("2")?.title, "Typed later");

	const unwanted = memorySpool(sound(1000));
	service.instead = (what) => {
		if (what === "PATCH uploads") void unwanted.note({ title: "x" });
		return what === "PATCH recordings" ? new Response(null, { status: 404 }) : undefined;
	};
	assert.ok(arrived(await upload(unwanted)), "what the service will not have holds nothing up");
});

test("what the guard said is there before the last part, and never holds the sound up", async (t) => {
	const service = fakeService(t);
	const spool = memorySpool(sound(300_000), { state: "cut" });
	await spool.noteEvent({ at: "2026-01-02T03:04:06.000Z", kind: "silence", message: "0:00:01 …" });
	assert.ok(arrived(await upload(spool)));
	const kinds = service.uploads.get("1")?.events.map(({ kind }) => kind);
	assert.deepEqual(kinds, ["silence", "recovered"]);
	assert.ok(service.asked.indexOf("PUT events") < service.asked.lastIndexOf("PATCH uploads"));

	const refused = memorySpool(sound(1000), { state: "cut" });
	service.instead = (what) =>
		what === "PUT events" ? new Response(null, { status: 400 }) : undefined;
	assert.ok(arrived(await upload(refused)));
});

test("receipts that never fit do not fill the library; a storage that gives nothing back is told", async (t) => {
	const service = fakeService(t);
	const spool = memorySpool(sound(1000));
	service.instead = (what) => {
		const last = [...service.uploads.values()].at(-1);
		if (what === "GET uploads" && last) last.bytes[10] = 255;
		return undefined;
	};
	const pauses: (number | null)[] = [];
	for (let tried = 0; tried < 4; tried++) {
		const outcome = (await upload(spool)) as Trouble;
		assert.equal(outcome.kind, "mismatch");
		pauses.push(outcome.retryAfterSeconds);
	}
	assert.deepEqual(pauses, [2, 2, 86_400, 86_400]);
	spool.damaged = new Uint8Array(0);
	await assert.rejects(upload(spool, 20), /gave nothing back/);
});

function storeOf(removed: string[]): SpoolStore {
	return {
		kind: "opfs",
		ids: async () => [],
		create: () => Promise.reject(new Error("not here")),
		open: async () => null,
		remove: async (id) => {
			removed.push(id);
		},
	};
}

test("sound behind a damaged header is sound: it is sent, and not thrown away as empty", async (t) => {
	const service = fakeService(t);
	const removed: string[] = [];
	const spool = memorySpool(sound(64_000));
	const phases: string[] = [];
	await finishRecording(storeOf(removed), spool, {
		changed: ({ phase }) => phases.push(phase),
		held: () => {},
		endedBecause: null,
	});
	assert.equal(phases.at(-1), "kept");
	assert.equal(service.uploads.get("1")?.bytes.length, 64_000);
	assert.deepEqual(removed, [spool.journal.id]);
	const header = wavHeader({ sampleRate: 16_000, channels: 1, recordedAt: "", name: "x" });
	await finishRecording(storeOf(removed), memorySpool(header), {
		changed: ({ phase }) => phases.push(phase),
		held: () => {},
		endedBecause: null,
	});
	assert.equal(phases.at(-1), "empty", "a header alone is nothing");
});

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
	for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

async function daysPass(t: TestContext, days: number): Promise<void> {
	// Pauses are half a minute at most: none of them may be jumped over.
	for (let hour = 0; hour < days * 24; hour++) {
		t.mock.timers.tick(3_600_000);
		await settle();
	}
}

for (const gone of ["forgotten", "begun again"] as const)
	test(`however long it was offline: an upload that was ${gone} meanwhile arrives once and whole`, async (t) => {
		t.mock.timers.enable({ apis: ["setTimeout"] });
		const service = fakeService(t);
		const bytes = sound(400_000);
		const spool = memorySpool(bytes);
		let isOnline = true;
		service.instead = (what) => {
			if (what === "PATCH uploads" && service.uploads.get("1")?.bytes.length) isOnline = false;
			return isOnline ? undefined : "unreachable";
		};
		const uploading = startUploading(
			spool,
			() => bytes.length,
			() => {},
		);
		uploading.whole();
		await settle();
		await daysPass(t, 30);
		assert.equal(uploading.trouble()?.kind, "unreachable");
		if (gone === "forgotten") service.uploads.delete("1");
		else Object.assign(service.uploads.get("1") ?? {}, { bytes: Buffer.alloc(0) });
		service.instead = () => undefined;
		for (let minute = 0; minute < 3; minute++) {
			t.mock.timers.tick(60_000);
			await settle();
		}
		const receipt = await uploading.over;
		assert.equal(receipt?.sizeBytes, bytes.length);
		assert.equal(service.uploads.size, 1);
		assert.ok([...service.uploads.values()][0]?.bytes.equals(bytes));
	});

test("after three receipts that do not fit, only a person's wish shortens the pause", async (t) => {
	t.mock.timers.enable({ apis: ["setTimeout"] });
	const service = fakeService(t);
	const spool = memorySpool(sound(1000), { mismatches: 2 });
	service.instead = (what) => {
		const last = [...service.uploads.values()].at(-1);
		if (what === "GET uploads" && last) last.bytes[10] = 255;
		return undefined;
	};
	const uploading = startUploading(
		spool,
		() => spool.sizeBytes,
		() => {},
	);
	uploading.whole();
	await settle();
	assert.equal(uploading.trouble()?.kind, "mismatch");
	const asked = service.asked.length;
	uploading.poke(false);
	await settle();
	assert.equal(service.asked.length, asked, "a network that is back changes nothing");
	uploading.poke(true);
	await settle();
	assert.ok(service.asked.length > asked);
	uploading.stop();
	assert.equal(await uploading.over, null);
});

test("a service that keeps nothing of what it takes is asked again after a pause only", async (t) => {
	const service = fakeService(t);
	service.instead = (what) =>
		what === "PATCH uploads" ? new Response(null, { status: 404 }) : undefined;
	assert.equal(((await upload(memorySpool(sound(50_000)), 10)) as Trouble).kind, "busy");
});

test("a page in the place of the receipt is not taken for a fault of what lies here", async (t) => {
	const service = fakeService(t);
	service.instead = (what) =>
		what === "GET uploads" ? new Response("<title>Sign in</title>", { status: 200 }) : undefined;
	assert.equal(((await upload(memorySpool(sound(1000)), 10)) as Trouble).kind, "unreachable");
});

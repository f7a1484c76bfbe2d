import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { fakeService, memorySpool } from "./fake-service.ts";
import type { Held } from "./finish-recording.ts";
import type { LocalRecording } from "./messages.ts";
import { openRecording } from "./running-recording.ts";

const blockSamples = 800;

/** Blocks count up from 1: whoever reads them sees a missing one. */
function block(number: number): Int16Array<ArrayBuffer> {
	return new Int16Array(blockSamples).fill(number);
}

function numbersOf(sound: Iterable<number>): number[] {
	const samples = new Int16Array(Uint8Array.from(sound).buffer);
	return [...samples.filter((_, at) => at % blockSamples === 0)];
}

async function until(holds: () => boolean): Promise<void> {
	for (let turn = 0; !holds(); turn++) {
		assert.ok(turn < 500, "it never came to that");
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

/** A recording over a disk in memory that takes what `takes` lets it. */
async function record(
	t: TestContext,
	takes: (block: number) => boolean,
	estimate: () => Promise<StorageEstimate> = async () => ({}),
) {
	const service = fakeService(t);
	Object.assign(navigator, { storage: { estimate } });
	const disk = { bytes: new Uint8Array(0), syncedBytes: 0, blocks: 0 };
	const ended = memorySpool(new Uint8Array(0), { state: "recording" });
	const spool = {
		...ended,
		get journal() {
			return ended.journal;
		},
		get sizeBytes() {
			return disk.bytes.length;
		},
		async append(bytes: Uint8Array<ArrayBuffer>) {
			const isHeader = disk.bytes.length === 0;
			// A disk takes its time: more blocks come meanwhile.
			await new Promise((resolve) => setTimeout(resolve, 5));
			if (!isHeader && !takes(++disk.blocks)) throw new DOMException("full", "QuotaExceededError");
			disk.bytes = new Uint8Array(Buffer.concat([disk.bytes, bytes]));
		},
		async flush() {
			disk.syncedBytes = disk.bytes.length;
			return disk.syncedBytes;
		},
		read: async (offset: number, length: number) => disk.bytes.slice(offset, offset + length),
	};
	const { port1, port2 } = new MessageChannel();
	const told = { recordings: [] as LocalRecording[], notices: [] as string[] };
	const recording = await openRecording(
		{
			kind: "opfs",
			ids: async () => [],
			async create(_journal, header) {
				await spool.append(header);
				return spool;
			},
			open: async () => null,
			remove: async () => {},
		},
		{
			...{ id: "x", startedAt: new Date(), samples: port2, title: "" },
			...{ sampleRate: 16_000, channels: 1 },
			changed: (now) => told.recordings.push(now),
			level: () => {},
			notice: (_id, { kind }) => told.notices.push(kind),
			held: (_held: Held) => {},
		},
	);
	t.after(() => port1.close());
	/** Returns when it has come through. */
	const hear = async (samples: Int16Array<ArrayBuffer> | null) => {
		port1.postMessage(samples);
		const marker = new MessageChannel();
		marker.port1.postMessage(0);
		await once(marker.port2, "message");
		marker.port1.close();
	};
	return { service, spool, disk, told, recording, hear };
}

test("a write that fails ends the recording there: nothing is written behind the hole, and what is there arrives", async (t) => {
	const { service, disk, told, recording, hear } = await record(t, (number) => number !== 3);
	const header = disk.bytes.length;
	await Promise.all([1, 2, 3, 4, 5, 6].map((number) => hear(block(number))));
	await recording.over;
	const [upload] = service.uploads.values();
	assert.deepEqual(numbersOf(upload?.bytes.subarray(header) ?? []), [1, 2]);
	assert.ok(told.notices.includes("disk-full"));
	assert.equal(told.recordings.at(-1)?.phase, "kept");
	assert.match(told.recordings.at(-1)?.endedBecause ?? "", /no more room/);
	assert.deepEqual(
		upload?.events.map(({ kind }) => kind),
		["disk-full"],
	);
});

test("what was said before a pause is synced when the pause begins", async (t) => {
	const { disk, recording, hear } = await record(t, () => true);
	const header = disk.bytes.length;
	await hear(block(1));
	recording.pause();
	await hear(block(2));
	await until(() => disk.blocks === 1 && disk.syncedBytes === disk.bytes.length);
	recording.resume();
	await hear(block(3));
	await until(() => disk.blocks === 2);
	const over = recording.stop(null);
	await hear(null);
	await over;
	await recording.over;
	assert.deepEqual(numbersOf(disk.bytes.subarray(header)), [1, 3], "nothing of the pause");
});

test("no room at the beginning: it ends by itself, says why, and leaves nothing behind", async (t) => {
	const estimate = async () => ({ quota: 10_000, usage: 10_000 });
	const { told, recording } = await record(t, () => true, estimate);
	await recording.over;
	assert.deepEqual(
		told.recordings.map(({ phase }) => phase),
		["recording", "recording", "empty"],
	);
	assert.ok(told.notices.includes("disk-full"));
	await recording.stop(null);
});

test("a browser that does not tell its room records all the same", async (t) => {
	const estimate = () => Promise.reject(new Error("not here"));
	const { disk, told, recording, hear } = await record(t, () => true, estimate);
	await hear(block(1));
	await until(() => disk.blocks === 1);
	const stopped = recording.stop(null);
	await hear(null);
	await stopped;
	await recording.over;
	assert.equal(told.recordings.at(-1)?.phase, "kept");
});

test("what was heard before the wish to stop is taken, however late it comes", async (t) => {
	const { disk, recording, hear } = await record(t, () => true);
	const header = disk.bytes.length;
	t.mock.timers.enable({ apis: ["setTimeout"] });
	const stopped = recording.stop(null);
	let isOver = false;
	void stopped.then(() => recording.over).then(() => (isOver = true));
	for (const number of [1, 2, 3]) {
		t.mock.timers.tick(4000);
		await hear(block(number));
	}
	await hear(null);
	await hear(block(4));
	while (!isOver) {
		t.mock.timers.tick(5);
		await new Promise(setImmediate);
	}
	assert.deepEqual(numbersOf(disk.bytes.subarray(header)), [1, 2, 3]);
});

test("an end that comes before the wish for it is not waited for", async (t) => {
	const { told, recording, hear } = await record(t, () => true);
	await hear(null);
	t.mock.timers.enable({ apis: ["setTimeout"] });
	await recording.stop(null);
	await recording.over;
	assert.equal(told.recordings.at(-1)?.phase, "empty");
});

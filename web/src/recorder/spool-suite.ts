/// <reference lib="webworker" />
/** What both kinds of spool must do; runs in a worker of a real browser (test/web-recorder.test.ts). */
import { indexedDbStore } from "./indexeddb-spool.ts";
import type { Journal } from "./journal.ts";
import { opfsStore } from "./opfs-spool.ts";
import type { SpoolStore } from "./spool.ts";
import { wavHeader } from "./wav-header.ts";

declare const self: DedicatedWorkerGlobalScope;

const id = "20260102T030405678Z-abcdefabcdef";
const startedAt = "2026-01-02T03:04:05.678Z";
const header = wavHeader({ sampleRate: 16_000, channels: 1, recordedAt: startedAt, name: id });
const journal: Journal = {
	...{ version: 1, id, title: "Grüße", startedAt, state: "recording" },
	...{ uploadUrl: null, uploadedTitle: null, mismatches: 0 },
};
const events = ["one", "two"].map((kind) => ({ at: startedAt, kind, message: "Grüße" }));
const stores: Record<SpoolStore["kind"], () => SpoolStore> = {
	opfs: opfsStore,
	indexeddb: indexedDbStore,
};

function numbered(from: number, count: number): Uint8Array<ArrayBuffer> {
	return Uint8Array.from({ length: count }, (_, index) => (from + index) % 251);
}

/** Writes, and then hangs: whoever started it ends it without a warning. */
async function leave(store: SpoolStore): Promise<string> {
	const spool = await store.create(journal, header);
	for (let at = 0; at < 10_000; at += 500) {
		await spool.append(numbered(at, 500));
		if (at % 2000 === 0) await spool.flush();
	}
	await spool.flush();
	await spool.note({ uploadUrl: "/there", state: "cut" });
	for (const event of events) await spool.noteEvent(event);
	return "left";
}

async function takeUp(store: SpoolStore): Promise<string> {
	const failures: string[] = [];
	const check = (holds: boolean, what: string) => {
		if (!holds) failures.push(what);
	};
	check((await store.ids()).join() === id, "what was left is found");
	const spool = await store.open(id);
	if (spool === null) return "what was left cannot be opened";
	check(spool.sizeBytes === header.length + 10_000, "everything that was flushed is there");
	const expected = { ...journal, uploadUrl: "/there", state: "cut" };
	check(JSON.stringify(spool.journal) === JSON.stringify(expected), "the newest note is there");
	check(JSON.stringify(spool.events) === JSON.stringify(events), "what the guard said is there");
	for (const [from, length] of [
		...[
			[0, 1],
			[499, 2],
			[500, 500],
			[1999, 4003],
		],
		[9999, 1],
	] as const) {
		const read = await spool.read(header.length + from, length);
		check(read.join() === numbered(from, length).join(), `reads ${length} bytes from ${from}`);
	}
	const tail = await spool.read(header.length + 9990, 100);
	check(tail.length === 10, "reads no further than the end");
	await spool.append(numbered(10_000, 777));
	const unsynced = await spool.read(header.length + 9990, 787);
	check(unsynced.join() === numbered(9990, 787).join(), "reads what is not synced yet");
	const durable = await spool.flush();
	check(durable === header.length + 10_777, "goes on where it ended");
	await spool.append(new Uint8Array([1, 2, 3]));
	await spool.close();
	const again = await store.open(id);
	check(again?.sizeBytes === header.length + 10_780, "closing leaves nothing behind");
	check((await again?.file())?.size === header.length + 10_780, "all of it is a file");
	await again?.close();
	await store.remove(id);
	check((await store.ids()).length === 0 && (await store.open(id)) === null, "removed is gone");
	return failures.length === 0 ? "as it should" : failures.join("; ");
}

self.onmessage = async ({
	data,
}: MessageEvent<{ kind: SpoolStore["kind"]; act: "leave" | "takeUp" }>) => {
	const act = data.act === "leave" ? leave : takeUp;
	self.postMessage(await act(stores[data.kind]()).catch((error: unknown) => String(error)));
};

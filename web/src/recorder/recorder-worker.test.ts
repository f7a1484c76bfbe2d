import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { test } from "node:test";
import { fakeService, memorySpool } from "./fake-service.ts";
import { withLockNow } from "./lock.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import type { Spool, SpoolStore } from "./spool.ts";

const stub = `
	export const openStore = async () => globalThis.storeOfTest;
	export const otherStores = async () => [];`;
registerHooks({
	resolve: (specifier, context, next) =>
		specifier === "./open-store.ts"
			? { url: `data:text/javascript,${encodeURIComponent(stub)}`, shortCircuit: true }
			: next(specifier, context),
});

/** The worker as the page sees it. */
const told: FromWorker[] = [];
const self = {
	postMessage: (message: FromWorker) => told.push(message),
	addEventListener: () => {},
	onmessage: (_event: { data: ToWorker }) => {},
};
class SilentChannel {
	postMessage() {}
}
Object.assign(globalThis, { self, BroadcastChannel: SilentChannel });
Object.assign(navigator, { storage: { estimate: async () => ({}) } });
await import("./recorder-worker.ts");
const send = (data: ToWorker) => self.onmessage({ data });

/** Asked for once: what it does is changed in its place. */
const store: SpoolStore = {
	...{ kind: "opfs", ids: async () => [], open: async () => null, remove: async () => {} },
	create: () => Promise.reject(new Error("not yet")),
};
Object.assign(globalThis, { storeOfTest: store });

async function toldOf(id: string, type: FromWorker["type"]): Promise<FromWorker> {
	for (let turn = 0; turn < 5000; turn++) {
		const idOf = (one: FromWorker) =>
			one.type === "changed" ? one.recording.id : "id" in one ? one.id : null;
		const found = told.find((one) => one.type === type && idOf(one) === id);
		if (found !== undefined) return found;
		await new Promise(setImmediate);
	}
	throw new Error(`nothing of ${type} ${id}`);
}

function begin(id: string): MessagePort {
	const { port1, port2 } = new MessageChannel();
	send({ type: "begin", id, samples: port2, title: "", sampleRate: 16_000, channels: 1 });
	return port1;
}

const isFree = async (id: string) => (await withLockNow(id, async () => true)) === true;

test("a recording that cannot be brought to its end is told, closed, and sent no further", async (t) => {
	t.mock.timers.enable({ apis: ["setTimeout"] });
	const service = fakeService(t);
	service.instead = () => "unreachable";
	let isClosed = false;
	store.create = async (_journal, header) => {
		const ended = memorySpool(new Uint8Array([...header, ...new Uint8Array(32_000)]));
		return {
			...ended,
			get journal() {
				return ended.journal;
			},
			append: async () => {},
			read: () => Promise.reject(new DOMException("gone", "NotReadableError")),
			close: async () => {
				isClosed = true;
			},
		} satisfies Spool;
	};
	const samples = begin("one");
	await toldOf("one", "changed");
	send({ type: "stop" });
	samples.postMessage(null);
	const failed = await toldOf("one", "failed");
	assert.match(failed.type === "failed" ? (failed.hint ?? "") : "", /It is kept/);
	assert.ok(isClosed);
	assert.ok(await isFree("one"));
	const asked = service.asked.length;
	t.mock.timers.tick(3_600_000);
	for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
	assert.equal(service.asked.length, asked);
});

test("a recording that cannot begin is told by its name, and the way of its samples is closed", async () => {
	store.create = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
	const samples = begin("two");
	const closed = new Promise((resolve) => samples.addEventListener("close", resolve));
	samples.start();
	await toldOf("two", "failed");
	await closed;
	assert.ok(await isFree("two"));
});

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { WarmChildRequest } from "../../test/warm-child.ts";
import { OnwaxError } from "../errors.ts";
import type { AskOptions, Death } from "./conversation.ts";
import { openWarmChildren, type WarmChildrenOptions } from "./warm-children.ts";

const script = pathToFileURL(new URL("../../test/warm-child.ts", import.meta.url).pathname);

function children(t: TestContext, options: Partial<WarmChildrenOptions> = {}) {
	const program = { script, nodeOptions: [], environment: {}, maxRssBytes: null };
	const opened = openWarmChildren({ program, count: 1, places: 1, idleMs: null, ...options });
	t.after(() => opened.close());
	const deaths: Death[] = [];
	const failure = (message: string) => new OnwaxError("ERR_ENGINE", message);
	const ask = (request: WarmChildRequest, asking: Partial<AskOptions> = {}) =>
		opened.ask(request, {
			limits: { stallMs: null, baseMs: 60_000, msPerAudioSecond: 0, mostAudioSeconds: 0 },
			failures: {
				stalled: () => failure("stalled"),
				overtime: () => failure("overtime"),
				died: (death) => {
					deaths.push(death);
					return failure(`died of ${death.signal}`);
				},
			},
			...asking,
		});
	return { ...opened, ask, deaths };
}

test("a child is used again, and its errors come through as they were", async (t) => {
	const { ask } = children(t);
	const pid = await ask({ verb: "pid" });
	await assert.rejects(ask({ verb: "fail" }), { code: "ERR_EMPTY", hint: "Say something." });
	assert.equal(await ask({ verb: "pid" }), pid);
});

test("a child that was killed while it was idle is not missed", async (t) => {
	const { ask } = children(t);
	const pid = Number(await ask({ verb: "pid" }));
	process.kill(pid, "SIGKILL");
	assert.notEqual(await ask({ verb: "pid" }), pid);
});

test("several requests are in one child at once, as many as it has places", async (t) => {
	const { ask, pids } = children(t, { places: 3 });
	const all = await Promise.all([1, 2, 3].map(() => ask({ verb: "meet", people: 3 })));
	assert.equal(new Set(all).size, 1);
	assert.equal(pids().length, 1);
});

test("requests that nobody began wait for a place", async (t) => {
	const { ask, pids } = children(t, { count: 2, places: 2 });
	const all = await Promise.all(Array.from({ length: 20 }, () => ask({ verb: "pid" })));
	assert.equal(all.length, 20);
	assert.ok(pids().length <= 2);
});

test("who shared a child with the one that crashed is asked again, alone; who crashes alone has failed", async (t) => {
	const { ask, deaths } = children(t, { places: 2 });
	const crash = ask({ verb: "crash" });
	const shy = ask({ verb: "shy" });
	await assert.rejects(crash, { message: "died of SIGABRT" });
	assert.equal(typeof (await shy), "number");
	assert.deepEqual(
		deaths.map(({ shared }) => shared),
		[true, true, false],
	);
	assert.equal(deaths[2]?.complaint, "so it ends");
});

test("a child that is killed at work costs its request, which is not asked again", async (t) => {
	const { ask, pids, deaths } = children(t);
	await ask({ verb: "pid" });
	const work = ask(
		{ verb: "hang" },
		{ onProgress: () => process.kill(pids()[0] as number, "SIGKILL") },
	);
	await assert.rejects(work, { message: "died of SIGKILL" });
	assert.equal(deaths.length, 1);
	assert.equal(typeof (await ask({ verb: "pid" })), "number");
});

test("a request that is aborted leaves the others of its child alone", async (t) => {
	const { ask } = children(t, { places: 3 });
	const abort = new AbortController();
	const aborted = ask({ verb: "hang" }, { signal: abort.signal, onProgress: () => abort.abort() });
	const first = ask({ verb: "meet", people: 3 });
	await assert.rejects(aborted, { code: "ERR_INTERRUPTED", retryable: true });
	const second = ask({ verb: "meet", people: 3 });
	assert.equal(await first, await second);
});

test("a request that is aborted alone ends its child, and one that waits leaves the queue", async (t) => {
	const { ask, pids } = children(t);
	const abort = new AbortController();
	let pid = 0;
	const onProgress = () => {
		pid = pids()[0] ?? 0;
		abort.abort();
	};
	const aborted = ask({ verb: "hang" }, { signal: abort.signal, onProgress });
	const waiting = ask({ verb: "pid" }, { signal: abort.signal });
	const patient = ask({ verb: "pid" });
	await assert.rejects(aborted, { code: "ERR_INTERRUPTED" });
	await assert.rejects(waiting, { code: "ERR_INTERRUPTED" });
	assert.notEqual(await patient, pid);
});

test("a child that stalls, or takes too long, is stopped", async (t) => {
	const { ask } = children(t);
	const limits = { stallMs: null, baseMs: 60_000, msPerAudioSecond: 0, mostAudioSeconds: 0 };
	const stalled = ask({ verb: "stall" }, { limits: { ...limits, stallMs: 50 } });
	await assert.rejects(stalled, { message: "stalled" });
	const late = ask({ verb: "hang" }, { limits: { ...limits, baseMs: 50 } });
	await assert.rejects(late, { message: "overtime" });
	assert.equal(typeof (await ask({ verb: "pid" })), "number");
});

test("an idle child is ended after its time, and the next request gets a new one", async (t) => {
	const { ask, pids } = children(t, { idleMs: 1 });
	const pid = await ask({ verb: "pid" });
	// The timer does not keep this program alive; something has to.
	const alive = setInterval(() => undefined, 1);
	while (pids().length > 0) await new Promise((resume) => setImmediate(resume));
	clearInterval(alive);
	assert.notEqual(await ask({ verb: "pid" }), pid);
});

test("closing ends what is under way", async (t) => {
	const { ask, close, pids } = children(t, { places: 2 });
	let closing: Promise<void> | null = null;
	const work = ask(
		{ verb: "hang" },
		{
			onProgress: () => {
				closing ??= close();
			},
		},
	);
	await assert.rejects(work, { code: "ERR_INTERRUPTED" });
	await closing;
	assert.deepEqual(pids(), []);
	await assert.rejects(ask({ verb: "pid" }), { code: "ERR_INTERRUPTED" });
});

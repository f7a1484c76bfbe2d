import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { tempFolder } from "../../test/temp-folder.ts";
import { layoutOf } from "../archive/layout.ts";
import { newName } from "../archive/name.ts";
import { OnwaxError } from "../errors.ts";
import type { Snapshot, StopReason } from "./capture.ts";
import { type Controllable, serveControl } from "./control.ts";
import {
	isControlAddress,
	newControlAddress,
	removeDeadSockets,
	runtimeFolder,
} from "./control-address.ts";
import { listCaptures, tell } from "./control-client.ts";

function fakeRecorder(name: string) {
	const calls: string[] = [];
	const { promise: sealed, resolve: seal } = Promise.withResolvers<{ reason: StopReason }>();
	const snapshot: Snapshot = {
		name,
		state: "recording",
		device: "mic",
		requestedDevice: null,
		format: { sampleRate: 48_000, channels: 1 },
		title: null,
		startedAt: "2026-11-20T19:03:11.123456Z",
		capturedSeconds: 1.5,
		writtenSeconds: 1.4,
		syncedSeconds: 1,
		sizeBytes: 144_000,
		level: { peakDbfs: Number.NEGATIVE_INFINITY, rmsDbfs: Number.NEGATIVE_INFINITY },
		diskSecondsLeft: 1000,
		active: [],
	};
	const recorder: Controllable = {
		snapshot: () => snapshot,
		async pause() {
			if (snapshot.state === "paused") throw new OnwaxError("ERR_STATE", "It is paused already.");
			calls.push("pause");
			snapshot.state = "paused";
		},
		async resume() {
			calls.push("resume");
			snapshot.state = "recording";
		},
		stop(reason) {
			calls.push(`stop ${reason}`);
			snapshot.state = "stopping";
		},
		sealed,
	};
	return { recorder, snapshot, calls, seal };
}

async function serving(t: TestContext) {
	const folder = await tempFolder(t);
	const layout = layoutOf(join(folder, "data"));
	const { name } = newName();
	const writerFolder = join(layout.incoming, "writer-0123456789abcdef");
	await mkdir(join(writerFolder, name), { recursive: true });
	const runtime = await runtimeFolder({ env: {}, tempFolder: folder });
	const fake = fakeRecorder(name);
	const place = { folder: writerFolder, runtimeFolder: runtime };
	const control = await serveControl(fake.recorder, place);
	t.after(() => control.close());
	return { ...fake, control, layout, name, writerFolder, runtime };
}

async function client(t: TestContext, address: string) {
	const socket = connect(address);
	t.after(() => socket.destroy());
	await once(socket, "connect");
	const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
	const next = async () => {
		const { value, done } = await lines.next();
		return done ? null : JSON.parse(value);
	};
	return { socket, next, ask: (text: string) => socket.write(`${text}\n`) };
}

/** Resolves when nothing can be read from it any more. */
async function gone(socket: Socket): Promise<void> {
	socket.on("error", () => {});
	socket.resume();
	if (!socket.closed) await once(socket, "close");
}

test("a recorder is found by its announcement, and digital silence survives the way through JSON", async (t) => {
	const { layout, name, snapshot, writerFolder } = await serving(t);
	const [found, ...others] = await listCaptures(layout);
	assert.equal(others.length, 0);
	assert.equal(found?.name, name);
	assert.deepEqual(found?.snapshot, snapshot);
	const announced = JSON.parse(await readFile(join(writerFolder, "control.json"), "utf8"));
	assert.equal(announced.pid, process.pid);
	assert.equal(announced.startedAt, snapshot.startedAt);
});

test("pause and resume reach the recorder, and what it refuses comes back as its error", async (t) => {
	const { control, name, calls } = await serving(t);
	const capture = { name, address: control.address };
	assert.equal((await tell(capture, "pause")).snapshot.state, "paused");
	await assert.rejects(tell(capture, "pause"), { code: "ERR_STATE" });
	assert.equal((await tell(capture, "resume")).snapshot.state, "recording");
	assert.deepEqual(calls, ["pause", "resume"]);
});

test("stop is heard at once and answered when the audio is sealed, also where close() follows at once", async (t) => {
	const { control, name, calls, seal, recorder, writerFolder } = await serving(t);
	const heard = Promise.withResolvers<void>();
	let answered = false;
	const telling = tell({ name, address: control.address }, "stop", { onHeard: heard.resolve });
	void telling.then(() => {
		answered = true;
	});
	await heard.promise;
	assert.deepEqual(calls, ["stop asked"]);
	assert.equal(answered, false);
	const closing = recorder.sealed.then(() => control.close());
	seal({ reason: "asked" });
	const told = await telling;
	assert.equal(told.reason, "asked");
	assert.equal(told.snapshot.name, name);
	await closing;
	assert.equal(existsSync(join(writerFolder, "control.json")), false);
	assert.equal(existsSync(control.address), false);
});

test("a recorder that ends before it could answer is told as such", async (t) => {
	const { control, name } = await serving(t);
	const telling = tell({ name, address: control.address }, "stop", {
		onHeard: () => void control.close(),
	});
	await assert.rejects(telling, { code: "ERR_IO" });
});

test("who watches gets snapshots, notices and the end", async (t) => {
	const { control, name, seal } = await serving(t);
	const { next, ask } = await client(t, control.address);
	ask('{"do":"watch","everyMs":100}');
	const first = await next();
	assert.deepEqual([first.event, first.name, first.level.peakDbfs], ["snapshot", name, null]);
	control.tell({
		kind: "silence",
		phase: "begins",
		severity: "serious",
		message: "Nothing but silence.",
		positionSeconds: 1,
		durationSeconds: null,
	});
	let event = await next();
	while (event.event === "snapshot") event = await next();
	assert.deepEqual([event.event, event.kind], ["notice", "silence"]);
	seal({ reason: "silence" });
	await control.close();
	while (event.event !== "stopped") event = await next();
	assert.equal(event.reason, "silence");
	assert.equal(await next(), null);
});

test("what is no request is answered, and the next one on the same connection is served", async (t) => {
	const { control, calls } = await serving(t);
	const { next, ask } = await client(t, control.address);
	const nonsense = ["nonsense", "[]", "null", '{"do":"shutdown"}', '{"do":"watch","everyMs":1}'];
	for (const text of nonsense) {
		ask(text);
		assert.equal((await next()).error.code, "ERR_USAGE", text);
	}
	ask('{"do":"pause"}');
	assert.equal((await next()).capture.state, "paused");
	assert.deepEqual(calls, ["pause"]);
});

test("a line without an end is refused before it fills the memory", async (t) => {
	const { control, layout } = await serving(t);
	const { socket, next } = await client(t, control.address);
	socket.write("x".repeat(5000));
	assert.match((await next())?.error.message ?? "", /too long/);
	await gone(socket);
	assert.equal((await listCaptures(layout)).length, 1);
});

test("watchers are limited, and however many there are, a verb is heard", async (t) => {
	const { control, name, calls } = await serving(t);
	const watchers = await Promise.all(
		Array.from({ length: 20 }, async () => {
			const watcher = await client(t, control.address);
			watcher.ask('{"do":"watch"}');
			return { ...watcher, first: await watcher.next() };
		}),
	);
	const isRefused = ({ first }: { first: { error?: { code: string } } }) =>
		first.error?.code === "ERR_LIBRARY_BUSY";
	const [refused, ...others] = watchers.filter(isRefused);
	assert.ok(refused && others.length === 3);
	refused.ask('{"do":"status"}');
	assert.equal((await refused.next()).capture.state, "recording");
	await tell({ name, address: control.address }, "pause");
	assert.deepEqual(calls, ["pause"]);
});

test("of many that say nothing the one that was silent longest goes, and a verb is heard", async (t) => {
	const { control, name } = await serving(t);
	const silent = await client(t, control.address);
	const watcher = await client(t, control.address);
	watcher.ask('{"do":"watch","everyMs":100}');
	await watcher.next();
	const leaving = gone(silent.socket);
	const others = Array.from({ length: 128 }, () => connect(control.address));
	t.after(() => others.map((socket) => socket.destroy()));
	for (const socket of others) socket.on("error", () => {});
	await leaving;
	const told = await tell({ name, address: control.address }, "status");
	assert.equal(told.snapshot.state, "recording");
	assert.equal((await watcher.next()).event, "snapshot");
});

test("telling can be given up at any moment", async (t) => {
	const { control, name, calls } = await serving(t);
	const controller = new AbortController();
	const telling = tell({ name, address: control.address }, "stop", { signal: controller.signal });
	controller.abort(new OnwaxError("ERR_INTERRUPTED", "Interrupted."));
	await assert.rejects(telling, { code: "ERR_INTERRUPTED" });
	assert.deepEqual(calls, []);
});

test("a dead recorder's announcement, a strange one and a torn one are passed over", async (t) => {
	const { layout, control, writerFolder, runtime } = await serving(t);
	let writers = 0;
	const announce = async (address: string, torn = false) => {
		writers += 1;
		const folder = join(layout.incoming, `writer-00000000000000f${writers}`);
		await mkdir(folder, { recursive: true });
		const text = JSON.stringify({ address });
		await writeFile(join(folder, "control.json"), torn ? text.slice(0, -3) : text);
	};
	await announce(newControlAddress(runtime));
	await announce(join(writerFolder, "control.json"));
	await announce(control.address, true);
	const refusing = join(runtime, "0000000000000000.sock");
	await writeFile(refusing, "");
	await announce(refusing);
	assert.equal((await listCaptures(layout)).length, 1);
});

test("a killed recorder is not listed although its announcement and its socket lie there", async (t) => {
	const folder = await tempFolder(t);
	const layout = layoutOf(join(folder, "data"));
	const { name } = newName();
	const writerFolder = join(layout.incoming, "writer-0123456789abcdef");
	await mkdir(join(writerFolder, name), { recursive: true });
	const runtime = await runtimeFolder({ env: {}, tempFolder: folder });
	const module = fileURLToPath(new URL("./control.ts", import.meta.url));
	const script = `
		const { serveControl } = await import(${JSON.stringify(module)});
		const recorder = { snapshot: () => ({ name: ${JSON.stringify(name)}, state: "recording", device: "mic",
			capturedSeconds: 0, writtenSeconds: 0, syncedSeconds: 0, sizeBytes: 0, startedAt: "", active: [] }),
			sealed: new Promise(() => {}) };
		await serveControl(recorder, ${JSON.stringify({ folder: writerFolder, runtimeFolder: runtime })});
		console.log("ready");
		if (process.argv[1] === "stay") setInterval(() => {}, 1000);
	`;
	const run = (...args: string[]) =>
		spawn(process.execPath, ["--input-type=module", "-e", script, "--", ...args], {
			stdio: ["ignore", "pipe", "inherit"],
		});
	const child = run("stay");
	await once(child.stdout, "data");
	assert.equal((await listCaptures(layout))[0]?.name, name);
	child.kill("SIGSTOP");
	const [stopped] = await listCaptures(layout);
	assert.deepEqual([stopped?.name, stopped?.snapshot], [name, null]);
	child.kill("SIGKILL");
	await once(child, "exit");
	assert.deepEqual(await listCaptures(layout), []);
	assert.equal(existsSync(join(writerFolder, "control.json")), true);
	// The next recorder takes it away, once it cannot be one that is just beginning.
	const { address } = stopped ?? { address: "" };
	await removeDeadSockets(runtime);
	assert.equal(existsSync(address), true);
	await utimes(address, 0, 0);
	const own = newControlAddress(runtime);
	const alive = createServer().listen(own);
	await once(alive, "listening");
	await utimes(own, 0, 0);
	await removeDeadSockets(runtime);
	assert.deepEqual([existsSync(address), existsSync(own)], [false, true]);
	alive.close();
	// Serving does not keep a process alive that has nothing else to do.
	const [status] = await once(run(), "exit");
	assert.equal(status, 0);
});

test("the folder for sockets is the user's own: short, closed to others, and never through a link", async (t) => {
	const folder = await tempFolder(t);
	const session = join(folder, "run");
	await mkdir(session, { mode: 0o700 });
	const inSession = await runtimeFolder({ env: { XDG_RUNTIME_DIR: session }, tempFolder: folder });
	assert.equal(inSession, join(session, "onwax"));
	assert.equal((await stat(inSession)).mode & 0o777, 0o700);
	await chmod(inSession, 0o755);
	await runtimeFolder({ env: { XDG_RUNTIME_DIR: session }, tempFolder: folder });
	assert.equal((await stat(inSession)).mode & 0o777, 0o700);

	const own = join(folder, `onwax-${process.getuid?.()}`);
	const missing = { env: { XDG_RUNTIME_DIR: join(folder, "gone") }, tempFolder: folder };
	assert.equal(await runtimeFolder(missing), own);
	const long = join(folder, "x".repeat(90));
	await mkdir(long);
	const tooLong = { env: { XDG_RUNTIME_DIR: long }, tempFolder: folder };
	assert.equal(await runtimeFolder(tooLong), own);
	assert.ok(isControlAddress(newControlAddress(own)));
	assert.equal(await runtimeFolder({ env: {}, platform: "win32" }), "\\\\.\\pipe\\onwax");
	assert.ok(isControlAddress(newControlAddress("\\\\.\\pipe\\onwax")));

	const other = join(folder, "other");
	await mkdir(other);
	await symlink(session, join(other, `onwax-${process.getuid?.()}`));
	await assert.rejects(runtimeFolder({ env: {}, tempFolder: other }), { code: "ERR_PERMISSION" });
	const foreign = { env: {}, tempFolder: folder, uid: (process.getuid?.() ?? 0) + 1 };
	await mkdir(join(folder, `onwax-${foreign.uid}`));
	await assert.rejects(runtimeFolder(foreign), { code: "ERR_PERMISSION" });
});

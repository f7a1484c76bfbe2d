import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ended, saying } from "../../test/onwax-process.ts";
import { tempFolder } from "../../test/temp-folder.ts";

const source = new URL("..", import.meta.url).href;

/** One press of the key: a whole process, whose recorder is none. */
const script = `
	const [dataDir, device, slowMs, opened = device || "mic"] = process.argv.slice(1);
	const { toggle } = await import("${source}cli/record-toggle.ts");
	const { layoutOf } = await import("${source}archive/layout.ts");
	const { openWriter } = await import("${source}archive/writer.ts");
	const { serveControl } = await import("${source}capture/control.ts");
	const { runtimeFolder } = await import("${source}capture/control-address.ts");
	const { openOutput } = await import("${source}cli/output.ts");
	const layout = layoutOf(dataDir);
	const cli = { output: openOutput(true), environment: process.env, signal: new AbortController().signal };
	const toggled = await toggle(cli, layout, device || null).catch((error) => ({ kind: error.code }));
	console.log(toggled.kind);
	if (toggled.kind !== "start") process.exit();
	await new Promise((done) => setTimeout(done, Number(slowMs)));
	const writer = await openWriter(layout);
	const sealing = Promise.withResolvers();
	let state = "recording";
	const recorder = {
		snapshot: () => ({ name: "", state, device: opened, requestedDevice: device || null, capturedSeconds: 1, writtenSeconds: 1,
			syncedSeconds: 1, sizeBytes: 1, startedAt: "", active: [], level: null }),
		stop(reason) {
			state = "stopping";
			console.log("stopping");
			setTimeout(() => sealing.resolve({ reason }), Number(slowMs));
		},
		sealed: sealing.promise,
	};
	const control = await serveControl(recorder, {
		folder: writer.folder, runtimeFolder: await runtimeFolder({ env: process.env }),
	});
	toggled.release();
	console.log("announced");
	const staying = setInterval(() => {}, 1000);
	await recorder.sealed;
	clearInterval(staying);
	await control.close();
	await writer.close();
	console.log("ended");
`;

async function keyboard(t: TestContext) {
	const folder = await tempFolder(t);
	const run = join(folder, "run");
	await mkdir(run, { mode: 0o700 });
	const env = { ...process.env, XDG_RUNTIME_DIR: run };
	return (device = "", slowMs = 100, ...opened: string[]): ChildProcess => {
		const args = ["--input-type=module", "-e", script, "--", join(folder, "data"), device];
		const child = spawn(process.execPath, [...args, String(slowMs), ...opened], {
			env,
			stdio: "pipe",
		});
		t.after(() => child.kill("SIGKILL"));
		return child;
	};
}

test("two presses at the same moment give one beginning and one end, however slow the microphone is", async (t) => {
	const press = await keyboard(t);
	for (const slowMs of [0, 10, 300]) {
		const pressed = [press("", slowMs), press("", slowMs)];
		const said = await Promise.all(pressed.map(ended));
		const firsts = said.map(({ stdout }) => stdout.trim().split("\n"));
		const [started, stopped] = firsts[0]?.[0] === "start" ? firsts : firsts.toReversed();
		assert.deepEqual(started, ["start", "announced", "stopping", "ended"]);
		assert.match(stopped?.[0] ?? "", /"event":"stopped","reason":"asked"/);
		assert.equal(stopped?.[1], "stopped");
	}
});

test("a press while one is ending begins the next", async (t) => {
	const press = await keyboard(t);
	const first = press("", 600);
	await saying(first, "stdout", /announced/);
	const stopping = ended(press());
	const ending = ended(first);
	await saying(first, "stdout", /stopping/);
	const third = press();
	await saying(third, "stdout", /announced/);
	assert.match((await stopping).stdout, /stopped/);
	assert.match((await ending).stdout, /ended/);
	assert.match((await ended(press())).stdout, /stopped/);
});

test("with several going on a press ends none of them, unless a device says which", async (t) => {
	const press = await keyboard(t);
	const meeting = press("meeting room");
	await saying(meeting, "stdout", /announced/);
	// Not what is recorded from that device: so it begins.
	const headset = press("headset");
	await saying(headset, "stdout", /announced/);
	assert.equal((await ended(press())).stdout, "ERR_AMBIGUOUS\n");
	const ending = ended(headset);
	assert.match((await ended(press("headset"))).stdout, /stopped/);
	assert.match((await ending).stdout, /ended/);
	assert.match((await ended(press())).stdout, /stopped/);
});

test("with the same words as it was begun with it is ended, whatever the sound system calls the device", async (t) => {
	const press = await keyboard(t);
	const headset = press("My Headset", 0, "alsa_input.usb-0b0e");
	await saying(headset, "stdout", /announced/);
	const other = press("my headset 2", 0, "alsa_input.usb-ffff");
	await saying(other, "stdout", /announced/);
	const ending = ended(headset);
	assert.match((await ended(press("my headset"))).stdout, /stopped/);
	assert.match((await ending).stdout, /ended/);
	// And with a part of what the sound system says.
	assert.match((await ended(press("USB-FFFF"))).stdout, /stopped/);
});

test("a recorder that stands still keeps nobody from beginning with another device", async (t) => {
	const press = await keyboard(t);
	const stopped = press("meeting room");
	await saying(stopped, "stdout", /announced/);
	stopped.kill("SIGSTOP");
	const headset = press("headset");
	await saying(headset, "stdout", /announced/);
	// Nor is it what a press without a device means.
	assert.match((await ended(press())).stdout, /stopped/);
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
	counterFrames,
	ear,
	startSoundServer,
	until,
	withoutSilence,
} from "../../test/sound-server.ts";
import { openMicrophoneOf, openMicrophoneWith } from "./microphone-open.ts";
import { parec } from "./microphone-programs/parec.ts";

const options = { timeout: 30_000 };
const stereo = { sampleRate: 48_000, channels: 2 };

for (const [sampleRate, channels] of [
	[16_000, 1],
	[44_100, 2],
	[48_000, 1],
	[48_000, 2],
] as const) {
	const what = `${sampleRate} Hz, ${channels} channels`;
	test(
		`parec: every sample comes once, in order, as it was played: ${what}`,
		options,
		async (t) => {
			const server = await startSoundServer(t, { rate: sampleRate, channels });
			if (!server) return;
			const heard = ear();
			const open = openMicrophoneWith([parec], server.env);
			const microphone = await open({ sampleRate, channels }, null, heard.events);
			const played = counterFrames(sampleRate, channels);
			await server.play(played).done;
			await until(() => withoutSilence(heard.bytes(), channels).length >= played.length);
			await microphone.close();
			assert.equal(microphone.device, "mic.monitor");
			const came = withoutSilence(heard.bytes(), channels).subarray(0, played.length);
			assert.ok(came.equals(played), "other samples than those that were played");
			assert.ok(heard.frames.every(({ length }) => length % (channels * 2) === 0));
			assert.equal(heard.gone.length, 0);
		},
	);
}

test("parec: what waits while it is held comes afterwards, nothing is lost", options, async (t) => {
	const server = await startSoundServer(t, { channels: 2 });
	if (!server) return;
	const heard = ear();
	const microphone = await openMicrophoneWith([parec], server.env)(stereo, null, heard.events);
	microphone.hold();
	const played = counterFrames(48_000 * 3, 2);
	await server.play(played).done;
	assert.ok(heard.bytes().length < played.length / 2, "it was not held");
	microphone.proceed();
	await until(() => withoutSilence(heard.bytes(), 2).length >= played.length);
	await microphone.close();
	assert.ok(withoutSilence(heard.bytes(), 2).subarray(0, played.length).equals(played));
});

test(
	"parec: closing hands over what was heard, held or not, and nothing after",
	options,
	async (t) => {
		const server = await startSoundServer(t, { channels: 2 });
		if (!server) return;
		const open = openMicrophoneWith([parec], server.env);
		for (const isHeld of [false, true]) {
			const heard = ear();
			const reference = await server.listen();
			const microphone = await open(stereo, null, heard.events);
			if (isHeld) microphone.hold();
			const playback = server.play(counterFrames(48_000 * 5, 2));
			await until(() => reference.samples().some((sample) => sample !== 0));
			await sleep(700);
			// What another listener already has when we ask for the end, this one must hand over, too,
			// except for what the sound server itself has not delivered: a block of its own.
			const before = withoutSilence(Buffer.from(reference.samples().buffer), 2).length;
			await microphone.close();
			const after = withoutSilence(heard.bytes(), 2).length;
			const blocks = heard.frames.length;
			assert.ok(after >= before, `${before - after} bytes are missing`);
			await sleep(100);
			assert.equal(heard.frames.length, blocks);
			assert.equal(heard.gone.length, 0);
			playback.stop();
			reference.stop();
		}
	},
);

test(
	"parec: a device is found by a part of its name, and two are heard apart",
	options,
	async (t) => {
		const server = await startSoundServer(t);
		if (!server) return;
		await server.addSink("other");
		const open = openMicrophoneOf(null, server.env);
		const mono = { sampleRate: 48_000, channels: 1 };
		const [one, two] = [ear(), ear()];
		const first = await open(mono, "MIC.", one.events);
		const second = await open(mono, "oth", two.events);
		assert.deepEqual([first.device, second.device], ["mic.monitor", "other.monitor"]);
		await server.play(counterFrames(9600, 1), { sink: "other" }).done;
		await until(() => withoutSilence(two.bytes(), 1).length >= 9600 * 2);
		await Promise.all([first.close(), second.close()]);
		assert.equal(withoutSilence(one.bytes(), 1).length, 0);
		await assert.rejects(open(mono, "nobody", ear().events), {
			code: "ERR_NOT_FOUND",
			hint: /mic\.monitor .*other\.monitor/,
		});
		await assert.rejects(open(mono, "monitor", ear().events), { code: "ERR_AMBIGUOUS" });
	},
);

test("parec: moved to another source, then without any: told as that", options, async (t) => {
	const server = await startSoundServer(t);
	if (!server) return;
	const heard = ear();
	const open = openMicrophoneOf(null, server.env);
	const microphone = await open({ sampleRate: 48_000, channels: 1 }, null, heard.events);
	await server.addSink("second");
	await server.removeSink("mic");
	await until(() => heard.moved.length > 0);
	assert.deepEqual(heard.moved, ["second.monitor"]);
	assert.equal(microphone.device, "second.monitor");
	const before = heard.frames.length;
	await until(() => heard.frames.length > before + 3);
	assert.equal(heard.gone.length, 0);
	await server.removeSink("second");
	await until(() => heard.gone.length > 0);
	assert.equal(heard.gone[0]?.code, "ERR_NO_SOUND_DEVICE");
	assert.match(heard.gone[0]?.message ?? "", /second\.monitor.*Entity killed/);
	assert.match(heard.gone[0]?.hint ?? "", /onwax device list/);
	await microphone.close();
	assert.equal(heard.gone.length, 1);
});

test("parec: gone with the sound server, and there again when that is", options, async (t) => {
	const server = await startSoundServer(t);
	if (!server) return;
	const heard = ear();
	const open = openMicrophoneOf(null, server.env);
	const mono = { sampleRate: 48_000, channels: 1 };
	await open(mono, null, heard.events);
	await server.kill();
	await until(() => heard.gone.length > 0);
	assert.match(heard.gone[0]?.message ?? "", /Connection terminated/);
	// Only what heard before is asked again: no other program has a different idea of the default.
	await assert.rejects(open(mono, null, ear().events), {
		code: "ERR_NO_SOUND_DEVICE",
		message: "No microphone could be opened: parec says: Connection refused.",
	});
	await server.restart();
	const again = await open(mono, null, ear().events);
	assert.equal(again.device, "mic.monitor");
	await again.close();
});

test("a process that is killed leaves no program behind that listens on", options, async (t) => {
	const server = await startSoundServer(t);
	if (!server) return;
	const module = new URL("./microphone-open.ts", import.meta.url).href;
	const script = `
		const { openMicrophoneOf } = await import(${JSON.stringify(module)});
		const events = { onFrames() {}, onMoved() {}, onOverrun() {}, onGone() {} };
		await openMicrophoneOf(null)({ sampleRate: 48000, channels: 1 }, null, events);
		console.log("open");`;
	const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
		env: server.env,
		stdio: ["ignore", "pipe", "inherit"],
	});
	await new Promise((resolve) => owner.stdout.once("data", resolve));
	const path = `/proc/${owner.pid}/task/${owner.pid}/children`;
	const children = readFileSync(path, "utf8").trim().split(" ");
	assert.equal(children.length, 3, "parec, the shell that ends it, and the one that follows it");
	const watcher = children.at(-1);
	const watching = readFileSync(`/proc/${watcher}/task/${watcher}/children`, "utf8").trim();
	for (const pid of children) {
		const [, , group] = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/.*\) /, "").split(" ");
		assert.equal(group, pid, "a Ctrl-C in the terminal would end it before we ask it to");
	}
	owner.kill("SIGKILL");
	const all = [...children, watching];
	await until(() => all.every((pid) => !existsSync(`/proc/${pid}`) || isZombie(pid)));
});

function isZombie(pid: string): boolean {
	try {
		return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return true;
	}
}

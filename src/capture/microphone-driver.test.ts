import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ear, until } from "../../test/sound-server.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { openMicrophoneOf, openMicrophoneWith } from "./microphone-open.ts";
import type { MicrophoneProgram } from "./microphone-program.ts";
import { commandProgram } from "./microphone-programs/command.ts";

const options = { timeout: 20_000, skip: process.platform === "win32" };
const stereo = { sampleRate: 48_000, channels: 2 };

/** A program that is a shell script. */
function shell(script: string, more: Partial<MicrophoneProgram> = {}): MicrophoneProgram {
	return { ...commandProgram(["sh", "-c", script]), name: "fake", ...more };
}

function open(program: MicrophoneProgram, heard = ear()) {
	return openMicrophoneWith([program])(stereo, null, heard.events);
}

test("a program that ends at once is a reason, with what it said last", options, async () => {
	await assert.rejects(open(shell("echo chatter >&2; echo No card. >&2; exit 3")), {
		code: "ERR_NO_SOUND_DEVICE",
		message: "No microphone could be opened: fake ended with status 3, saying: No card.",
	});
	await assert.rejects(open(shell("kill -9 $$")), { message: /fake was ended by SIGKILL/ });
	await assert.rejects(open(shell("printf abc")), { message: /fake ended with status 0/ });
});

test("one that may not be run, and one that is not there, say so", options, async (t) => {
	const path = join(await tempFolder(t), "recorder");
	writeFileSync(path, "#!/bin/sh\n");
	chmodSync(path, 0o600);
	const start = (command: string) => openMicrophoneOf([command])(stereo, null, ear().events);
	await assert.rejects(start(path), { message: /may not be run/, hint: /executable/ });
	await assert.rejects(start(`${path}-2`), { message: /is not installed/ });
});

test(
	"the next one is tried until one hears; the end tells what each of them said",
	options,
	async () => {
		const dumb = { ...commandProgram(["/nowhere/dumb"]), name: "dumb" };
		const deaf = shell("echo ears hurt >&2; exit 1", {
			name: "deaf",
			read: (line) => ({ kind: "trouble", message: line }),
			troubleHint: "See a doctor.",
		});
		const good = shell("while :; do printf 12345678; sleep 0.01; done", { name: "good" });
		const heard = ear();
		const microphone = await openMicrophoneWith([dumb, deaf, good])(stereo, null, heard.events);
		await microphone.close();
		assert.match(heard.bytes().toString(), /^(12345678)+$/);
		await assert.rejects(openMicrophoneWith([dumb, deaf])(stereo, null, ear().events), {
			message: "No microphone could be opened: dumb is not installed; deaf says: ears hurt.",
			hint: "See a doctor.",
		});
	},
);

test("what cannot be heard in that format is said as that", options, async () => {
	const mono = shell("echo one only >&2; sleep 60", {
		read: (message) => ({ kind: "trouble", message, code: "ERR_UNSUPPORTED" }),
	});
	await assert.rejects(open(mono), { code: "ERR_UNSUPPORTED", message: /one only/ });
});

test(
	"frames are whole whatever the pieces are, and a torn one at the end is dropped",
	options,
	async () => {
		const heard = ear();
		// 10 bytes, a pause, 5 bytes: three frames of four bytes, and three bytes that never become one.
		await open(shell("printf 0123456789; sleep 0.05; printf abcde"), heard);
		await until(() => heard.gone.length > 0);
		assert.equal(heard.bytes().toString(), "0123456789ab");
		assert.ok(heard.frames.every(({ length }) => length % 4 === 0));
		assert.match(heard.gone[0]?.message ?? "", /went away: fake ended with status 0/);
		assert.equal(heard.gone[0]?.retryable, true);
	},
);

describe("silence", { concurrency: true }, () => {
	test("one that never says a word is open after three seconds, and closes", options, async () => {
		const heard = ear();
		const microphone = await open(shell("exec sleep 60"), heard);
		assert.equal(microphone.device, "default");
		await microphone.close();
		assert.deepEqual([heard.frames, heard.gone], [[], []]);
	});

	test("one that would tell when it is open, and does not, is no microphone", options, async () => {
		await assert.rejects(open(shell("exec sleep 60", { tellsWhenOpen: true })), {
			message: /does not answer/,
		});
	});
});

test("what it says is understood: the device, another one, an overrun", options, async () => {
	const heard = ear();
	const says = shell(
		"echo on a >&2; sleep 0.05; printf 1234; sleep 0.05; echo lost >&2; echo on b >&2; exec sleep 60",
		{
			tellsWhenOpen: true,
			read(line) {
				if (line === "lost") return { kind: "overrun" };
				return line.startsWith("on ") ? { kind: "listening", device: line.slice(3) } : null;
			},
		},
	);
	const microphone = await open(says, heard);
	assert.equal(microphone.device, "a");
	await until(() => heard.moved.length > 0);
	assert.deepEqual([heard.moved, heard.overruns, microphone.device], [["b"], 1, "b"]);
	await microphone.close();
	assert.deepEqual(heard.gone, []);
});

test("a flood is held back without filling the memory, and comes in order", options, async () => {
	const heard = ear();
	const microphone = await open(shell("exec seq -w 0 9999999"), heard);
	microphone.hold();
	await new Promise((resolve) => setTimeout(resolve, 300));
	const held = heard.bytes().length;
	await new Promise((resolve) => setTimeout(resolve, 300));
	assert.equal(heard.bytes().length, held);
	assert.deepEqual(heard.gone, []);
	microphone.proceed();
	await until(() => heard.gone.length > 0);
	const bytes = heard.bytes();
	assert.equal(bytes.length, 80_000_000);
	for (let line = 0; line < 10_000_000; line += 9973) {
		assert.equal(bytes.toString("latin1", line * 8, line * 8 + 7), String(line).padStart(7, "0"));
	}
});

test("chatter without end, and without line breaks, does no harm", options, async () => {
	const heard = ear();
	const noisy =
		"(while :; do printf '%01000d' 0; done) >&2 & while :; do printf 1234; sleep 0.01; done";
	const microphone = await open(shell(noisy), heard);
	const before = process.memoryUsage().heapUsed;
	await until(() => heard.frames.length > 50);
	assert.ok(process.memoryUsage().heapUsed - before < 50e6);
	await microphone.close();
	assert.deepEqual(heard.gone, []);
});

test("one that ignores SIGTERM is ended all the same, with what it started", options, async (t) => {
	const pidFile = join(await tempFolder(t), "pid");
	const stubborn = `trap '' TERM; sleep 60 & echo $! > ${pidFile}; while :; do printf 1234; sleep 0.02; done`;
	const heard = ear();
	const microphone = await open(shell(stubborn), heard);
	await microphone.close();
	const frames = heard.frames.length;
	const pid = Number(readFileSync(pidFile, "utf8"));
	await until(() => !isRunning(pid));
	assert.equal(heard.frames.length, frames);
	assert.deepEqual(heard.gone, []);
});

test("one whose child keeps the output open is over when it ends", options, async () => {
	const heard = ear();
	await open(shell("printf 1234; sleep 60 & sleep 0.1; exit 1"), heard);
	await until(() => heard.gone.length > 0);
	assert.match(heard.gone[0]?.message ?? "", /status 1/);
});

test("one that closes its output and stays is ended", options, async () => {
	const heard = ear();
	await open(shell("printf 1234; exec >&-; exec sleep 60"), heard);
	await until(() => heard.gone.length > 0);
	assert.match(heard.gone[0]?.message ?? "", /closed its output/);
});

test("a command of one's own is told rate, channels and device", options, async () => {
	const heard = ear();
	const command = ["sh", "-c", 'printf "%s|" "$@"; exec sleep 60', "x"];
	const values = ["-r{sampleRate}", "{channels}ch", "in:{device}"];
	const openOwn = openMicrophoneOf([...command, ...values]);
	const microphone = await openOwn({ sampleRate: 8000, channels: 1 }, "a $(b)", heard.events);
	await microphone.close();
	assert.equal(heard.bytes().toString(), "-r8000|1ch|in:a $(b)|".slice(0, 20));
	await assert.rejects(openMicrophoneOf(command)(stereo, "b", ear().events), {
		code: "ERR_UNSUPPORTED",
		hint: /\{device\}/,
	});
});

test("an opening that is given up leaves no program behind", options, async (t) => {
	const pidFile = join(await tempFolder(t), "pid");
	const giving = new AbortController();
	const mute = shell(
		`trap '' TERM; echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; sleep 60`,
	);
	const opening = openMicrophoneWith([mute])(stereo, null, ear().events, giving.signal);
	await until(() => existsSync(pidFile));
	giving.abort(new Error("enough"));
	await assert.rejects(opening, { message: "enough" });
	assert.ok(!isRunning(Number(readFileSync(pidFile, "utf8"))));
});

test("one that is silent ends with a process that is killed", options, async (t) => {
	const pidFile = join(await tempFolder(t), "pid");
	const module = new URL("./microphone-open.ts", import.meta.url).href;
	const command = ["sh", "-c", `trap '' TERM; echo $$ > ${pidFile}; printf 1234; sleep 60`];
	const script = `
		const { openMicrophoneOf } = await import(${JSON.stringify(module)});
		const events = { onFrames() {}, onMoved() {}, onOverrun() {}, onGone() {} };
		await openMicrophoneOf(${JSON.stringify(command)})({ sampleRate: 48000, channels: 1 }, null, events);
		console.log("open");`;
	const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	await new Promise((resolve) => owner.stdout.once("data", resolve));
	const pid = Number(readFileSync(pidFile, "utf8"));
	assert.ok(isRunning(pid));
	owner.kill("SIGKILL");
	await until(() => !isRunning(pid));
});

function isRunning(pid: number): boolean {
	try {
		return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return false;
	}
}

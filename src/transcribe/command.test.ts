import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { inspect } from "node:util";
import { needs } from "../../test/outside-program.ts";
import { OnwaxError } from "../errors.ts";
import { createCommandEngine } from "./command.ts";
import type { CommandEngineConfig } from "./engine-config.ts";

let folder = "";
before(async () => {
	folder = await mkdtemp(join(tmpdir(), "onwax-command-"));
});
after(() => rm(folder, { recursive: true }));

/** An engine that is a few lines of JavaScript; `{audio}` is its first argument. */
function engineOf(script: string, config: Partial<CommandEngineConfig> = {}, environment = {}) {
	const command = [process.execPath, "-e", script, "{audio}"];
	const declared: CommandEngineConfig = { type: "command", command, ...config };
	return createCommandEngine("mine", declared, { ...process.env, ...environment });
}

function requestFor(audioPath: string, signal = new AbortController().signal) {
	return { audioPath, durationSeconds: null, language: null, signal };
}

async function failureOf(promise: Promise<unknown>): Promise<OnwaxError> {
	const error = await promise.then(
		() => assert.fail("it succeeded"),
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof OnwaxError, inspect(error));
	return error;
}

async function isAlive(pidFile: string): Promise<boolean> {
	const pid = Number(await readFile(pidFile, "utf8"));
	// A killed process stays visible until init has collected it.
	for (let i = 0; i < 100; i++) {
		try {
			const status = await readFile(`/proc/${pid}/stat`, "utf8");
			if (/\) Z /.test(status)) return false;
		} catch {
			return false;
		}
		await wait(20);
	}
	return true;
}

test("an argument stays one argument, whatever the path holds", async () => {
	const path = "/tmp/a b'\"$(touch x);{language}.wav";
	const engine = engineOf("console.log(JSON.stringify({ text: process.argv[1] }))", {
		output: "json",
	});
	assert.equal((await engine.transcribe(requestFor(path))).text, path);
});

test("language and model are filled in; no language means auto", async () => {
	const engine = engineOf("", {
		command: [
			process.execPath,
			"-p",
			"process.argv.slice(1).join(' ')",
			"--",
			"l={language}",
		].concat("m={model}", "{audio}"),
		model: "tiny",
	});
	assert.match((await engine.transcribe(requestFor("/a.wav"))).text, /l=auto m=tiny \/a\.wav/);
	const french = await engine.transcribe({ ...requestFor("/a.wav"), language: "fr" });
	assert.match(french.text, /l=fr/);
	assert.deepEqual([french.language, french.model], ["fr", "tiny"]);
});

test("a program that is told the words to expect gets them as one list", async () => {
	const print = "process.stdout.write(JSON.stringify({ text: process.argv.slice(1).join('|') }))";
	const command = [process.execPath, "-e", print, "--", "w={vocabulary}", "{audio}"];
	const engine = engineOf("", { command, output: "json" });
	assert.equal(engine.takesVocabulary, true);
	const vocabulary = ["Zoë", "Smith, John", "{audio}", "a\nb", " ", "Zoë"];
	const { text } = await engine.transcribe({ ...requestFor("/a.wav"), vocabulary });
	assert.equal(text, "w=Zoë,Smith  John,{audio},a b|/a.wav");
	assert.equal((await engine.transcribe(requestFor("/a.wav"))).text, "w=|/a.wav");
	assert.equal(engineOf("").takesVocabulary, false);
});

test("lines become one text, empty lines paragraphs, standard error is not part of it", async () => {
	const engine = engineOf("console.error('noise'); console.log('one \\r\\n two\\n\\n\\nthree')");
	assert.equal((await engine.transcribe(requestFor("/a"))).text, "one two\nthree");
});

test("nothing printed with status 0 is silence", async () => {
	assert.equal((await engineOf("").transcribe(requestFor("/a"))).text, "");
});

test("standard input is closed", async () => {
	const engine = engineOf("process.stdin.on('end', () => console.log('end')).resume()");
	assert.equal((await engine.transcribe(requestFor("/a"))).text, "end");
});

test("a failing program is an error with what it said last, not retried", async () => {
	const engine = engineOf(
		"console.error('x'.repeat(9000) + ' no\\u001b[31mmodel'); process.exit(3)",
	);
	const error = await failureOf(engine.transcribe(requestFor("/a")));
	assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE", false]);
	assert.match(error.message, /^mine ended with 3: x{100,} no\[31mmodel$/);
	assert.ok(error.message.length < 600);
});

test("a program that was killed may be tried again", async () => {
	const error = await failureOf(
		engineOf("process.kill(process.pid, 'SIGTERM')").transcribe(requestFor("/a")),
	);
	assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE", true]);
});

test("a program that is not there is missing, and check says so", async () => {
	const config: CommandEngineConfig = { type: "command", command: ["no-such-program", "{audio}"] };
	const engine = createCommandEngine("mine", config, process.env);
	const error = await failureOf(engine.transcribe(requestFor("/a")));
	assert.equal(error.code, "ERR_ENGINE_MISSING");
	assert.match(error.hint ?? "", /Install no-such-program/);
	assert.equal((await engine.check()).ok, false);
	assert.equal((await engineOf("").check()).ok, true);
});

test("secrets stay here unless the configuration passes them on, and are never shown", async () => {
	const secrets = { MY_API_KEY: "canary-key", HF_TOKEN: "canary-token", DB_PASSWORD: "canary-pw" };
	const print = "console.log(Object.keys(process.env).join(' '))";
	const text = (await engineOf(print, {}, secrets).transcribe(requestFor("/a"))).text.split(" ");
	assert.deepEqual(
		["PATH", "MY_API_KEY", "HF_TOKEN", "DB_PASSWORD"].map((name) => text.includes(name)),
		[true, false, false, false],
	);
	const fail = "console.error('key', process.env.HF_TOKEN); process.exit(1)";
	const engine = engineOf(fail, { env: ["HF_TOKEN"] }, secrets);
	const error = await failureOf(engine.transcribe(requestFor("/a")));
	assert.match(error.message, /key \*\*\*/);
	assert.ok(!inspect(error, { depth: null }).includes("canary-token"));
});

test("a key of another engine stays here whatever it is called, unless this one names it", async () => {
	const command = [process.execPath, "-p", "Object.keys(process.env).join(' ')", "{audio}"];
	const environment = { ...process.env, HARMLESS_NAME: "canary", GROQ_KEY: "canary" };
	const seen = async (env: string[]) => {
		const config: CommandEngineConfig = { type: "command", command, env };
		const engine = createCommandEngine("mine", config, environment, ["HARMLESS_NAME"]);
		const { text } = await engine.transcribe(requestFor("/a"));
		return ["PATH", "HARMLESS_NAME", "GROQ_KEY"].filter((name) => text.split(" ").includes(name));
	};
	assert.deepEqual(await seen([]), ["PATH"]);
	assert.deepEqual(await seen(["HARMLESS_NAME"]), ["PATH", "HARMLESS_NAME"]);
});

test("the time limit ends the program and everything that it started", async () => {
	const pidFile = join(folder, "grandchild");
	const script = 'sleep 1000 & echo $! > "$1"; wait';
	const command = ["sh", "-c", script, "sh", "{audio}"];
	const engine = engineOf("", { command, timeoutSeconds: 1 });
	const error = await failureOf(engine.transcribe(requestFor(pidFile)));
	assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE_TIMEOUT", true]);
	assert.equal(await isAlive(pidFile), false);
});

test("when this process ends, its programs do not stay behind", async () => {
	const pidFile = join(folder, "orphan");
	const host = `
		import { readFileSync } from "node:fs";
		import { runProgram } from ${JSON.stringify(new URL("run-program.ts", import.meta.url).href)};
		const script = 'echo $$ > "$1"; exec sleep 1000';
		const limits = { timeoutMs: 1e6, maxStdoutBytes: 1, stderrTailBytes: 1, signal: new AbortController().signal };
		runProgram("/bin/sh", ["-c", script, "sh", ${JSON.stringify(pidFile)}], process.env, limits);
		setInterval(() => {
			try {
				if (readFileSync(${JSON.stringify(pidFile)}, "utf8").endsWith("\\n")) process.exit();
			} catch {}
		}, 10);`;
	execFileSync(process.execPath, ["--input-type=module-typescript", "-e", host]);
	assert.equal(await isAlive(pidFile), false);
});

test("when this process is killed, its programs and what they started are gone, too", {
	skip: process.platform === "win32",
}, async () => {
	const [program, started] = [join(folder, "killed-program"), join(folder, "killed-grandchild")];
	const host = `
		import { existsSync } from "node:fs";
		import { runProgram } from ${JSON.stringify(new URL("run-program.ts", import.meta.url).href)};
		const script = 'sleep 1000 & echo $! > "$2"; echo $$ > "$1.new"; mv "$1.new" "$1"; wait';
		const limits = { timeoutMs: 1e6, maxStdoutBytes: 1, stderrTailBytes: 1, signal: new AbortController().signal };
		runProgram("/bin/sh", ["-c", script, "sh", ${JSON.stringify(program)}, ${JSON.stringify(started)}], process.env, limits);
		setInterval(() => {
			if (existsSync(${JSON.stringify(program)})) process.kill(process.pid, "SIGKILL");
		}, 10);`;
	const { signal } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", host]);
	assert.equal(signal, "SIGKILL");
	assert.deepEqual([await isAlive(program), await isAlive(started)], [false, false]);
});

test("an abort ends the program", async () => {
	const abort = new AbortController();
	const pidFile = join(folder, "child");
	const script = `require("node:fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)`;
	const transcribing = failureOf(engineOf(script).transcribe(requestFor(pidFile, abort.signal)));
	while (!(await readFile(pidFile, "utf8").catch(() => ""))) await wait(10);
	abort.abort();
	assert.equal((await transcribing).code, "ERR_INTERRUPTED");
	assert.equal(await isAlive(pidFile), false);
});

test("what a program leaves in the background does not hold the transcript up", async () => {
	const pidFile = join(folder, "straggler");
	const script = `
		const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
		require("node:fs").writeFileSync(process.argv[1], String(child.pid));
		child.unref();
		console.log("said");`;
	const output = await engineOf(script).transcribe(requestFor(pidFile));
	assert.equal(output.text, "said");
	assert.equal(await isAlive(pidFile), false);
});

test("a program that prints without end is stopped", async () => {
	const script = "const b = Buffer.alloc(65536, 97); for (;;) require('node:fs').writeSync(1, b)";
	const error = await failureOf(engineOf(script).transcribe(requestFor("/a")));
	assert.deepEqual([error.code, error.retryable], ["ERR_ENGINE_OUTPUT", false]);
});

test("promised JSON that is none is an error that says what to change", async () => {
	const error = await failureOf(
		engineOf("console.log('hello')", { output: "json" }).transcribe(requestFor("/a")),
	);
	assert.equal(error.code, "ERR_ENGINE_OUTPUT");
	assert.match(error.hint ?? "", /output/);
});

for (const [problem, command, model] of [
	["no {audio}", ["program"], undefined],
	["{audio} as the program itself", ["{audio}"], undefined],
	["nothing", [], undefined],
	["{model} without a model", ["program", "{model}", "{audio}"], undefined],
] as const)
	test(`a command with ${problem} is a configuration error`, () => {
		assert.throws(
			() => createCommandEngine("mine", { type: "command", command: [...command], model }, {}),
			{ code: "ERR_CONFIG" },
		);
	});

test("pocketsphinx reads synthesised speech", async (t) => {
	if (!needs(t, "pocketsphinx_continuous", "pocketsphinx pocketsphinx-en-us")) return;
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return;
	const spoken = join(folder, "spoken.wav");
	const path = join(folder, "16k.wav");
	const sentence = "ask what you can do for your country";
	execFileSync("espeak-ng", ["-v", "en-us", "-s", "130", "-w", spoken, sentence]);
	execFileSync("ffmpeg", ["-loglevel", "error", "-i", spoken, "-ar", "16000", "-ac", "1", path]);
	const engine = createCommandEngine(
		"sphinx",
		{
			...{ type: "command", output: "auto" },
			command: ["pocketsphinx_continuous", "-time", "yes", "-infile", "{audio}"],
		},
		process.env,
	);
	const output = await engine.transcribe(requestFor(path));
	t.diagnostic(output.text);
	const heard = output.text.split(" ");
	const understood = sentence.split(" ").filter((word) => heard.includes(word));
	assert.ok(understood.length >= 4, `only ${understood.join(", ")} in: ${output.text}`);
	assert.doesNotMatch(output.text, /INFO|\n/);
	const words = output.segments.flatMap((segment) => segment.words);
	assert.equal(words.map(({ text }) => text.trim()).join(" "), output.text);
	assert.ok(words.every(({ startSeconds, endSeconds }) => startSeconds < endSeconds));
});

test("pocketsphinx hears nothing in silence, and that is a success", async (t) => {
	if (!needs(t, "pocketsphinx_continuous", "pocketsphinx pocketsphinx-en-us")) return;
	const path = join(folder, "silence.wav");
	await writeFile(path, silentWav(16_000));
	const engine = createCommandEngine(
		"sphinx",
		{
			...{ type: "command", output: "auto" },
			command: ["pocketsphinx_continuous", "-time", "yes", "-infile", "{audio}"],
		},
		process.env,
	);
	assert.equal((await engine.transcribe(requestFor(path))).text, "");
});

/** 16 kHz mono, 16 bits. */
function silentWav(sampleCount: number): Buffer {
	const wav = Buffer.alloc(44 + sampleCount * 2);
	wav.write("RIFF", 0);
	wav.writeUInt32LE(wav.length - 8, 4);
	wav.write("WAVEfmt ", 8);
	wav.writeUInt32LE(16, 16);
	wav.writeUInt16LE(1, 20);
	wav.writeUInt16LE(1, 22);
	wav.writeUInt32LE(16_000, 24);
	wav.writeUInt32LE(32_000, 28);
	wav.writeUInt16LE(2, 32);
	wav.writeUInt16LE(16, 34);
	wav.write("data", 36);
	wav.writeUInt32LE(sampleCount * 2, 40);
	return wav;
}

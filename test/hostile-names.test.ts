import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createScenario, onwax, type Scenario, tone } from "./faults/scenario.ts";
import { tempFolder } from "./temp-folder.ts";

/** Names that somebody's file system really has, or that somebody means harm with. */
const names = [
	"Cafe\u0301.wav",
	"Caf\u00e9.wav",
	"CON.wav",
	"aux.wav",
	"com1.wav",
	`${"x".repeat(251)}.wav`,
	`${"録".repeat(83)}ab.wav`,
	"two\nlines.wav",
	"carriage\rreturn.wav",
	"tab\there.wav",
	"escape\u001b[31m\u001b]0;title\u0007.wav",
	"-rf.wav",
	"--help.wav",
	"🎙️👩‍🎤.wav",
	"\u202egnp.wav",
	"\u200f\u2066rtl\u2069.wav",
	"zero\u200bwidth\ufeff.wav",
	`it's "quoted".wav`,
	"$(touch pwned).wav",
	"`touch pwned`.wav",
	"a;touch pwned|b&c>d.wav",
	"{audio}.wav",
	"%s%n%00.wav",
	"back\\slash..\\..\\up.wav",
	"*?[a-z].wav",
	" leading and trailing .wav",
	"http:evil.wav",
	"file:concat:a|b.wav",
	"a'; DROP TABLE recordings; --.wav",
	"<script>alert(1)</script>.wav".replace("/", "\u2215"),
	"dots.....wav",
	"UPPER.WAV",
];

type Expected = { outcome: string; code?: string };

/** Everything that can lie in a folder, with what has to become of each. */
async function fill(t: TestContext, folder: string): Promise<Map<string, Expected>> {
	const expected = new Map<string, Expected>();
	const expect = (name: string, outcome: string, code?: string) => {
		expected.set(join(folder, name), code ? { outcome, code } : { outcome });
		return join(folder, name);
	};
	let made = 0;
	const audio = () => {
		made += 1;
		return tone(200 + made * 10, 0.1);
	};
	for (const name of names) await writeFile(expect(name, "kept"), audio());
	// Not UTF-8: found by its bytes, shown with replacement characters.
	const bytes = Buffer.from([0x6c, 0xe4, 0xff, 0x2e, 0x77, 0x61, 0x76]);
	await writeFile(Buffer.concat([Buffer.from(`${folder}/`), bytes]), audio());
	expect("l\ufffd\ufffd.wav", "kept");
	await mkdir(join(folder, "folder.wav"));
	await mkdir(join(folder, ".wav"));
	await writeFile(expect("folder.wav/inside.wav", "kept"), audio());
	await writeFile(expect(".wav/inside.wav", "kept"), audio());
	for (const name of [".hidden.wav", "._CON.wav", "notes.txt", "wav", "no extension."]) {
		await writeFile(expect(name, "passed"), "not imported");
	}
	await writeFile(expect("empty.wav", "refused", "ERR_EMPTY"), "");
	await symlink(join(folder, "aux.wav"), expect("link.wav", "refused", "ERR_SYMLINK"));
	await symlink(folder, expect("link to folder", "refused", "ERR_SYMLINK"));
	await symlink("/nowhere/at/all.wav", expect("dangling.wav", "refused", "ERR_SYMLINK"));
	await symlink("loop.wav", expect("loop.wav", "refused", "ERR_SYMLINK"));
	execFileSync("mkfifo", [expect("fifo.wav", "refused", "ERR_NOT_A_FILE")]);
	const server = createServer().listen(expect("socket.wav", "refused", "ERR_NOT_A_FILE"));
	t.after(() => server.close());
	await once(server, "listening");
	await writeFile(join(folder, "unreadable.wav"), audio());
	await chmod(join(folder, "unreadable.wav"), 0o000);
	// To root every file is readable.
	if (process.getuid?.() === 0) expect("unreadable.wav", "kept");
	else expect("unreadable.wav", "refused", "ERR_PERMISSION");
	await writeFile(expect("growing.wav", "refused", "ERR_FILE_CHANGED"), tone(99, 300));
	expect("library", "refused", "ERR_NOT_A_FILE");
	return expected;
}

/** Another program that has not finished writing. */
function appendTo(path: string): ChildProcess {
	const script = `
		const { openSync, writeSync } = require("node:fs");
		const file = openSync(process.argv[1], "a");
		process.stdout.write("appending");
		const pause = new Int32Array(new SharedArrayBuffer(4));
		for (;;) { writeSync(file, Buffer.alloc(64)); Atomics.wait(pause, 0, 0, 1); }
	`;
	return spawn(process.execPath, ["-e", script, path], { stdio: ["ignore", "pipe", "inherit"] });
}

test("every entry of a folder full of traps has its outcome, and the rest of the batch goes on", async (t) => {
	const home = await tempFolder(t);
	const inputs = join(home, "inputs");
	const scenario: Scenario = {
		...(await createScenario(home, {
			recordings: 0,
			// The library lies in the folder that is imported.
			config: {
				dataDir: join(inputs, "library"),
				engine: "said",
				engines: { said: { type: "command", command: ["echo", "heard {audio}"] } },
			},
		})),
		dataDir: join(inputs, "library"),
	};
	const expected = await fill(t, inputs);
	const growing = appendTo(join(inputs, "growing.wav"));
	await once(growing.stdout as NodeJS.ReadableStream, "data");
	const outcome = await onwax(scenario, ["import", inputs]);
	growing.kill("SIGKILL");
	await once(growing, "close");
	assert.equal(outcome.signal, null);
	assert.equal(outcome.exitCode, 1, "some were refused");
	const told = new Map<string, Expected>();
	for (const line of outcome.lines) {
		const { code } = (line.error ?? {}) as { code?: string };
		told.set(
			String(line.file),
			code ? { outcome: String(line.outcome), code } : { outcome: String(line.outcome) },
		);
	}
	assert.deepEqual(
		[...told].sort(([a], [b]) => (a < b ? -1 : 1)),
		[...expected].sort(([a], [b]) => (a < b ? -1 : 1)),
	);
	// Names are kept to the letter, composed or not, and never become a path.
	const kept = outcome.lines.filter((line) => line.outcome === "kept");
	const originals = kept.map(({ originalFilename }) => originalFilename);
	for (const name of names) assert.ok(originals.includes(name), JSON.stringify(name));
	for (const { name, path } of kept) {
		assert.match(String(name), /^[\d_.-]+_[0-9a-z]{6}$/);
		assert.match(String(path), /\/recordings\/success\/[^/]+\/audio\.(flac|wav)$/);
	}
	// What people read holds no control characters of anybody else's.
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	assert.doesNotMatch(outcome.stderr, /[\u0000-\u0009\u000b-\u001f\u007f\u202e\u2066]/);
	assert.ok(!(await readdir(inputs)).includes("pwned"));
	assert.ok(!(await readdir(process.cwd())).includes("pwned"));
	assert.ok((await readFile(join(inputs, "aux.wav"))).length > 0, "sources are only read");
	const listed = await onwax(scenario, ["list", "--limit", "0"]);
	assert.equal(listed.lines.length, kept.length);
});

test("paths that are named are held to the same: a link, a pipe, nothing at all", async (t) => {
	const scenario = await createScenario(await tempFolder(t), { recordings: 1 });
	const path = (name: string) => join(scenario.inputs, name);
	await symlink(path("tone-0.wav"), path("link.wav"));
	execFileSync("mkfifo", [path("fifo")]);
	const named = ["link.wav", "fifo", "missing.wav", "tone-0.wav"].map(path);
	const { lines, exitCode } = await onwax(scenario, ["import", "--no-wait", ...named]);
	const codes = lines.map(({ file, outcome, error }) => [
		String(file).slice(scenario.inputs.length + 1),
		(error as { code: string } | undefined)?.code ?? outcome,
	]);
	assert.deepEqual(codes.sort(), [
		["fifo", "ERR_NOT_A_FILE"],
		["link.wav", "ERR_SYMLINK"],
		["missing.wav", "ERR_NOT_FOUND"],
		["tone-0.wav", "kept"],
	]);
	assert.equal(exitCode, 1);
});

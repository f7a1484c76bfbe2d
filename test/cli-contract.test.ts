import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { commandNames } from "../src/cli/commands.ts";
import { buildWavHeader } from "../src/wav.ts";
import { ended, type Home, saying, tempHome } from "./onwax-process.ts";

function wav(seed: number, bytes = 8000): Buffer {
	const samples = Buffer.alloc(bytes, seed);
	const fields = { encoding: "pcm", sampleRate: 8000, channels: 1, bitDepth: 16 } as const;
	return Buffer.concat([buildWavHeader({ ...fields, dataBytes: samples.length }), samples]);
}

/** Half a second of AIFF (Apple, Audio Interchange File Format 1.3), 8 bit, 8000 Hz, one channel. */
function aiff(seed: number): Buffer {
	const samples = Buffer.alloc(4000, seed);
	const common = Buffer.alloc(26);
	common.write("COMM");
	common.writeUInt32BE(18, 4);
	common.writeUInt16BE(1, 8);
	common.writeUInt32BE(samples.length, 10);
	common.writeUInt16BE(8, 14);
	// 8000 as an 80-bit extended number.
	common.set([0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0], 16);
	const sound = Buffer.alloc(16);
	sound.write("SSND");
	sound.writeUInt32BE(8 + samples.length, 4);
	const form = Buffer.alloc(12);
	form.write("FORM");
	form.writeUInt32BE(4 + common.length + sound.length + samples.length, 4);
	form.write("AIFF", 8);
	return Buffer.concat([form, common, sound, samples]);
}

async function importWavs(home: Home, count: number): Promise<string[]> {
	const folder = join(home.folder, "in");
	await mkdir(folder);
	for (let i = 0; i < count; i += 1) await writeFile(join(folder, `${i}.wav`), wav(i + 1));
	const values = await home.json(["import", folder, "--no-wait"]);
	return values.map(({ name }) => String(name));
}

test("reading commands find an empty library where there is none, and make none", async (t) => {
	const home = await tempHome(t);
	const listed = await home.onwax(["list"]);
	assert.deepEqual([listed.status, listed.stdout], [0, ""]);
	assert.match(listed.stderr, /Nothing here yet[\s\S]+onwax import FILE/);
	assert.equal((await home.onwax(["search", "x"])).status, 0);
	assert.equal((await home.onwax(["status"])).status, 0);
	assert.equal((await home.onwax(["show", "last"])).status, 4);
	assert.equal(existsSync(home.dataDir), false);
});

test("every command has help with two examples at least, which end with status 0", async (t) => {
	const home = await tempHome(t);
	const main = await home.onwax([]);
	assert.equal(main.status, 0);
	for (const meaning of ["done", "wrong usage", "kept, but not transcribed", "interrupted"]) {
		assert.match(main.stdout, new RegExp(meaning));
	}
	const pages = commandNames.map((name) => home.onwax(["help", name]));
	for (const [index, name] of commandNames.entries()) {
		const page = await pages[index];
		assert.equal(page?.status, 0, name);
		assert.match(main.stdout, new RegExp(`^  ${name} `, "m"));
		const [, examples = ""] = page?.stdout.split("Examples:\n") ?? [];
		assert.ok(examples.trim().split("\n").length >= 2, `${name}: ${page?.stdout}`);
	}
	const same = await home.onwax(["list", "--help"]);
	assert.equal(same.stdout, (await home.onwax(["help", "list"])).stdout);
});

test("every command is in docs/command-line.md", async () => {
	const page = await readFile(new URL("../docs/command-line.md", import.meta.url), "utf8");
	for (const name of commandNames) assert.match(page, new RegExp(`^onwax ${name}\\b`, "m"), name);
});

test("a folder that is not there is not watched", async (t) => {
	const home = await tempHome(t);
	assert.equal((await home.onwax(["import", "--watch", "nowhere"])).status, 4);
});

test("the version is the package's", async (t) => {
	const home = await tempHome(t);
	const { version } = JSON.parse(
		await readFile(new URL("../package.json", import.meta.url), "utf8"),
	);
	assert.equal((await home.onwax(["--version"])).stdout, `${version}\n`);
});

test("wrong usage has status 2 and names what is near", async (t) => {
	const home = await tempHome(t);
	const wrong: [string[], RegExp][] = [
		[["lst"], /Did you mean `onwax list`/],
		[["--frobnicate"], /no option/],
		[["list", "--stat", "failed"], /Unknown option '--stat'.*--state/],
		[["list", "--state", "lost"], /pending, success, failed/],
		[["import"], /Missing required argument/],
		[["retry"], /Say which/],
		[["purge"], /Say which/],
		[["import", "-", "x.wav"], /goes alone/],
		[["edit", "x", "--transcript", "a", "--undo-edit"], /contradict/],
		[["import", "x.wav", "--tag", "a,b"], /cannot be a tag/],
		[["import", "x.wav", "--title", "a\u0007b"], /control character/],
	];
	for (const [args, said] of wrong) {
		const ran = await home.onwax(args);
		assert.equal(ran.status, 2, args.join(" "));
		assert.match(ran.stderr, said);
		assert.equal(ran.stdout, "");
	}
	assert.equal(existsSync(home.dataDir), false, "nothing was made for a mistake");
});

test("a failure with --json is one value on stdout", async (t) => {
	const home = await tempHome(t);
	for (const [args, code] of [
		[["show", "nope"], "ERR_NOT_FOUND"],
		[["lst"], "ERR_USAGE"],
		[["list", "--limit", "many"], "ERR_USAGE"],
		[["config", "get", "nope"], "ERR_CONFIG"],
	] as const) {
		const [value, ...others] = await home.json(args);
		assert.deepEqual(others, []);
		assert.deepEqual(Object.keys(value ?? {}), ["error"]);
		assert.deepEqual(Object.keys(value?.error as object), ["code", "message", "hint"]);
		assert.equal(Object(value?.error).code, code);
	}
});

test("a recording is named by name, beginning, id or last; two of a kind are listed", async (t) => {
	const home = await tempHome(t);
	const names = (await importWavs(home, 2)).sort();
	const [first] = await home.json(["show", names[0] ?? ""]);
	assert.equal((await home.json(["show", String(first?.id)]))[0]?.name, names[0]);
	assert.equal((await home.json(["show", (names[1] ?? "").slice(0, 29)]))[0]?.name, names[1]);
	assert.equal((await home.json(["show", "last"]))[0]?.name, names[1]);
	const ambiguous = await home.onwax(["show", "20"]);
	assert.equal(ambiguous.status, 2);
	for (const name of names) assert.match(ambiguous.stderr, new RegExp(name));
	assert.equal((await home.onwax(["show", "1999"])).status, 4);
	assert.equal((await home.onwax(["path", "last", "1999"])).status, 4, "the others are done");
	assert.match((await home.onwax(["path", "1999", "last"])).stdout, /audio\.wav\n$/);
});

test("a changed byte is found, with status 5", async (t) => {
	const home = await tempHome(t);
	await importWavs(home, 1);
	assert.equal((await home.onwax(["validate", "--all"])).status, 0);
	const path = (await home.onwax(["path", "last"])).stdout.trim();
	const file = await open(path, "r+");
	await file.write(Buffer.from([0x55]), 0, 1, 1000);
	await file.close();
	const found = await home.onwax(["validate", "--all"]);
	assert.equal(found.status, 5);
	assert.match(found.stdout, /damaged .*audio\.wav/);
});

test("the catalogue comes back from the folders, asked for or not", async (t) => {
	const home = await tempHome(t);
	const names = await importWavs(home, 3);
	const before = await home.json(["list"]);
	assert.equal((await home.json(["reindex"]))[0]?.indexed, names.length);
	assert.deepEqual(await home.json(["list"]), before);
	await rm(join(home.dataDir, "library.db"));
	assert.deepEqual(await home.json(["list"]), before);
	assert.equal((await home.onwax(["recover"])).status, 0);
});

test("whatever a file or title is called, no control character reaches a terminal", async (t) => {
	const home = await tempHome(t);
	const folder = join(home.folder, "in");
	await mkdir(folder);
	const hostile = [
		"\u001b[2J\u001b]0;x\u0007.wav",
		"a\nb\r.wav",
		"-dash.wav",
		"CON.wav",
		"\u202egpj.wav",
	];
	const names = [...hostile, "e\u0301.wav", `${"x".repeat(240)}.wav`, "日本語\u009b31m.wav"];
	for (const [i, name] of names.entries()) await writeFile(join(folder, name), wav(i + 1));
	await writeFile(join(folder, "\u001b[31mempty.wav"), "");
	const said: string[] = [];
	for (const args of [
		["import", folder],
		["list"],
		["show", "last"],
		["search", "x"],
		["status"],
	]) {
		for (const more of [[], ["--json"]]) {
			const { stdout, stderr } = await home.onwax([...args, ...more]);
			said.push(stdout, stderr);
		}
	}
	assert.doesNotMatch(said.join("").replaceAll("\n", ""), /[\p{Cc}\u202a-\u202e]/u);
	assert.equal((await home.json(["list"])).length, names.length, "and all of them are kept");
	assert.match((await home.onwax(["list"])).stdout, /\\e\[2J/);
	const dash = await home.onwax(["import", "--", "-nothing.wav"]);
	assert.equal(dash.status, 4);
});

test("colours are for terminals, and for those who ask for them", async (t) => {
	const home = await tempHome(t);
	await importWavs(home, 1);
	const coloured = (text: string) => text.includes("\u001b[");
	assert.equal(coloured((await home.onwax(["list"])).stdout), false);
	const forced = await home.onwax(["list"], { env: { FORCE_COLOR: "1" } });
	assert.equal(coloured(forced.stdout), true);
	const refused = await home.onwax(["list"], { env: { NO_COLOR: "1" } });
	assert.equal(coloured(refused.stdout), false);
});

test("a reader that has had enough is no mistake", async (t) => {
	const home = await tempHome(t);
	await importWavs(home, 40);
	const child = home.start(["list", "--limit", "0"]);
	child.stdout?.destroy();
	const { status, stderr } = await ended(child);
	assert.deepEqual([status, stderr], [0, ""]);
});

const waiting = "setTimeout(() => process.stdout.write('late'), 60_000)";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
	test(`${signal} while an engine is at work: status 130, the audio is kept, nothing is left over`, async (t) => {
		const home = await tempHome(t);
		await home.engine(waiting);
		await writeFile(join(home.folder, "memo.wav"), wav(9));
		const child = home.start(["import", "memo.wav"]);
		const end = ended(child);
		await saying(child, "stdout", /kept/);
		child.kill(signal);
		const { status, stderr } = await end;
		assert.equal(status, 130);
		assert.match(stderr, /Interrupted\. 1 recording kept/);
		const [kept] = await home.json(["list"]);
		assert.equal(kept?.state, "pending");
		assert.deepEqual(await readdir(join(home.dataDir, "recordings", "incoming")), []);
	});
}

test("Ctrl-C while files are being kept: what is acknowledged stays, the rest is gone", async (t) => {
	const home = await tempHome(t);
	const folder = join(home.folder, "many");
	await mkdir(folder);
	for (let i = 0; i < 200; i += 1) await writeFile(join(folder, `${i}.wav`), wav(i + 1, 400_000));
	const child = home.start(["import", folder, "--no-wait"]);
	const end = ended(child);
	await saying(child, "stdout", /kept/);
	child.kill("SIGINT");
	const { status, stdout } = await end;
	assert.equal(status, 130);
	const acknowledged = [...stdout.matchAll(/^kept +(\S+)/gm)].map(([, name]) => name).sort();
	const kept = (await home.json(["list", "--limit", "0"])).map(({ name }) => name).sort();
	assert.deepEqual(kept, acknowledged);
	assert.equal((await home.onwax(["validate", "--all"])).status, 0, "and nothing is half there");
	assert.ok(kept.length < 200, "it was interrupted");
	assert.deepEqual(await readdir(join(home.dataDir, "recordings", "incoming")), []);
});

test("Ctrl-C on a terminal, which reaches every process there, fails no recording", {
	skip: process.platform === "win32" && "there are no process groups",
}, async (t) => {
	const home = await tempHome(t);
	const folder = join(home.folder, "many");
	await mkdir(folder);
	// Not plain WAV: a child has to look into each.
	for (let i = 0; i < 60; i += 1) {
		await writeFile(join(folder, `${i}.aiff`), aiff(i + 1));
	}
	const child = home.start(["import", folder, "--no-wait"], { ownGroup: true });
	const end = ended(child);
	await saying(child, "stdout", /kept/);
	process.kill(-(child.pid ?? 0), "SIGINT");
	assert.equal((await end).status, 130);
	assert.deepEqual(await home.json(["list", "--state", "failed"]), []);
});

test("the flags of the first dictation scripts still work (D0.9)", async (t) => {
	const home = await tempHome(t);
	const names = (await importWavs(home, 2)).sort();
	assert.equal((await home.json(["--list-recent", "1"]))[0]?.name, names[1]);
	assert.equal((await home.json(["--list-failed"])).length, 0);
	assert.match((await home.onwax(["--print-path"])).stdout, new RegExp(`${names[1]}.audio\\.wav`));
	assert.equal((await home.onwax(["--validate"])).status, 0);
	assert.equal((await home.onwax(["--retry-all-failed"])).status, 3, "without an engine");
});

test("the configuration is read, changed and checked", async (t) => {
	const home = await tempHome(t);
	assert.equal((await home.onwax(["config", "set", "retry.maxAttempts", "5"])).status, 0);
	assert.equal((await home.onwax(["config", "get", "retry.maxAttempts"])).stdout, "5\n");
	assert.equal((await home.onwax(["config", "check"])).status, 0);
	const wrong = await home.onwax(["config", "set", "retry.maxAtempts", "5"]);
	assert.equal(wrong.status, 2);
	assert.match(wrong.stderr, /retry\.maxAttempts/);
	await home.configure({ compress: "zip" });
	const checked = await home.onwax(["config", "check"]);
	assert.equal(checked.status, 1);
	assert.match(checked.stdout, /compress.*zip.*flac/);
	assert.equal((await home.onwax(["list"])).status, 1, "nothing runs on half a configuration");
});

test("the demonstration works without an engine, and leaves the person's own library alone", async (t) => {
	const home = await tempHome(t);
	const shown = await home.onwax(["demo"]);
	assert.equal(shown.status, 0, shown.stderr);
	assert.match(shown.stdout, /no engine[\s\S]*sha256|sha-256[\s\S]*no engine/i);
	assert.equal(existsSync(home.dataDir), false);
});

test("the completion scripts are what their shells can read", async (t) => {
	const home = await tempHome(t);
	const { stdout } = await home.onwax(["completion", "bash"]);
	const checked = spawnSync("bash", ["-n"], { input: stdout });
	assert.equal(checked.status, 0, String(checked.stderr));
	const asked = `${stdout}\nCOMP_WORDS=(onwax ret); COMP_CWORD=1; _onwax; echo "\${COMPREPLY[@]}"`;
	assert.equal(spawnSync("bash", { input: asked, encoding: "utf8" }).stdout, "retry\n");
	for (const shell of ["zsh", "fish"]) {
		const script = (await home.onwax(["completion", shell])).stdout;
		for (const name of commandNames) assert.match(script, new RegExp(`\\b${name}\\b`));
	}
});

test("the doctor says what is there and what is missing", async (t) => {
	const home = await tempHome(t);
	const checks = await home.json(["doctor"]);
	const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
	assert.equal(states.decoder, "ok");
	assert.equal(states.engine, "warning");
	assert.equal(states.catalogue, "ok");
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Home, type Ran, tempHome } from "./onwax-process.ts";
import { exampleWav } from "./transcribed-recording.ts";

const program = fileURLToPath(new URL("../bin/onwax.js", import.meta.url));

/** A home with one recording whose text is `hello wax`; its folder. */
async function homeWithText(t: TestContext): Promise<Home & { recording: string; audio: string }> {
	const home = await tempHome(t);
	await home.engine("console.log('hello wax')");
	await writeFile(join(home.folder, "a.wav"), exampleWav(1));
	assert.equal((await home.onwax(["import", "a.wav"])).status, 0);
	const audio = (await home.onwax(["path", "last"])).stdout.trim();
	return { ...home, recording: join(audio, ".."), audio };
}

/** Runs it with standard output leading where the shell is told. */
function redirected(home: Home, args: string, to: string, before = ""): Ran {
	const env = {
		PATH: "/usr/bin:/bin",
		HOME: home.folder,
		XDG_DATA_HOME: join(home.folder, "data"),
		XDG_CONFIG_HOME: join(home.folder, "config"),
	};
	const line = `${before} "${process.execPath}" "${program}" ${args} ${to}`;
	return spawnSync("/bin/sh", ["-c", line], { env, cwd: home.folder, encoding: "utf8" });
}

test("export writes nothing into the library, however the path is spelled", async (t) => {
	const home = await homeWithText(t);
	const before = await readFile(home.audio);
	await symlink(home.recording, join(home.folder, "link"));
	const paths = [home.audio, "link/new/x.txt", join(home.dataDir, "x.txt"), "link/../x.txt"];
	for (const path of paths) {
		const ran = await home.onwax(["export", "last", "--output", path, "--force"]);
		assert.match(ran.stderr, path === "link/../x.txt" ? /^$/ : /inside the library/, path);
		assert.equal(ran.status, path === "link/../x.txt" ? 0 : 2, path);
	}
	assert.deepEqual(await readFile(home.audio), before);
	assert.ok(!(await readdir(home.recording)).includes("new"));
	assert.equal((await home.onwax(["export", "last", "--output", "out/x.txt"])).status, 0);
});

test("a result that could not be written is no success; a reader that left is", async (t) => {
	if (process.platform !== "linux") return t.skip("needs /dev/full, which Linux has");
	const home = await homeWithText(t);
	for (const args of ["list", "export last", "list --json"]) {
		const full = redirected(home, args, "> /dev/full");
		assert.equal(full.status, 1, args);
		assert.match(full.stderr, /could not be written: The disk is full/);
		const wrong = redirected(home, args, "1< /dev/null");
		assert.equal(wrong.status, 1, args);
		assert.match(wrong.stderr, /could not be written.*EBADF/);
		const file = redirected(home, args, "> out.txt");
		assert.equal(file.status, 0, file.stderr);
		assert.notEqual(await readFile(join(home.folder, "out.txt"), "utf8"), "");
	}
	const left = redirected(home, "export last", "; echo $? >&2; } | true", "{");
	assert.equal(left.stderr, "0\n");
});

test("a damaged text is called damaged, not missing", async (t) => {
	const home = await homeWithText(t);
	for (const content of ["{", "{}", "null"]) {
		await writeFile(join(home.recording, "transcript.json"), content);
		for (const command of ["export", "show"]) {
			const ran = await home.onwax([command, "last"]);
			assert.equal(ran.status, 5, `${command} ${content}`);
			assert.match(ran.stderr, /is damaged[\s\S]+onwax validate \S+ --repair/);
		}
	}
	assert.equal((await home.json(["show", "last"])).length, 1);
});

test("a program that is a folder, or not executable, is said to be so", async (t) => {
	const home = await tempHome(t);
	const plain = join(home.folder, "plain");
	await writeFile(plain, "");
	await chmod(plain, 0o644);
	for (const [path, said] of [
		[home.folder, /is a folder/],
		[plain, /is not executable/],
		[join(home.folder, "none"), /is not on this machine/],
	] as const) {
		await home.configure({ engines: { e: { type: "command", command: [path, "{audio}"] } } });
		assert.match((await home.onwax(["engine", "list"])).stdout, said);
		const ran = await home.onwax(["engine", "test"]);
		assert.equal(ran.status, 1);
		assert.match(ran.stderr, said);
	}
});

test("an unknown key is wrong usage, an unknown engine is not found", async (t) => {
	const home = await homeWithText(t);
	for (const [args, status] of [
		[["config", "get", "nope"], 2],
		[["config", "set", "nope", "1"], 2],
		[["engine", "test", "nope"], 4],
		[["transcribe", "last", "--engine", "nope"], 4],
	] as const) {
		assert.equal((await home.onwax(args)).status, status, args.join(" "));
	}
	assert.match((await home.onwax(["engine", "test", "nope", "--json"])).stdout, /ENGINE_UNKNOWN/);
});

test("a broken lexicon is named by list, add, import and show", async (t) => {
	const home = await homeWithText(t);
	const lexicons = join(home.dataDir, "lexicons");
	await mkdir(lexicons, { recursive: true });
	await writeFile(join(lexicons, "default.json"), "{");
	const listed = await home.onwax(["lexicon", "list"]);
	assert.equal(listed.status, 1);
	assert.match(listed.stderr, /default: The lexicon cannot be read[\s\S]+docs\/lexicon\.md/);
	const added = await home.onwax(["lexicon", "add", "wax", "Wax"]);
	assert.match(added.stderr, /default: [\s\S]+Added to names, but no text is corrected/);
	assert.equal((await home.onwax(["lexicon", "add", "a", "b", "--lexicon", "default"])).status, 1);
	await mkdir(join(home.folder, "in"));
	for (const seed of [2, 3]) await writeFile(join(home.folder, `in/${seed}.wav`), exampleWav(seed));
	const ran = await home.onwax(["import", "in"]);
	assert.equal(ran.status, 0);
	assert.equal(ran.stderr.match(/Corrections were left out: default: /g)?.length, 1);
	assert.match((await home.onwax(["show", "last"])).stderr, /Corrections were left out: default: /);
});

test("an engine that heard nothing does not take the text away that was there", async (t) => {
	const home = await homeWithText(t);
	const silent = { type: "command", command: [process.execPath, "-e", "0", "{audio}"] };
	await home.configure({ engines: { silent } });
	const ran = await home.onwax(["transcribe", "last", "--engine", "silent"]);
	assert.match(ran.stdout, /silent heard nothing; the text there was stays/);
	assert.equal((await home.onwax(["export", "last"])).stdout.trim(), "hello wax");
	const outputs = (await readdir(home.recording)).filter((name) => name.startsWith("engine."));
	assert.equal(outputs.length, 2);
	assert.equal((await home.onwax(["validate", "last"])).status, 0);
});

test("of what a failing program said, people are shown the end", async (t) => {
	const home = await tempHome(t);
	await home.engine("console.error('x'.repeat(2000) + 'END'); process.exit(1)");
	const ran = await home.onwax(["engine", "test"]);
	assert.match(ran.stderr, /END/);
	assert.ok((ran.stderr.match(/x/g)?.length ?? 0) <= 310, ran.stderr);
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tempHome } from "../onwax-process.ts";

const run = promisify(execFile);
const repository = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let program: string;

before(async () => {
	folder = await mkdtemp(join(tmpdir(), "onwax-test-built-"));
	program = join(folder, "bin", "onwax.js");
	for (const name of ["bin", "src", "samples", "package.json", "package-lock.json"]) {
		const options = { recursive: true, preserveTimestamps: true };
		await cp(join(repository, name), join(folder, name), options);
	}
	await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
	await run(process.execPath, [join(folder, "bin", "build.js")]);
});
after(() => rm(folder, { recursive: true, force: true }));

test("what was built does what the sources do, with its threads and children", async (t) => {
	const home = await tempHome(t, program);
	await home.engine(`console.log("hello from the engine")`);
	const { status, stderr } = await home.onwax(["import", join(folder, "samples", "hello.wav")]);
	assert.equal(status, 0, stderr);
	const [recording] = await home.json(["list"]);
	const { stdout } = await home.onwax(["export", String(recording?.name)]);
	assert.match(stdout, /hello from the engine/);
});

test("stacks of what was built name the source and its line", async () => {
	const broken = `
		import { nameSourcesInStacks } from "./bin/built.js";
		nameSourcesInStacks();
		const { main } = await import("./dist/main.js");
		await main(null, "");`;
	const failed = run(process.execPath, ["--input-type=module", "-e", broken], { cwd: folder });
	await assert.rejects(failed, ({ stderr }: { stderr: string }) => {
		assert.match(stderr, /at takeJson \(file:\S+\/src\/cli\/main\.ts:\d+:\d+\)/);
		assert.doesNotMatch(stderr, /at .*dist\/main\.js/);
		return true;
	});
});

test("what was built counts for the sources that it was made of, and for no others", async (t) => {
	const home = await tempHome(t, program);
	const marked = `export const main = async () => console.log("built");`;
	await writeFile(join(folder, "dist", "main.js"), marked);
	assert.equal((await home.onwax(["list"])).stdout, "built\n");
	await appendFile(join(folder, "src", "cli", "main.ts"), "\n");
	assert.equal((await home.onwax(["list", "--json"])).stdout, "");
});

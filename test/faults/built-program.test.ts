import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import {
	appendFile,
	cp,
	mkdtemp,
	readdir,
	readFile,
	rename,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ended, type Home, saying, tempHome } from "../onwax-process.ts";

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
	await build();
});
const build = () => run(process.execPath, [join(folder, "bin", "build.js")]);
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

/** While it records, `meanwhile` happens; then it is ended. */
async function recordAround(home: Home, meanwhile: () => Promise<unknown>) {
	const microphone = join(home.folder, "microphone.mjs");
	await writeFile(microphone, "setInterval(() => process.stdout.write(Buffer.alloc(3200)), 50);");
	await home.configure({ record: { microphone: { command: [process.execPath, microphone] } } });
	const child = home.start(["record", "--no-wait", "--json"]);
	const end = ended(child);
	await saying(child, "stdout", /"started"/);
	await meanwhile();
	child.kill("SIGINT");
	return end;
}

test("a program that runs goes on with what it was built of, for days after the next build", async (t) => {
	const dist = join(folder, "dist");
	const home = await tempHome(t, program);
	const first = await readdir(dist);
	const { status, stderr } = await recordAround(home, async () => {
		for (const name of ["app/open-app.ts", "library/finish-capture.ts", "cli/record-report.ts"]) {
			await appendFile(join(folder, "src", name), "\nglobalThis.changed = true;\n");
		}
		await build();
	});
	assert.equal(status, 0, stderr);
	assert.equal((await home.json(["list"])).length, 1);
	const both = await readdir(dist);
	assert.deepEqual(
		first.filter((name) => !both.includes(name)),
		[],
	);
	const path = join(dist, "earlier.json");
	const earlier = Object.keys(JSON.parse(await readFile(path, "utf8")));
	assert.ok(earlier.length > 0 && earlier.length < first.length);
	const long = new Date(Date.now() - 8 * 86_400_000).toISOString();
	await writeFile(path, JSON.stringify(Object.fromEntries(earlier.map((name) => [name, long]))));
	await build();
	assert.deepEqual(
		await readdir(dist),
		both.filter((name) => !earlier.includes(name)),
	);
	assert.equal((await home.json(["list"])).length, 1);
});

test("a recorder whose program was removed says where the audio is", async (t) => {
	const dist = join(folder, "dist");
	const home = await tempHome(t, program);
	const { status, stdout } = await recordAround(home, () => rename(dist, `${dist}.away`));
	assert.equal(status, 1);
	assert.match(stdout, /Its audio is safe in \S+incoming/);
	assert.equal((await home.json(["list"])).length, 1);
	await rename(`${dist}.away`, dist);
});

test("what was built counts for the sources that it was made of, and for no others", async (t) => {
	const home = await tempHome(t, program);
	const marked = `export const main = async () => console.log("built");`;
	await writeFile(join(folder, "dist", "main.js"), marked);
	assert.equal((await home.onwax(["list"])).stdout, "built\n");
	await appendFile(join(folder, "src", "cli", "main.ts"), "\n");
	assert.equal((await home.onwax(["list", "--json"])).stdout, "");
});

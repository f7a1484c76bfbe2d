import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";

test("what a child compiles is kept where the program keeps it, though the child is killed", async (t) => {
	const folder = await tempFolder(t);
	const cache = join(folder, "compiled");
	const addresses = ["./child-process.ts", "../../test/warm-child.ts"].map((path) =>
		JSON.stringify(new URL(path, import.meta.url).href),
	);
	const program = `
		import { enableCompileCache } from "node:module";
		enableCompileCache(${JSON.stringify(cache)});
		const { startChild } = await import(${addresses[0]});
		const script = new URL(${addresses[1]});
		const child = startChild({ script, nodeOptions: [], environment: {}, maxRssBytes: null });
		child.on("message", ({ kind }) => {
			if (kind === "ready") return child.send({ id: 1, request: { verb: "pid" } });
			// Neither of the two ends by itself.
			for (const pid of [child.pid, process.pid]) process.kill(pid, "SIGKILL");
		});`;
	const { NODE_COMPILE_CACHE: _, ...env } = process.env;
	const path = join(folder, "program.mjs");
	await writeFile(path, program);
	const { signal, stderr } = spawnSync(process.execPath, [path], { env, encoding: "utf8" });
	assert.equal(signal, "SIGKILL", stderr);
	const [version = "", ...others] = await readdir(cache);
	assert.deepEqual(others, []);
	const kept = await Promise.all(
		(await readdir(join(cache, version))).map((name) => readFile(join(cache, version, name))),
	);
	assert.ok(kept.some((compiled) => compiled.includes("warm-child.ts")));
});

#!/usr/bin/env node
// Plain JavaScript that every Node since 20 can read: it answers what needs no program, finds a
// Node that can run the program, and hands over to src/cli/main.ts, or to what was built of it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const oldestNode = 24;
const argv = process.argv.slice(2);

/** @returns {string} */
function appVersion() {
	return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}

/** Where the compiled form of the program may be kept: in the user's own cache, never in the package. */
function cacheFolder() {
	const { env, platform } = process;
	if (env.XDG_CACHE_HOME?.startsWith("/")) return join(env.XDG_CACHE_HOME, "onwax");
	if (platform === "darwin") return join(homedir(), "Library", "Caches", "onwax");
	if (platform === "win32" && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "onwax", "cache");
	return join(homedir(), ".cache", "onwax");
}

/** The Node that `npm ci` installed beside the program, or null. */
function nodeBeside() {
	try {
		const { resolve } = module.createRequire(import.meta.url);
		const program = process.platform === "win32" ? "node/bin/node.exe" : "node/bin/node";
		return resolve(program);
	} catch {
		return null;
	}
}

/** Runs the same command on another Node, and ends as that one ends. */
function runOn(node) {
	// The fourth is a line between the two: the child notices when this process is gone.
	const stdio = ["inherit", "inherit", "inherit", "ipc"];
	const child = spawn(node, process.argv.slice(1), { stdio });
	// A terminal's Ctrl-C reaches both; the child decides what it means. The others are passed on.
	const inTerminal = process.stdin.isTTY || process.stderr.isTTY;
	process.on("SIGINT", () => {
		if (!inTerminal) child.kill("SIGINT");
	});
	for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
	child.on("error", () => refuse());
	child.on("exit", (status, signal) => {
		if (signal === null) process.exit(status ?? 1);
		for (const each of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(each);
		process.kill(process.pid, signal);
	});
}

function refuse() {
	process.stderr.write(
		`onwax needs Node ${oldestNode} or later and this is ${process.version}: install it from https://nodejs.org, or run \`npm ci\` in the folder of Onwax, which brings one along.\n`,
	);
	process.exitCode = 1;
}

if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
	process.stdout.write(`${appVersion()}\n`);
} else if (Number.parseInt(process.versions.node, 10) < oldestNode) {
	const node = process.env.ONWAX_TEST_RERUN ? null : nodeBeside();
	if (node === null) refuse();
	else runOn(node);
} else {
	if (process.channel) {
		// Started by `runOn`: to be left alone is to be hung up on.
		process.on("disconnect", () => process.kill(process.pid, "SIGHUP"));
		process.channel.unref();
	}
	// Many small writes and syncs at once are what makes importing fast; it has to be said before
	// the pool is first used.
	process.env.UV_THREADPOOL_SIZE ??= "8";
	module.enableCompileCache(process.env.NODE_COMPILE_CACHE ?? cacheFolder());
	const { isBuilt, nameSourcesInStacks } = await import("./built.js");
	const built = isBuilt();
	if (built) nameSourcesInStacks();
	const { main } = await import(built ? "../dist/main.js" : "../src/cli/main.ts");
	await main(argv, appVersion());
}

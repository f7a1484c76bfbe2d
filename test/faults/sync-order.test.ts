import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { needs } from "../outside-program.ts";
import { tempFolder } from "../temp-folder.ts";
import { createScenario, environmentOf, onwax, program, type Scenario } from "./scenario.ts";

/**
 * A lint over what the program really asks of the kernel. A power cut on one file system catches a
 * missing sync only where that file system happens to need it; this catches it everywhere.
 */
type Call =
	| { kind: "write"; path: string }
	| { kind: "sync"; path: string }
	| { kind: "rename"; from: string; to: string }
	| { kind: "create"; path: string }
	| { kind: "answer" };

async function trace(scenario: Scenario, args: string[], log: string): Promise<Call[]> {
	const calls =
		"write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,openat,mkdir,copy_file_range";
	const strace = ["-f", "-y", "-s", "0", "-qq", "-e", `trace=${calls}`, "-o", log];
	const child = spawn("strace", [...strace, process.execPath, program, ...args, "--json"], {
		env: environmentOf(scenario),
		stdio: ["ignore", "pipe", "inherit"],
	});
	child.stdout.resume();
	const [exitCode] = await once(child, "close");
	assert.equal(exitCode, 0);
	return parse(readFileSync(log, "utf8"));
}

/**
 * A sync counts from the moment it has returned, a write or rename from the moment it begins: the
 * strictest reading of calls that overlap.
 */
function parse(text: string): Call[] {
	const calls: Call[] = [];
	const unfinished = new Map<string, string>();
	for (const line of text.split("\n")) {
		const [, pid, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
		if (pid === undefined || rest === undefined) continue;
		const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(rest);
		if (resumed) {
			const begun = unfinished.get(pid) ?? "";
			unfinished.delete(pid);
			if (/= 0\b/.test(resumed[2] ?? "")) push(syncOf(begun));
			continue;
		}
		if (rest.endsWith("<unfinished ...>")) unfinished.set(pid, rest);
		else if (/= 0$/.test(rest)) push(syncOf(rest));
		push(startOf(rest));
	}
	return calls;

	function push(call: Call | null): void {
		if (call) calls.push(call);
	}
}

function syncOf(text: string): Call | null {
	const path = /^f(?:data)?sync\(\d+<(.*?)>/.exec(text)?.[1];
	return path === undefined ? null : { kind: "sync", path };
}

function startOf(text: string): Call | null {
	const written = /^p?write(?:64)?\((\d+)<(.*?)>/.exec(text);
	if (written?.[1] === "1") return { kind: "answer" };
	if (written?.[2] !== undefined) return { kind: "write", path: written[2] };
	const renamed = /^rename(?:at2?)?\((?:AT_FDCWD<.*?>, )?"(.*?)", (?:AT_FDCWD<.*?>, )?"(.*?)"/.exec(
		text,
	);
	if (renamed) return { kind: "rename", from: renamed[1] as string, to: renamed[2] as string };
	const created = /^(?:openat\(AT_FDCWD<.*?>, "(.*?)", [^)]*O_CREAT|mkdir\("(.*?)")/.exec(text);
	if (created) return { kind: "create", path: (created[1] ?? created[2]) as string };
	return null;
}

/** Recordings' folders and the files in them: SQLite and the logs keep their own order. */
function isOurs(path: string): boolean {
	return path.includes("/recordings/") && !basename(path).startsWith("lock.db");
}

/** What a process prepares in its corner of `incoming/` is nobody's yet, but the folders in it are to be. */
function counts(path: string): boolean {
	const inWriter = path.split("/incoming/")[1]?.split("/").slice(1);
	return inWriter === undefined || (inWriter.length === 1 && !path.endsWith(".part"));
}

/** What is derived from the audio beside the answers: peaks, and the FLAC with the list of files. */
const untold = /(?:peaks\.bin|audio\.flac|metadata\.json)(?:\.|$)/;

function lint(calls: Call[]): { problems: string[]; renames: number } {
	const dirtyFiles = new Set<string>();
	const dirtyFolders = new Map<string, string>();
	const problems: string[] = [];
	let renames = 0;
	for (const call of calls) {
		if (call.kind === "answer") {
			// What is told must be on disk: no rename whose folder is not synced yet. Jobs that no answer
			// tells of go on meanwhile.
			for (const [folder, why] of dirtyFolders) {
				if (why.startsWith("rename") && !untold.test(why)) {
					problems.push(`answered before ${folder} was synced: ${why}`);
				}
			}
			continue;
		}
		if (call.kind === "rename") {
			if (!isOurs(call.to)) continue;
			renames += 1;
			for (const file of dirtyFiles) {
				if (file === call.from || file.startsWith(`${call.from}/`)) {
					problems.push(`${file} was not synced before the rename to ${call.to}`);
				}
			}
			for (const [folder, why] of dirtyFolders) {
				if (folder === call.from || folder.startsWith(`${call.from}/`)) {
					problems.push(`${folder} was not synced before its rename to ${call.to}: ${why}`);
				}
			}
			for (const [path, what] of [
				[call.from, "rename of"],
				[call.to, "rename to"],
			] as const) {
				if (counts(path)) dirtyFolders.set(dirname(path), `${what} ${basename(path)}`);
			}
			continue;
		}
		if (!isOurs(call.path)) continue;
		if (call.kind === "write") dirtyFiles.add(call.path);
		if (call.kind === "create") dirtyFolders.set(dirname(call.path), `created ${call.path}`);
		if (call.kind === "sync") {
			dirtyFiles.delete(call.path);
			dirtyFolders.delete(call.path);
		}
	}
	return { problems, renames };
}

const operations: { name: string; args: (scenario: Scenario) => string[]; before?: string[] }[] = [
	{ name: "import", args: ({ inputs }) => ["import", inputs, "--no-wait"] },
	{ name: "import with text and FLAC", args: ({ inputs }) => ["import", inputs] },
	{ name: "trash", args: () => ["trash", "last"], before: ["import"] },
];

for (const { name, args, before } of operations) {
	test(`${name}: nothing is renamed before it is synced, nothing told before its folder is`, async (t) => {
		if (!needs(t, "strace", "strace")) return;
		const folder = await tempFolder(t);
		const scenario = await createScenario(join(folder, "home"), { recordings: 3 });
		if (before) await onwax(scenario, [...before, scenario.inputs, "--no-wait"]);
		const calls = await trace(scenario, args(scenario), join(folder, "strace.log"));
		const { problems, renames } = lint(calls);
		assert.ok(renames > 0);
		assert.deepEqual(problems, []);
		t.diagnostic(`${renames} renames`);
	});
}

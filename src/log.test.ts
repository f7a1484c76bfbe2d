import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type LogOptions, openLog } from "./log.ts";

const root = mkdtempSync(join(tmpdir(), "onwax-log-"));
after(() => rmSync(root, { recursive: true }));

function options(more: Partial<LogOptions> = {}): LogOptions {
	const dataDir = mkdtempSync(join(root, "data-"));
	return { dataDir, level: "info", retentionDays: 30, maxSizeMb: 1, ...more };
}

function lines(dataDir: string): Record<string, unknown>[] {
	const dir = join(dataDir, "logs");
	return readdirSync(dir)
		.sort()
		.flatMap((name) => readFileSync(join(dir, name), "utf8").trimEnd().split("\n"))
		.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("a line carries time, level, run, the child's ids, its fields and the message", () => {
	const opened = options({ nowMs: () => Date.UTC(2026, 10, 20, 12) });
	const log = openLog(opened);
	log.child({ recording: "r1" }).child({ engine: "e" }).warn({ attempt: 2 }, "tried 100 %s");
	log.close();
	assert.deepEqual(lines(opened.dataDir), [
		{
			level: "warn",
			time: "2026-11-20T12:00:00.000Z",
			pid: process.pid,
			run: log.run,
			recording: "r1",
			engine: "e",
			attempt: 2,
			message: "tried 100 %s",
		},
	]);
	assert.equal(statSync(join(opened.dataDir, "logs")).mode & 0o777, 0o700);
	assert.equal(statSync(join(opened.dataDir, "logs/onwax-2026-11-20.log")).mode & 0o777, 0o600);
});

test("lines below the level are not written, and nothing is created for them", () => {
	const opened = options({ level: "warn" });
	const log = openLog(opened);
	log.info({}, "no");
	assert.equal(existsSync(join(opened.dataDir, "logs")), false);
	log.error({}, "yes");
	log.close();
	assert.deepEqual(
		lines(opened.dataDir).map(({ message }) => message),
		["yes"],
	);
});

test("secrets and addresses are masked in fields, bound fields and the message", () => {
	const opened = options();
	const log = openLog(opened);
	const child = log.child({ apiKey: "hush-hush" });
	child.info({ error: new Error("sk-hushhushhush"), to: "jane@example.org" }, "Bearer hushhush");
	log.close();
	const text = readFileSync(
		join(opened.dataDir, "logs", readdirSync(join(opened.dataDir, "logs"))[0] ?? ""),
		"utf8",
	);
	assert.doesNotMatch(text, /hush|jane/);
	assert.match(text, /j\*\*\*@example\.org/);
});

test("a full file is followed by the next one, and no line is cut in two", () => {
	const opened = options({ maxSizeMb: 0.002 });
	const log = openLog(opened);
	for (let i = 0; i < 50; i++) log.info({ i, padding: "x".repeat(100) }, "line");
	log.close();
	const files = readdirSync(join(opened.dataDir, "logs"));
	assert.ok(files.length >= 4, files.join());
	for (const name of files) {
		assert.ok(statSync(join(opened.dataDir, "logs", name)).size < 2400, name);
	}
	const written = lines(opened.dataDir).map(({ i }) => Number(i));
	assert.deepEqual(
		written.sort((a, b) => a - b),
		Array.from({ length: 50 }, (_, i) => i),
	);
});

test("a second opening goes on with the file that is not full", () => {
	const opened = options();
	for (const word of ["one", "two"]) {
		const log = openLog(opened);
		log.info({}, word);
		log.close();
	}
	assert.equal(readdirSync(join(opened.dataDir, "logs")).length, 1);
	assert.equal(lines(opened.dataDir).length, 2);
});

test("a new day begins a new file, and files past their age go, other files stay", () => {
	let now = Date.UTC(2026, 10, 20, 23, 59);
	const opened = options({ retentionDays: 2, nowMs: () => now });
	const dir = join(opened.dataDir, "logs");
	mkdirSync(dir);
	for (const name of ["onwax-2026-11-17.log", "onwax-2026-11-19.3.log", "mine.log"]) {
		writeFileSync(join(dir, name), "{}\n");
	}
	const log = openLog(opened);
	log.info({}, "before midnight");
	assert.deepEqual(readdirSync(dir).sort(), [
		"mine.log",
		"onwax-2026-11-19.3.log",
		"onwax-2026-11-20.log",
	]);
	now += 3 * 86_400_000;
	log.info({}, "three days later");
	log.close();
	assert.deepEqual(readdirSync(dir).sort(), ["mine.log", "onwax-2026-11-23.log"]);
});

test("a line that cannot be written is counted, throws nothing, and is told of later", () => {
	const opened = options();
	const dir = join(opened.dataDir, "logs");
	writeFileSync(dir, "a file where the folder should be");
	const log = openLog(opened);
	log.info({}, "lost");
	log.info({}, "lost");
	assert.equal(log.droppedLines(), 2);
	rmSync(dir);
	log.info({}, "written");
	log.close();
	assert.equal(lines(opened.dataDir)[0]?.droppedLines, 2);
});

test("nothing reaches stdout or stderr, and pino is loaded by the first line only", () => {
	const { dataDir } = options();
	const script = `
		import { createRequire } from "node:module";
		const { openLog } = await import(${JSON.stringify(join(import.meta.dirname, "log.ts"))});
		const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => /node_modules.pino/.test(path));
		const log = openLog({ dataDir: ${JSON.stringify(dataDir)}, level: "info", retentionDays: 1, maxSizeMb: 1 });
		log.debug({}, "below the level");
		if (loaded()) process.exit(4);
		log.error({ error: new Error("x") }, "first");
		if (!loaded()) process.exit(5);
	`;
	const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
		encoding: "utf8",
	});
	assert.deepEqual([run.status, run.stdout, run.stderr], [0, "", ""]);
	assert.equal(lines(dataDir).length, 1);
});

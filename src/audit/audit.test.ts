import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { silentLogger } from "../logger.ts";
import { type Audit, openAudit } from "./audit.ts";
import { checkAudit } from "./check-audit.ts";
import { readAudit } from "./read-audit.ts";

const caller = { kind: "token", id: "0123456789ab", name: "phone" } as const;
const november = new Date("2026-11-21T10:00:00Z");

async function opened(t: TestContext, now = () => november) {
	const folder = join(await tempFolder(t), "audit");
	const open = (): Audit => openAudit({ folder, log: silentLogger, now });
	return { folder, open, audit: open(), file: join(folder, "2026-11.jsonl") };
}

async function all(folder: string) {
	const question = { before: null, limit: 1000, since: null, actions: null };
	return (await readAudit(folder, question)).entries;
}

async function noteMany(audit: Audit, count: number): Promise<void> {
	const numbers = Array.from({ length: count }, (_, at) => at);
	await Promise.all(
		numbers.map((at) => audit.note({ caller, action: "upload", recording: `recording-${at}` })),
	);
}

test("entries follow one another by their hashes, in one file that only its owner reads", async (t) => {
	const { folder, audit, file } = await opened(t);
	await audit.note({ caller: null, action: "sign-in-failed", address: "192.0.2.1" });
	await audit.note({ caller, action: "trash", recording: "one", detail: { why: "asked" } });
	const [second, first] = await all(folder);
	assert.deepEqual(
		[first?.number, first?.previous, first?.caller, first?.address],
		[1, "0".repeat(64), null, "192.0.2.1"],
	);
	assert.deepEqual([second?.number, second?.previous], [2, first?.hash]);
	assert.deepEqual([second?.caller, second?.recording], [caller, "one"]);
	assert.equal((await stat(file)).mode & 0o777, 0o600);
	const { entries, last, findings } = await checkAudit(folder);
	assert.deepEqual([entries, last?.hash, findings], [2, second?.hash, []]);
});

test("two processes that write at the same moment make one chain", async (t) => {
	const { folder, audit, open } = await opened(t);
	await Promise.all([noteMany(audit, 40), noteMany(open(), 40)]);
	const { entries, findings } = await checkAudit(folder);
	assert.deepEqual([entries, findings], [80, []]);
});

test("each month has a file; a clock that goes back begins none", async (t) => {
	let now = november;
	const { folder, audit } = await opened(t, () => now);
	await noteMany(audit, 2);
	now = new Date("2026-12-01T00:00:00Z");
	await noteMany(audit, 2);
	now = november;
	await noteMany(audit, 1);
	const files = (await readdir(folder)).filter((name) => name.endsWith(".jsonl")).sort();
	assert.deepEqual(files, ["2026-11.jsonl", "2026-12.jsonl"]);
	const { entries, findings } = await checkAudit(folder);
	assert.deepEqual([entries, findings], [5, []]);
	assert.deepEqual(
		(await all(folder)).map(({ number }) => number),
		[5, 4, 3, 2, 1],
	);
});

test("pages are read from the end without gaps or doubles, over files and blocks", async (t) => {
	let now = november;
	const { folder, audit } = await opened(t, () => now);
	await noteMany(audit, 300);
	now = new Date("2026-12-01T00:00:00Z");
	await noteMany(audit, 7);
	const numbers: number[] = [];
	let before: string | null = null;
	do {
		const page = await readAudit(folder, { before, limit: 50, since: null, actions: null });
		numbers.push(...page.entries.map(({ number }) => number));
		before = page.next;
	} while (before !== null);
	assert.deepEqual(
		numbers,
		Array.from({ length: 307 }, (_, at) => 307 - at),
	);
	const recent = { before: null, limit: 50, since: now, actions: null };
	assert.equal((await readAudit(folder, recent)).entries.length, 7);
	const wrong = { before: "../2026-11.1", limit: 1, since: null, actions: null };
	await assert.rejects(readAudit(folder, wrong), { code: "ERR_USAGE" });
});

test("what a crash leaves of a line is set aside, told, and no tampering", async (t) => {
	for (const keptBytes of [1, 100, -1]) {
		const { folder, audit, open, file } = await opened(t);
		await noteMany(audit, 3);
		const text = await readFile(file, "utf8");
		const lastLine = text.trimEnd().split("\n").at(-1) ?? "";
		await appendFile(file, lastLine.slice(0, keptBytes));
		assert.deepEqual(
			(await checkAudit(folder)).findings.map(({ kind, line }) => [kind, line]),
			[["torn", 4]],
		);
		await noteMany(open(), 1);
		const { entries, findings } = await checkAudit(folder);
		assert.equal(entries, 5);
		assert.deepEqual(
			findings.map(({ kind, line }) => [kind, line]),
			[["torn", 4]],
		);
		assert.match(findings[0]?.message ?? "", /crash/);
		const [newest, healed] = await all(folder);
		assert.deepEqual([newest?.action, healed?.action], ["upload", "torn-line"]);
	}
});

test("a line torn at the end of a month is told by the first entry of the next", async (t) => {
	let now = november;
	const { folder, audit, open, file } = await opened(t, () => now);
	await noteMany(audit, 1);
	await appendFile(file, '{"number":2');
	now = new Date("2026-12-01T00:00:00Z");
	await noteMany(open(), 1);
	const { entries, findings } = await checkAudit(folder);
	assert.equal(entries, 3);
	assert.deepEqual(
		findings.map(({ kind, file: where }) => [kind, where]),
		[["torn", "2026-11.jsonl"]],
	);
});

test("whatever is changed, added or taken away in the middle is found", async (t) => {
	const { folder, audit, file } = await opened(t);
	await noteMany(audit, 6);
	const whole = await readFile(file, "utf8");
	const lines = whole.trimEnd().split("\n");
	const [one = "", two = "", three = "", four = "", ...rest] = lines;
	const changed: Record<string, string[]> = {
		"a word changed": [one, two.replace("upload", "export"), three, four, ...rest],
		"a line taken away": [one, three, four, ...rest],
		"the first line taken away": [two, three, four, ...rest],
		"a line doubled": [one, two, two, three, four, ...rest],
		"two lines exchanged": [one, three, two, four, ...rest],
		"a foreign line": [one, two, "{}", three, four, ...rest],
		"a foreign last line": [...lines, "{}"],
		"a changed last line": [...lines.slice(0, -1), (lines.at(-1) ?? "").replace("phone", "other")],
	};
	for (const [what, left] of Object.entries(changed)) {
		await writeFile(file, `${left.join("\n")}\n`);
		const kinds = (await checkAudit(folder)).findings.map(({ kind }) => kind);
		assert.ok(kinds.includes("damage"), what);
	}
});

test("writing on after somebody changed the end does not hide it", async (t) => {
	const { folder, audit, open, file } = await opened(t);
	await noteMany(audit, 2);
	const changed = (await readFile(file, "utf8")).replace("recording-1", "recording-9");
	await writeFile(file, changed);
	await noteMany(open(), 1);
	assert.deepEqual(
		(await checkAudit(folder)).findings.map(({ kind }) => kind),
		["damage"],
	);
	assert.ok((await all(folder)).some(({ action }) => action === "damage-found"));
});

test("an entry that the disk does not take fails nothing, and is counted by the next one", async (t) => {
	const { folder, audit } = await opened(t);
	// A file where the folder should be: root, too, fails at that.
	await writeFile(folder, "");
	await noteMany(audit, 3);
	await rm(folder);
	await noteMany(audit, 1);
	const [newest, before] = await all(folder);
	assert.equal(newest?.action, "upload");
	assert.deepEqual([before?.action, before?.detail], ["entries-missing", { entries: 3 }]);
	assert.deepEqual((await checkAudit(folder)).findings, []);
});

test("a detail that is much too long is left out, its deed is not", async (t) => {
	const { folder, audit } = await opened(t);
	await audit.note({ caller, action: "settings", detail: { text: "x".repeat(100_000) } });
	const [entry] = await all(folder);
	assert.deepEqual([entry?.action, entry?.detail], ["settings", { leftOut: "too long" }]);
});

test("an end that is cut off, or put back to an earlier time, is told, and stays told", async (t) => {
	const cuts: Record<string, (file: string, early: string) => Promise<void>> = {
		"the last two entries": async (file) => {
			const lines = (await readFile(file, "utf8")).split("\n");
			await writeFile(file, `${lines.slice(0, 3).join("\n")}\n`);
		},
		"an earlier copy": (file, early) => writeFile(file, early),
		"all of it": (file) => rm(file),
		"the folder": (file) => rm(dirname(file), { recursive: true }),
	};
	for (const [what, cut] of Object.entries(cuts)) {
		const { folder, audit, open, file } = await opened(t);
		await noteMany(audit, 2);
		const early = await readFile(file, "utf8");
		await noteMany(audit, 3);
		assert.deepEqual((await checkAudit(folder)).findings, [], what);
		await cut(file, early);
		const [cutOff] = (await checkAudit(folder)).findings;
		assert.deepEqual([cutOff?.kind, cutOff?.file], ["damage", "audit-head.json"], what);
		await noteMany(open(), 1);
		const { findings } = await checkAudit(folder);
		assert.equal(findings.length, 1, what);
		assert.match(findings[0]?.message ?? "", /are gone; noted at/, what);
		assert.equal((await all(folder))[1]?.action, "entries-cut-off", what);
	}
});

test("an end that is noted late or not at all, as after a power cut, is no damage", async (t) => {
	const { folder, audit, open } = await opened(t);
	const head = `${folder}-head.json`;
	await noteMany(audit, 2);
	const early = await readFile(head);
	await noteMany(audit, 3);
	for (const left of [early, Buffer.alloc(early.length), Buffer.alloc(0)]) {
		await writeFile(head, left);
		assert.deepEqual((await checkAudit(folder)).findings, []);
		await noteMany(open(), 1);
		assert.deepEqual((await checkAudit(folder)).findings, []);
		assert.equal((await readFile(head)).length, early.length);
	}
	await rm(head);
	assert.deepEqual((await checkAudit(folder)).findings, []);
});

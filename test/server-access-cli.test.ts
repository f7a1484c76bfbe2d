import assert from "node:assert/strict";
import { once } from "node:events";
import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { buildWavHeader } from "../src/wav.ts";
import { type Home, tempHome } from "./onwax-process.ts";
import { plainRequest, sendJson } from "./plain-request.ts";

const password = "four words of mine";

/** `onwax serve --json`, until its address is known. */
async function served(t: TestContext, home: Home, ...args: string[]) {
	const child = home.start(["serve", "--json", "--port", "0", "--no-worker", ...args]);
	t.after(() => child.kill("SIGKILL"));
	const exited = once(child, "exit");
	const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
	const [line] = (await Promise.race([
		once(lines, "line"),
		exited.then(() => {
			throw new Error("onwax serve ended");
		}),
	])) as [string];
	const { url, link } = JSON.parse(line) as { url: string; link: string };
	return { child, exited, url, link };
}

test("tokens and password made at the terminal are known by a running service, until revoked", async (t) => {
	const home = await tempHome(t);
	const { url, child, exited } = await served(t, home);
	const [made] = await home.json([
		...["token", "create", "phone", "--scope", "read", "--expires", "90d", "--json"],
	]);
	const ask = async () => {
		const headers = { authorization: `Bearer ${made?.secret}` };
		return (await plainRequest(url, { path: "/api/v1/session", headers })).status;
	};
	assert.equal(await ask(), 200);
	const [listed] = await home.json(["token", "list", "--json"]);
	assert.deepEqual([listed?.name, listed?.secret], ["phone", undefined]);
	assert.equal((await home.onwax(["token", "revoke", "phone"])).status, 0);
	// A service looks at most a second later.
	let status = await ask();
	for (const giveUpMs = performance.now() + 20_000; status === 200; status = await ask()) {
		assert.ok(performance.now() < giveUpMs, "the token is still good");
	}
	assert.equal(status, 401);

	assert.equal((await home.onwax(["password", "set"], { input: "short\n" })).status, 2);
	assert.equal((await home.onwax(["password", "set"], { input: `${password}\nmore\n` })).status, 0);
	assert.equal((await sendJson(url, "/api/v1/session", { password })).status, 200);
	child.kill("SIGTERM");
	await exited;

	const entries = await home.json(["audit", "--json"]);
	assert.deepEqual(
		entries.map(({ action }) => action),
		["sign-in", "password-set", "token-revoke", "token-create"],
	);
});

test("who is signed in is listed at the terminal, and signed out there", async (t) => {
	const home = await tempHome(t);
	const { url, link } = await served(t, home);
	const secret = new URL(link).hash.slice(1);
	const agent = { "user-agent": "Phone/1.0 \u00ff" };
	const answer = await sendJson(url, "/api/v1/session", { secret }, agent);
	const headers = { cookie: String(answer.headers["set-cookie"]?.[0]).split(";", 1)[0] ?? "" };
	const ask = async () => (await plainRequest(url, { path: "/api/v1/session", headers })).status;
	assert.equal(await ask(), 200);
	const [session] = await home.json(["session", "list"]);
	assert.deepEqual([session?.by, session?.agent], ["link", "Phone/1.0 "]);
	assert.equal((await home.onwax(["session", "revoke"])).status, 2);
	const [revoked] = await home.json(["session", "revoke", String(session?.id)]);
	assert.deepEqual([revoked?.id, revoked?.revoked], [session?.id, true]);
	let status = await ask();
	for (const giveUpMs = performance.now() + 20_000; status === 200; status = await ask()) {
		assert.ok(performance.now() < giveUpMs, "the session is still good");
	}
	assert.equal(status, 401);
	const [entry] = await home.json(["audit", "--limit", "1"]);
	assert.equal(entry?.action, "session-revoke");
});

test("a door to the network is not opened without a lock", async (t) => {
	const home = await tempHome(t);
	const args = ["serve", "--host", "0.0.0.0", "--port", "0", "--no-worker"];
	const refused = await home.onwax(args);
	assert.equal(refused.status, 1);
	assert.match(refused.stderr, /onwax password set/);
	assert.doesNotMatch(refused.stderr, /#/);
	await home.onwax(["password", "set"], { input: password });
	const { url } = await served(t, home, "--host", "0.0.0.0");
	assert.equal(
		(await sendJson(url.replace("localhost", "127.0.0.1"), "/api/v1/session", { password })).status,
		200,
	);
});

test("with a damaged access.json only the link opens, the network stays shut, and it is said", async (t) => {
	const home = await tempHome(t);
	await home.onwax(["password", "set"], { input: password });
	await writeFile(join(home.dataDir, "access", "access.json"), "{");
	const list = await home.onwax(["token", "list"]);
	assert.equal(list.status, 5);
	assert.match(list.stderr, /access\.json is damaged/);
	assert.equal((await home.onwax(["serve", "--host", "0.0.0.0", "--port", "0"])).status, 5);
	const { url, link } = await served(t, home);
	assert.equal((await sendJson(url, "/api/v1/session", { password })).status, 401);
	const secret = new URL(link).hash.slice(1);
	assert.equal((await sendJson(url, "/api/v1/session", { secret })).status, 200);
	assert.equal(await readFile(join(home.dataDir, "access", "access.json"), "utf8"), "{");
});

for (const variable of ["JOURNAL_STREAM", "container"]) {
	test(`where ${variable} says that output is kept, the link is not printed`, async (t) => {
		const home = await tempHome(t);
		const env = { [variable]: "oci" };
		const child = home.start(["serve", "--port", "0", "--no-worker"], { env });
		t.after(() => child.kill("SIGKILL"));
		const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
		for await (const line of lines) {
			if (!line.includes("http")) continue;
			assert.doesNotMatch(line, /#/);
			break;
		}
		child.kill("SIGTERM");
		await once(child, "exit");
	});
}

test("the audit log is checked at the terminal, and a change of it is told by the exit status", async (t) => {
	const home = await tempHome(t);
	for (const name of ["one", "two"]) await home.onwax(["token", "create", name, "--scope", "read"]);
	const [whole] = await home.json(["audit", "--verify", "--json"]);
	assert.deepEqual([whole?.entries, whole?.findings], [2, []]);
	const folder = join(home.dataDir, "audit");
	const file = join(
		folder,
		(await readdir(folder)).filter((name) => name.endsWith("jsonl"))[0] ?? "",
	);
	const text = await readFile(file, "utf8");
	await appendFile(file, '{"number":3,"at"');
	assert.equal((await home.onwax(["audit", "--verify"])).status, 0);
	await writeFile(file, text.replace('"one"', '"eno"'));
	const changed = await home.onwax(["audit", "--verify"]);
	assert.equal(changed.status, 5);
	assert.match(changed.stdout, /damage/);
});

test("what is done at the terminal is noted as it is over HTTP, and without what was said", async (t) => {
	const home = await tempHome(t);
	await home.onwax(["config", "set", "compress", "none"]);
	await assert.rejects(readdir(home.dataDir), { code: "ENOENT" }, "no library was begun for it");
	await home.engine("process.stdout.write('hello there')", { compress: "none", peaks: false });
	const path = join(home.folder, "memo.wav");
	const samples = Buffer.alloc(16_000);
	const header = {
		...({ encoding: "pcm", channels: 1, sampleRate: 8000, bitDepth: 16 } as const),
		dataBytes: samples.length,
	};
	await writeFile(path, Buffer.concat([buildWavHeader(header), samples]));
	const [kept] = await home.json(["import", path, "--no-wait"]);
	const name = String(kept?.name);
	assert.equal((await home.onwax(["retry", name])).status, 0);
	for (const args of [
		["edit", name, "--title", "Private", "--add-tag", "work"],
		["export", name, "--format", "srt"],
		["lexicon", "add", "there", "world"],
		["lexicon", "apply", "--all"],
		["config", "set", "language", "en"],
		["trash", name],
		["purge", "--all", "--yes"],
	]) {
		const { status, stderr } = await home.onwax(args);
		assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
	}
	const entries = await home.json(["audit", "--json", "--limit", "0"]);
	const told = entries
		.reverse()
		.map(({ action, recording, detail }) => [action, recording, detail]);
	assert.deepEqual(told, [
		["upload", name, { way: "import" }],
		["edit", name, { fields: ["title", "addTags"] }],
		["export", name, { format: "srt" }],
		["settings", null, { lexicon: "names", version: 1 }],
		["edit", name, { fields: ["lexicons"] }],
		["settings", null, { keys: "language" }],
		["trash", name, {}],
		["purge", name, {}],
	]);
	assert.ok(entries.every(({ caller }) => (caller as { kind: string }).kind === "terminal"));
	assert.doesNotMatch(JSON.stringify(entries), /Private|hello/);
	const [check] = await home.json(["audit", "--verify"]);
	assert.deepEqual([check?.entries, check?.findings], [told.length, []]);
});

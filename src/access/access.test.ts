import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { silentLogger } from "../logger.ts";
import { type Access, openAccess } from "./access.ts";

const sessionDays = 30;
const password = "four words of mine";

async function open(folder: string, now?: () => Date): Promise<Access> {
	return await openAccess({ folder, log: silentLogger, ...(now ? { now } : {}) });
}

async function opened(t: TestContext, now?: () => Date) {
	const folder = join(await tempFolder(t), "access");
	return { folder, access: await open(folder, now) };
}

test("a token is known by its secret, says what it may do, and is gone when it is revoked", async (t) => {
	const { access } = await opened(t);
	const { id, secret } = await access.createToken({ name: "phone", scopes: ["upload", "read"] });
	const caller = await access.authenticate({ bearer: secret, session: null });
	assert.deepEqual([caller?.id, caller?.kind, caller?.name], [id, "token", "phone"]);
	assert.deepEqual([...(caller?.scopes ?? [])], ["read", "upload"]);
	await access.revokeToken("phone");
	assert.equal(await access.authenticate({ bearer: secret, session: null }), null);
	await assert.rejects(access.revokeToken("phone"), { code: "ERR_NOT_FOUND" });
	await access.close();
});

test("an expired token is nobody, and its name is free again", async (t) => {
	let now = new Date("2026-11-21T10:00:00Z");
	const { access } = await opened(t, () => now);
	const token = { name: "x", scopes: ["read"] as const, expiresAt: new Date(now.getTime() + 1000) };
	const { secret } = await access.createToken(token);
	assert.notEqual(await access.authenticate({ bearer: secret, session: null }), null);
	await assert.rejects(access.createToken(token), { code: "ERR_CONFLICT" });
	now = new Date(now.getTime() + 1000);
	assert.equal(await access.authenticate({ bearer: secret, session: null }), null);
	assert.deepEqual(await access.state(), { hasPassword: false, tokens: 0, damage: null });
	await access.createToken({ name: "x", scopes: ["read"] });
	await access.close();
});

test("when a token was last used is kept to the hour", async (t) => {
	const { access } = await opened(t, () => new Date("2026-11-21T10:42:17Z"));
	const { secret } = await access.createToken({ name: "phone", scopes: ["read"] });
	assert.equal((await access.tokens())[0]?.lastUsedAt, null);
	await access.authenticate({ bearer: secret, session: null });
	await access.close();
	assert.equal((await access.tokens())[0]?.lastUsedAt, "2026-11-21T10:00:00.000Z");
});

test("when a session was last used is kept to the hour, and known exactly where it was used", async (t) => {
	let now = new Date("2026-11-21T10:42:17Z");
	const { folder, access } = await opened(t, () => now);
	const from = (address: string) => ({ address, agent: "Browser" });
	const { linkSecret: secret } = access;
	const { session } = await access.signIn({ secret }, { sessionDays, from: from("10.0.0.1") });
	now = new Date("2026-11-21T11:20:00Z");
	await access.authenticate({ bearer: null, session, from: from("10.0.0.2") });
	now = new Date("2026-11-21T11:59:00Z");
	await access.authenticate({ bearer: null, session, from: from("10.0.0.3") });
	// Nobody comes with it: an event stream looks whether it is still good.
	now = new Date("2026-11-21T11:59:30Z");
	await access.authenticate({ bearer: null, session });
	const [here] = await access.sessions();
	assert.deepEqual([here?.lastSeenAt, here?.address], ["2026-11-21T11:59:00.000Z", "10.0.0.3"]);
	await access.close();
	const [elsewhere] = await (await open(folder, () => now)).sessions();
	assert.deepEqual(
		[elsewhere?.lastSeenAt, elsewhere?.address],
		["2026-11-21T11:00:00.000Z", "10.0.0.2"],
	);
});

test("what a proxy hands on as an address and is none signs nobody out", async (t) => {
	const { folder, access } = await opened(t);
	const link = { secret: access.linkSecret };
	const { session } = await access.signIn(link, { sessionDays });
	for (const address of ["x".repeat(150), `fe80::1%${"x".repeat(150)}`]) {
		await access.signIn(link, { sessionDays, from: { address, agent: null } });
	}
	await access.close();
	const later = await open(folder);
	assert.notEqual(await later.authenticate({ bearer: null, session }), null);
	assert.deepEqual(
		(await later.sessions()).map(({ address }) => address),
		[null, null, null],
	);
	await later.close();
});

test("sessions that an older version wrote stay good", async (t) => {
	const { folder, access } = await opened(t);
	const { linkSecret: secret } = access;
	const { session } = await access.signIn({ secret }, { sessionDays });
	const path = join(folder, "sessions.json");
	const text = await readFile(path, "utf8");
	await writeFile(path, text.replace(/\s*"(lastSeenAt|address|agent)": null,/g, ""));
	const later = await open(folder);
	assert.notEqual(await later.authenticate({ bearer: null, session }), null);
	assert.equal((await later.sessions())[0]?.lastSeenAt, null);
});

test("what the command line changes counts at once for a running service", async (t) => {
	const { folder, access: service } = await opened(t);
	const commandLine = await open(folder);
	const { secret } = await commandLine.createToken({ name: "new", scopes: ["read"] });
	assert.notEqual(await service.authenticate({ bearer: secret, session: null }), null);
	await service.close();
});

test("changes of two processes at the same moment are all kept", async (t) => {
	const { folder, access } = await opened(t);
	const other = await open(folder);
	await Promise.all(
		Array.from({ length: 10 }, (_, at) =>
			(at % 2 === 0 ? access : other).createToken({ name: `token ${at}`, scopes: ["read"] }),
		),
	);
	assert.equal((await access.tokens()).length, 10);
});

test("a session outlives the process, ends with its days, and with a sign-out", async (t) => {
	let now = new Date("2026-11-21T10:00:00Z");
	const { folder, access } = await opened(t, () => now);
	const signIn = () => access.signIn({ secret: access.linkSecret }, { sessionDays });
	const first = await signIn();
	const second = await signIn();
	const restarted = await open(folder, () => now);
	assert.notEqual(await restarted.authenticate({ bearer: null, session: first.session }), null);
	assert.equal(await access.signOut(first.session), true);
	assert.equal(await access.signOut(first.session), false);
	assert.equal(await access.authenticate({ bearer: null, session: first.session }), null);
	assert.notEqual(await access.authenticate({ bearer: null, session: second.session }), null);
	now = new Date(now.getTime() + sessionDays * 86_400_000);
	assert.equal(await access.authenticate({ bearer: null, session: second.session }), null);
});

test("the link of an earlier start lets nobody in", async (t) => {
	const { folder, access } = await opened(t);
	const restarted = await open(folder);
	const old = restarted.signIn({ secret: access.linkSecret }, { sessionDays });
	await assert.rejects(old, { code: "ERR_AUTH" });
});

test("the password lets in, its change signs out whoever came with the old one", async (t) => {
	const { access } = await opened(t);
	const none = access.signIn({ password }, { sessionDays });
	await assert.rejects(none, { code: "ERR_AUTH" });
	await access.setPassword(password);
	// The same letter, put together in another way.
	await access.setPassword("caf\u00e9 au lait");
	const { session } = await access.signIn({ password: "cafe\u0301 au lait" }, { sessionDays });
	const asks = await access.signIn({ password: "caf\u00e9 au lait" }, { sessionDays });
	const byLink = await access.signIn({ secret: access.linkSecret }, { sessionDays });
	await assert.rejects(access.signIn({ password }, { sessionDays }), { code: "ERR_AUTH" });
	await access.setPassword(password, { session: asks.session });
	assert.equal(await access.authenticate({ bearer: null, session }), null);
	assert.notEqual(await access.authenticate({ bearer: null, session: asks.session }), null);
	assert.notEqual(await access.authenticate({ bearer: null, session: byLink.session }), null);
	await assert.rejects(access.setPassword("short"), { code: "ERR_USAGE" });
});

test("nothing that is kept is a secret, and nobody else may read it", async (t) => {
	const { folder, access } = await opened(t);
	const { secret } = await access.createToken({ name: "phone", scopes: ["read"] });
	await access.setPassword(password);
	const { session } = await access.signIn({ password }, { sessionDays });
	for (const name of ["access.json", "sessions.json"]) {
		const text = await readFile(join(folder, name), "utf8");
		for (const one of [secret, secret.slice(6), password, session, access.linkSecret]) {
			assert.equal(text.includes(one), false, name);
		}
		assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
	}
	assert.equal((await stat(folder)).mode & 0o777, 0o700);
});

test("a damaged access.json lets in by the link alone, and is never written over", async (t) => {
	const { folder, access: before } = await opened(t);
	await before.setPassword(password);
	const { secret } = await before.createToken({ name: "phone", scopes: ["read"] });
	const { session } = await before.signIn({ password }, { sessionDays });
	const path = join(folder, "access.json");
	const whole = await readFile(path);
	const half = whole.subarray(0, whole.length / 2);
	await writeFile(path, half);

	const access = await open(folder);
	assert.equal(await access.authenticate({ bearer: secret, session: null }), null);
	assert.equal(await access.authenticate({ bearer: null, session }), null);
	await assert.rejects(access.signIn({ password }, { sessionDays }), { code: "ERR_AUTH" });
	const link = await access.signIn({ secret: access.linkSecret }, { sessionDays });
	assert.notEqual(await access.authenticate({ bearer: null, session: link.session }), null);
	assert.match((await access.state()).damage ?? "", /not what Onwax wrote/);
	for (const change of [
		() => access.setPassword("another password"),
		() => access.createToken({ name: "more", scopes: ["read"] }),
		() => access.revokeToken("phone"),
	]) {
		await assert.rejects(change(), { code: "ERR_DAMAGED" });
	}
	assert.deepEqual(await readFile(path), half);

	await writeFile(path, whole);
	assert.equal((await access.state()).damage, null);
	assert.notEqual(await access.authenticate({ bearer: secret, session: null }), null);
	await access.close();
});

test("damaged sessions sign people out, and they sign in again", async (t) => {
	const { folder, access } = await opened(t);
	const link = { secret: access.linkSecret };
	await access.signIn(link, { sessionDays });
	await writeFile(join(folder, "sessions.json"), "{");
	const { session } = await access.signIn(link, { sessionDays });
	assert.notEqual(await access.authenticate({ bearer: null, session }), null);
});

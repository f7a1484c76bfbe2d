import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionJson } from "../src/server/contract/access.ts";
import { type PlainRequest, plainRequest, sendJson } from "./plain-request.ts";
import { startTempService, type TempService } from "./temp-service.ts";

async function signedIn({ url, access }: TempService, agent: string) {
	const { linkSecret: secret } = access;
	const answer = await sendJson(url, "/api/v1/session", { secret }, { "user-agent": agent });
	assert.equal(answer.status, 200, answer.text);
	const cookie = String(answer.headers["set-cookie"]?.[0]).split(";", 1)[0] ?? "";
	const ask = (path: string, more: PlainRequest = {}) => {
		const headers = { cookie, "user-agent": agent, "sec-fetch-site": "same-origin" };
		return plainRequest(url, { path, headers, ...more });
	};
	const list = async () => {
		const answer = await ask("/api/v1/sessions");
		assert.equal(answer.status, 200, answer.text);
		return (JSON.parse(answer.text) as { sessions: SessionJson[] }).sessions;
	};
	return { ask, list };
}

test("who is signed in is told with browser and address, and is signed out one by one or all others at once", async (t) => {
	const service = await startTempService(t);
	const phone = await signedIn(service, "Phone/1.0");
	const laptop = await signedIn(service, "Laptop/2.0 \u00ff");
	const desk = await signedIn(service, "x".repeat(1000));

	const sessions = await laptop.list();
	assert.deepEqual(sessions.map(({ agent, isCurrent }) => [agent, isCurrent]).sort(), [
		["Laptop/2.0 ", true],
		["Phone/1.0", false],
		["x".repeat(200), false],
	]);
	for (const { by, address, lastSeenAt, createdAt } of sessions) {
		assert.deepEqual([by, address], ["link", "127.0.0.1"]);
		assert.ok(lastSeenAt !== null && lastSeenAt >= createdAt);
	}
	assert.doesNotMatch(JSON.stringify(sessions), /secret/i);

	const [lost] = sessions.filter(({ agent }) => agent === "Phone/1.0");
	const path = `/api/v1/sessions/${lost?.id}`;
	assert.equal((await laptop.ask(path, { method: "DELETE" })).status, 204);
	assert.equal((await laptop.ask(path, { method: "DELETE" })).status, 404);
	assert.equal((await phone.ask("/api/v1/session")).status, 401);

	const reader = await service.tokenFor("read", "write");
	const headers = { authorization: `Bearer ${reader}` };
	for (const method of ["GET", "DELETE"]) {
		const asked = await fetch(`${service.url}/api/v1/sessions`, { method, headers });
		assert.equal(asked.status, 403);
	}
	assert.equal((await desk.ask("/api/v1/session")).status, 200);
	const noted = await service.ask("/api/v1/audit?action=session-revoke");
	const { entries } = (await noted.json()) as { entries: { detail: { id: string } }[] };
	assert.deepEqual(
		entries.map(({ detail }) => detail.id),
		[lost?.id],
	);
});

test("all others are signed out at once, and the one that asks stays", async (t) => {
	const service = await startTempService(t);
	const [one, other] = [await signedIn(service, "One"), await signedIn(service, "Other")];
	const ended = await one.ask("/api/v1/sessions", { method: "DELETE" });
	assert.deepEqual([ended.status, JSON.parse(ended.text)], [200, { revoked: 1 }]);
	assert.equal((await other.ask("/api/v1/session")).status, 401);
	assert.deepEqual(
		(await one.list()).map(({ isCurrent }) => isCurrent),
		[true],
	);
	// A token is nobody's browser: it ends them all.
	const all = await service.ask("/api/v1/sessions", { method: "DELETE" });
	assert.deepEqual(await all.json(), { revoked: 1 });
	assert.equal((await one.ask("/api/v1/session")).status, 401);
});

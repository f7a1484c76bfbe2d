import assert from "node:assert/strict";
import { test } from "node:test";
import { startTempService } from "./temp-service.ts";

test("who is not known is told so, with what to do, and under an id of the log", async (t) => {
	const { url } = await startTempService(t);
	const response = await fetch(`${url}/api/v1/session`, { headers: { "x-request-id": "mine-1" } });
	assert.equal(response.status, 401);
	assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
	const problem = (await response.json()) as Record<string, unknown>;
	assert.equal(problem.code, "ERR_AUTH");
	assert.equal(problem.requestId, "mine-1");
	assert.match(String(problem.hint), /link/);
});

test("a token is known by what it may do", async (t) => {
	const { url, ask, tokenFor } = await startTempService(t);
	assert.equal((await ask("/api/v1/session")).status, 200);
	const authorization = `Bearer ${await tokenFor("upload")}`;
	assert.equal((await fetch(`${url}/api/v1/session`, { headers: { authorization } })).status, 403);
});

test("the link's secret signs a browser in, and its cookie is out of reach of scripts", async (t) => {
	const { url, access } = await startTempService(t);
	const signedIn = await fetch(`${url}/api/v1/session`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ secret: access.linkSecret }),
	});
	assert.equal(signedIn.status, 200);
	const cookie = signedIn.headers.get("set-cookie") ?? "";
	assert.match(cookie, /HttpOnly.*SameSite=Strict/);
	const headers = { cookie: cookie.split(";")[0] ?? "" };
	assert.equal((await fetch(`${url}/api/v1/session`, { headers })).status, 200);
});

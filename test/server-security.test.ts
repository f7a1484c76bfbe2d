import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { defaultSettings } from "../src/config/defaults.ts";
import { trashRecording } from "../src/library/remove.ts";
import { openLog } from "../src/log.ts";
import { type PlainAnswer, plainRequest, sendJson } from "./plain-request.ts";
import { tempFolder } from "./temp-folder.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { exampleWav, publishTranscribed } from "./transcribed-recording.ts";

const password = "four words of mine";
const inside = "/api/v1/session";

function serverSettings(changed: Partial<typeof defaultSettings.server>) {
	return { server: { ...defaultSettings.server, ...changed } };
}

function codeOf({ text }: PlainAnswer): string {
	return (JSON.parse(text) as { code: string }).code;
}

async function cookieOf({ url, access }: TempService): Promise<string> {
	const signedIn = await sendJson(url, inside, { secret: access.linkSecret });
	assert.equal(signedIn.status, 200);
	return String(signedIn.headers["set-cookie"]?.[0]).split(";", 1)[0] ?? "";
}

/** A folder that looks like the built page. */
async function pageFolder(t: TestContext): Promise<string> {
	const outer = await tempFolder(t);
	const folder = join(outer, "web");
	await mkdir(join(folder, "assets"), { recursive: true });
	await writeFile(join(folder, "index.html"), "<!doctype html><title>page</title>");
	await writeFile(join(folder, "assets", "app-1.js"), "1;");
	await writeFile(join(outer, "outside.txt"), "outside");
	return folder;
}

test("a foreign name in Host is refused everywhere, also where nobody has to be known", async (t) => {
	const settings = serverSettings({ allowedHosts: ["notes.example.org"] });
	const { url, token } = await startTempService(t, settings, { webFolder: await pageFolder(t) });
	const authorization = `Bearer ${token}`;
	for (const path of ["/", inside, "/nowhere", "/assets/app-1.js"]) {
		const headers = { host: "evil.example", authorization };
		const refused = await plainRequest(url, { path, headers });
		assert.deepEqual([refused.status, codeOf(refused)], [403, "ERR_FORBIDDEN"], path);
	}
	for (const host of ["localhost:1", "127.0.0.1", "[::1]:1877", "notes.example.org:8443"]) {
		const { status } = await plainRequest(url, { path: inside, headers: { host, authorization } });
		assert.equal(status, 200, host);
	}
	// Only a proxy that is believed may say that it was asked under another name.
	const behind = { host: "localhost", "x-forwarded-host": "evil.example", authorization };
	assert.equal((await plainRequest(url, { path: inside, headers: behind })).status, 200);
});

test("a cookie counts for what the own page asks, and for nothing else", async (t) => {
	const service = await startTempService(t);
	const { url } = service;
	const host = new URL(url).host;
	const cookie = await cookieOf(service);
	const table: [method: string, headers: Record<string, string>, ok: boolean][] = [
		["GET", {}, true],
		["GET", { "sec-fetch-site": "same-origin" }, true],
		["GET", { "sec-fetch-site": "none" }, true],
		// Another port of localhost: the same site, and the cookie goes along.
		["GET", { "sec-fetch-site": "same-site" }, false],
		["GET", { "sec-fetch-site": "cross-site" }, false],
		["GET", { origin: "http://localhost:3000" }, false],
		["DELETE", { origin: `http://${host}` }, true],
		["DELETE", { "sec-fetch-site": "same-origin" }, true],
		["DELETE", {}, false],
		["DELETE", { origin: "null" }, false],
		["DELETE", { origin: `http://${host}.evil.example` }, false],
		["DELETE", { origin: "http://evil.example" }, false],
		["DELETE", { origin: `http://${host}`, "sec-fetch-site": "cross-site" }, false],
		["DELETE", { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }, false],
	];
	for (const [method, headers, ok] of table) {
		// Signed in anew each time: what is let through signs out.
		const own = method === "DELETE" && ok ? await cookieOf(service) : cookie;
		const path = inside;
		const answer = await plainRequest(url, { method, path, headers: { ...headers, cookie: own } });
		const expected = ok ? (method === "GET" ? 200 : 204) : 403;
		assert.equal(answer.status, expected, `${method} ${JSON.stringify(headers)}`);
	}
	const stream = { cookie, "sec-fetch-site": "same-site" };
	assert.equal((await plainRequest(url, { path: "/api/v1/events", headers: stream })).status, 403);
	// With a token it is a program that asks, or a page that was given one.
	const authorization = `Bearer ${service.token}`;
	const program = { authorization, "sec-fetch-site": "cross-site", origin: "http://evil.example" };
	assert.equal((await plainRequest(url, { path: inside, headers: program })).status, 200);
});

test("another page cannot sign a browser in as somebody", async (t) => {
	const { url, access } = await startTempService(t);
	const headers = { origin: "http://evil.example", "sec-fetch-site": "cross-site" };
	const answer = await sendJson(url, inside, { secret: access.linkSecret }, headers);
	assert.equal(answer.status, 403);
	assert.equal(answer.headers["set-cookie"], undefined);
});

test("other pages may use the API where they are configured, with a token and without cookies", async (t) => {
	const origin = "https://notes.example.org";
	const service = await startTempService(t, serverSettings({ corsOrigins: [origin] }));
	const { url, token } = service;
	const preflight = (from: string) =>
		plainRequest(url, {
			...{ method: "OPTIONS", path: "/api/v1/recordings" },
			headers: { origin: from, "access-control-request-method": "PATCH" },
		});
	const allowed = await preflight(origin);
	assert.equal(allowed.status, 204);
	assert.equal(allowed.headers["access-control-allow-origin"], origin);
	assert.match(String(allowed.headers["access-control-allow-headers"]), /authorization/);
	assert.equal(allowed.headers["access-control-allow-credentials"], undefined);
	for (const from of [
		"https://notes.example.org.evil.example",
		"http://notes.example.org",
		"null",
	]) {
		const refused = await preflight(from);
		assert.equal(refused.headers["access-control-allow-origin"], undefined, from);
	}
	const authorization = `Bearer ${token}`;
	const asked = await plainRequest(url, { path: inside, headers: { origin, authorization } });
	assert.deepEqual(
		[asked.status, asked.headers["access-control-allow-origin"], asked.headers.vary],
		[200, origin, "Origin"],
	);
	const cookie = await cookieOf(service);
	const withCookie = await plainRequest(url, { path: inside, headers: { origin, cookie } });
	assert.equal(withCookie.status, 403);
	assert.equal(withCookie.headers["access-control-allow-credentials"], undefined);
});

test("every answer carries what keeps a browser from being used against its owner", async (t) => {
	const settings = serverSettings({ trustedProxies: ["127.0.0.1"] });
	const { url } = await startTempService(t, settings, { webFolder: await pageFolder(t) });
	for (const path of [
		"/",
		"/library",
		inside,
		"/api/v1/nowhere",
		"/assets/app-1.js",
		"/missing.js",
	]) {
		const { headers } = await plainRequest(url, { path });
		const policy = String(headers["content-security-policy"]);
		assert.match(policy, /frame-ancestors 'none'/, path);
		assert.match(policy, /base-uri 'none'/, path);
		assert.doesNotMatch(policy, /unsafe|\*|https?:/, path);
		assert.equal(headers["x-content-type-options"], "nosniff", path);
		assert.equal(headers["referrer-policy"], "no-referrer", path);
		assert.match(String(headers["permissions-policy"]), /microphone=\(self\)/, path);
		assert.equal(headers["cross-origin-opener-policy"], "same-origin", path);
		assert.equal(headers["cross-origin-resource-policy"], "same-origin", path);
		assert.equal(headers["strict-transport-security"], undefined, path);
	}
	assert.match(
		String((await plainRequest(url)).headers["content-security-policy"]),
		/script-src 'self'/,
	);
	const unknown = await plainRequest(url, { path: inside });
	assert.equal(unknown.status, 401);
	assert.equal(unknown.headers["cache-control"], "no-store");
	assert.match(String(unknown.headers["www-authenticate"]), /^Bearer/);
	assert.match(String(unknown.headers["content-security-policy"]), /default-src 'none'/);
	const secure = await plainRequest(url, { headers: { "x-forwarded-proto": "https" } });
	assert.match(String(secure.headers["strict-transport-security"]), /max-age=\d+/);
});

test("nobody who is not known gets further than the door, on any address there is", async (t) => {
	const { url } = await startTempService(t);
	const described = await plainRequest(url, { path: "/api/openapi.json" });
	assert.equal(described.status, 200);
	const { paths } = JSON.parse(described.text) as { paths: Record<string, object> };
	const open = new Set([
		...["GET /api/openapi.json", "GET /api/docs", "GET /api/v1/sign-in", "POST /api/v1/session"],
		...["GET /health", "GET /health/live", "GET /health/ready", "OPTIONS /api/v1/uploads"],
	]);
	let asked = 0;
	for (const [template, methods] of Object.entries(paths)) {
		const path = template.replace(/\{[^}]+\}/g, "x");
		for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
			if (open.has(`${method} ${template}`)) continue;
			const { status } = await plainRequest(url, { method, path });
			// Where there is nothing, nobody needs to be known.
			const expected = template === "/v1/{path}" ? 404 : 401;
			assert.equal(status, expected, `${method} ${template}`);
			asked += 1;
		}
	}
	assert.ok(asked > 20, `only ${asked} addresses`);
});

test("who asks too often is told when to come back; others are served", async (t) => {
	const service = await startTempService(t, serverSettings({ requestsPerMinute: 6 }));
	const { url, token, tokenFor } = service;
	const ask = (bearer: string, forwarded = "192.0.2.1") =>
		plainRequest(url, {
			path: inside,
			headers: { authorization: `Bearer ${bearer}`, "x-forwarded-for": forwarded },
		});
	const answers = await Promise.all(
		Array.from({ length: 9 }, (_, n) => ask(token, `192.0.2.${n}`)),
	);
	assert.equal(answers.filter(({ status }) => status === 200).length, 6);
	const refused = answers.find(({ status }) => status === 429);
	assert.equal(refused && codeOf(refused), "ERR_RATE_LIMIT");
	assert.ok(Number(refused?.headers["retry-after"]) >= 1);
	assert.equal((await ask(await tokenFor("read"))).status, 200);
});

test("guessing tokens is limited by address, and harms nobody who has one", async (t) => {
	const service = await startTempService(t);
	const { url, token } = service;
	const guesses = await Promise.all(
		Array.from({ length: 60 }, (_, n) =>
			plainRequest(url, {
				path: inside,
				headers: {
					authorization: `Bearer onwax_${String(n).padStart(43, "x")}`,
					// Nobody is believed who has not been configured.
					"x-forwarded-for": `192.0.2.${n}`,
				},
			}),
		),
	);
	assert.deepEqual(new Set(guesses.map(({ status }) => status)), new Set([401, 429]));
	const headers = { authorization: `Bearer ${token}` };
	assert.equal((await plainRequest(url, { path: inside, headers })).status, 200);
});

test("guessing the password is slowed for an address, by all that a trusted proxy tells apart", async (t) => {
	const service = await startTempService(t, serverSettings({ trustedProxies: ["127.0.0.1"] }));
	const { url, access, app } = service;
	await access.setPassword(password);
	const guess = (word: string, address: string) =>
		sendJson(url, inside, { password: word }, { "x-forwarded-for": address });
	// All at once: how long each takes does not matter then.
	const answers = await Promise.all(
		Array.from({ length: 6 }, (_, n) => guess(`wrong number ${n}`, "192.0.2.1")),
	);
	assert.deepEqual(answers.map(({ status }) => status).sort(), [401, 401, 401, 401, 401, 429]);
	const slowed = answers.find(({ status }) => status === 429);
	assert.ok(Number(slowed?.headers["retry-after"]) >= 1);
	assert.equal((await guess(password, "192.0.2.2")).status, 200);
	// The link is no password: its owner is let in from anywhere.
	const link = { secret: access.linkSecret };
	assert.equal((await sendJson(url, inside, link, { "x-forwarded-for": "192.0.2.1" })).status, 200);
	const audit = await readFile(join(app.library.layout.audit, await newestAudit(app)), "utf8");
	assert.equal(audit.match(/"sign-in-failed"/g)?.length, 5);
	assert.match(audit, /"address":"192\.0\.2\.1"/);
});

test("over https the cookie stays there", async (t) => {
	const service = await startTempService(t, serverSettings({ trustedProxies: ["127.0.0.1"] }));
	const secret = { secret: service.access.linkSecret };
	const proxied = { "x-forwarded-proto": "https", "x-forwarded-host": "localhost" };
	const over = await sendJson(service.url, inside, secret, proxied);
	assert.match(String(over.headers["set-cookie"]), /HttpOnly; Secure; SameSite=Strict/);
	const plain = await sendJson(service.url, inside, secret);
	assert.doesNotMatch(String(plain.headers["set-cookie"]), /Secure/);
});

test("tokens and the password are managed by who may, and every change is noted", async (t) => {
	const service = await startTempService(t);
	const { url, ask, tokenFor, token } = service;
	const make = { name: "phone", scopes: ["upload"], expiresInDays: 30 };
	const notAdmin = `Bearer ${await tokenFor("read", "upload", "write")}`;
	const refused = await sendJson(url, "/api/v1/tokens", make, { authorization: notAdmin });
	assert.equal(refused.status, 403);
	const made = await sendJson(url, "/api/v1/tokens", make, { authorization: `Bearer ${token}` });
	assert.equal(made.status, 201);
	const { token: facts, secret } = JSON.parse(made.text) as {
		token: { id: string };
		secret: string;
	};
	const listed = await (await ask("/api/v1/tokens")).text();
	assert.ok(listed.includes(facts.id));
	assert.equal(listed.includes(secret), false);
	assert.equal((await ask(`/api/v1/tokens/${facts.id}`, { method: "DELETE" })).status, 204);
	const gone = { authorization: `Bearer ${secret}` };
	assert.equal((await plainRequest(url, { path: inside, headers: gone })).status, 401);

	const cookie = await cookieOf(service);
	const host = new URL(url).host;
	const put = (body: object) =>
		plainRequest(url, {
			...{ method: "PUT", path: "/api/v1/password", body: JSON.stringify(body) },
			headers: { cookie, origin: `http://${host}`, "content-type": "application/json" },
		});
	assert.equal((await put({ password: "short" })).status, 400);
	assert.equal((await put({ password })).status, 204);
	assert.equal((await put({ password: null })).status, 403);
	assert.equal((await put({ password: null, current: "not the one I set" })).status, 403);
	assert.equal((await put({ password: null, current: password })).status, 204);

	const page = (await (await ask("/api/v1/audit?limit=4")).json()) as {
		entries: { action: string; caller: { kind: string } | null }[];
		next: string | null;
	};
	assert.deepEqual(
		page.entries.map(({ action, caller }) => [action, caller?.kind]),
		[
			["password-remove", "session"],
			["password-set", "session"],
			["sign-in", "session"],
			["token-revoke", "token"],
		],
	);
	const older = await ask(`/api/v1/audit?before=${page.next}&action=token-create`);
	assert.match(await older.text(), /"name":"phone"/);
});

test("what is destroyed is destroyed by who may, one at a time or many", async (t) => {
	const { url, app, tokenFor } = await startTempService(t);
	const tokens = {
		write: await tokenFor("read", "upload", "write"),
		admin: await tokenFor("admin"),
	};
	const purges = {
		one: (name: string) => ({ path: `/api/v1/recordings/${name}/purge`, body: {} }),
		many: (name: string) => ({ path: "/api/v1/bulk", body: { action: "purge", names: [name] } }),
	};
	let seed = 0;
	for (const purge of Object.values(purges)) {
		seed += 1;
		const name = await publishTranscribed(app.library, exampleWav(seed));
		await trashRecording(app.library, name);
		const { path, body } = purge(name);
		const by = (token: string) => sendJson(url, path, body, { authorization: `Bearer ${token}` });
		const refused = await by(tokens.write);
		assert.deepEqual([refused.status, codeOf(refused)], [403, "ERR_FORBIDDEN"], path);
		assert.notEqual(await app.library.catalogue.get(name), null);
		assert.ok((await by(tokens.admin)).status < 300, path);
		assert.equal(await app.library.catalogue.get(name), null);
	}
	// Who may destroy may not do all else with many.
	const headers = { authorization: `Bearer ${tokens.admin}` };
	const tag = { action: "tag", names: ["x"], tags: ["y"] };
	assert.equal((await sendJson(url, "/api/v1/bulk", tag, headers)).status, 403);
});

test("a token makes none that may do more, and does not touch the password", async (t) => {
	const { url, access, tokenFor } = await startTempService(t);
	const headers = { authorization: `Bearer ${await tokenFor("admin", "read")}` };
	const make = (scopes: string[]) =>
		sendJson(url, "/api/v1/tokens", { name: scopes.join("-"), scopes }, headers);
	for (const scopes of [["write"], ["admin", "upload"], ["read", "upload", "write", "admin"]]) {
		const refused = await make(scopes);
		assert.deepEqual([refused.status, codeOf(refused)], [403, "ERR_FORBIDDEN"], scopes.join());
	}
	assert.equal((await make(["read"])).status, 201);
	assert.equal((await access.tokens()).length, 3);
	for (const body of [{ password }, { password: null }]) {
		const refused = await plainRequest(url, {
			...{ method: "PUT", path: "/api/v1/password", body: JSON.stringify(body) },
			headers: { ...headers, "content-type": "application/json" },
		});
		assert.deepEqual([refused.status, codeOf(refused)], [403, "ERR_FORBIDDEN"]);
	}
	assert.equal((await access.state()).hasPassword, false);
});

test("who may only send asks after what was sent by its id, and by nothing else", async (t) => {
	const { url, app, tokenFor } = await startTempService(t);
	const name = await publishTranscribed(app.library, exampleWav(1));
	const id = (await app.library.catalogue.get(name))?.metadata.id ?? "";
	const statusOf = async (token: string, path: string) =>
		(await plainRequest(url, { path, headers: { authorization: `Bearer ${token}` } })).status;
	const sender = await tokenFor("upload");
	assert.equal(await statusOf(sender, `/jobs/${id}`), 200);
	for (const path of ["last", name, name.slice(0, 6), id.slice(0, 8)]) {
		assert.equal(await statusOf(sender, `/jobs/${path}`), 403, path);
	}
	assert.equal(await statusOf(sender, `/jobs/${id}/result`), 403);
	assert.equal(await statusOf(await tokenFor("read"), `/jobs/${name}`), 200);
	assert.equal(await statusOf(await tokenFor("write"), `/jobs/${id}`), 403);
});

test("what is not for everybody is stored by no cache", async (t) => {
	const { app, ask } = await startTempService(t);
	const name = await publishTranscribed(app.library, exampleWav(1));
	for (const path of ["/storage/stats", `/jobs/${name}`, `/jobs/${name}/result`, "/metrics"]) {
		const answer = await ask(path);
		assert.deepEqual([answer.status, answer.headers.get("cache-control")], [200, "no-store"], path);
		await answer.arrayBuffer();
	}
});

test("of long texts two are taken in at a time, and short ones always", async (t) => {
	const { url, app, token, ask } = await startTempService(t);
	const name = await publishTranscribed(app.library, exampleWav(1));
	const path = `/api/v1/recordings/${name}`;
	const authorization = `Bearer ${token}`;
	const type = { authorization, "content-type": "application/json" };
	const body = JSON.stringify({ text: "x".repeat(1_500_000) });
	const long = () => plainRequest(url, { method: "PATCH", path, headers: type, body });
	const sent = [0, 1, 2].map(() => {
		const { hostname, port } = new URL(url);
		const headers = { ...type, "content-length": String(body.length) };
		const one = request({ hostname, port, path, method: "PATCH", headers, agent: false });
		const answer = new Promise<number>((resolve, reject) => {
			one.on("error", reject);
			one.on("response", (response) => resolve(response.resume().statusCode ?? 0));
		});
		one.write(body.slice(0, 1000));
		return { one, answer };
	});
	// None of them is whole: the one that is answered is the one too many.
	assert.equal(await Promise.race(sent.map(({ answer }) => answer)), 429);
	const more = await long();
	assert.deepEqual([more.status, codeOf(more)], [429, "ERR_RATE_LIMIT"]);
	const title = await ask(path, {
		...{ method: "PATCH", body: JSON.stringify({ title: "short" }), headers: type },
	});
	assert.equal(title.status, 200);
	for (const { one } of sent) one.end(body.slice(1000));
	const statuses = await Promise.all(sent.map(({ answer }) => answer));
	assert.deepEqual(statuses.sort(), [200, 200, 429]);
	assert.equal((await long()).status, 200);
});

test("an id from outside cannot break the headers, nor a path leave the page's folder", async (t) => {
	const { url } = await startTempService(t, {}, { webFolder: await pageFolder(t) });
	for (const id of ["a".repeat(65), "a b", "a\tb", "ä", "<script>", "%0d%0aset-cookie:x=1"]) {
		const { headers } = await plainRequest(url, { path: inside, headers: { "x-request-id": id } });
		assert.match(String(headers["x-request-id"]), /^[0-9a-f-]{36}$/, id);
		assert.equal(headers["set-cookie"], undefined);
	}
	const paths = [
		...["/../outside.txt", "/..%2foutside.txt", "/%2e%2e/outside.txt", "/assets/../../outside.txt"],
		...["/..%5coutside.txt", "/%2e%2e%2foutside.txt", "/....//outside.txt", "//outside.txt"],
		...[
			"/assets/%00.js",
			"/assets/..%2f..%2foutside.txt",
			"/.%2e/outside.txt",
			"/%c0%ae%c0%ae/x.txt",
		],
	];
	for (const path of paths) {
		const { status, text } = await plainRequest(url, { path });
		assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
		assert.equal(text.includes("outside\n") || text === "outside", false, path);
	}
	assert.equal((await plainRequest(url, { path: `/${"x".repeat(5000)}` })).status, 413);
});

test("no secret is ever written to a log, told in an answer, or noted", async (t) => {
	const dataDir = await tempFolder(t);
	const log = openLog({ dataDir, ...defaultSettings.log, level: "debug" });
	const service = await startTempService(t, { dataDir }, { log });
	const { url, access, token, ask } = service;
	await access.setPassword(password);
	const cookie = await cookieOf(service);
	const wrong = "a wrong but telling guess";
	const canaries = [
		...[token, token.slice(6), access.linkSecret, cookie.split("=")[1] ?? "", password, wrong],
	];
	const answers: PlainAnswer[] = [];
	const keep = async (answer: Promise<PlainAnswer>) => {
		answers.push(await answer);
	};
	const all = { authorization: `Bearer ${token}`, cookie };
	for (const path of [
		inside,
		"/api/v1/tokens",
		"/api/v1/access",
		"/api/v1/audit",
		"/api/v1/nowhere",
	]) {
		await keep(plainRequest(url, { path, headers: all }));
		await keep(plainRequest(url, { path: `${path}?token=${token}&secret=${access.linkSecret}` }));
	}
	await keep(sendJson(url, inside, { password: wrong }));
	await keep(sendJson(url, inside, { password, secret: access.linkSecret }));
	await keep(sendJson(url, inside, { secret: token }));
	await keep(sendJson(url, "/api/v1/tokens", { name: password, scopes: [token] }, all));
	await keep(plainRequest(url, { path: inside, headers: { authorization: `Basic ${token}` } }));
	await keep(plainRequest(url, { path: inside, headers: { ...all, "x-request-id": token } }));
	await keep(
		plainRequest(url, {
			method: "POST",
			path: inside,
			headers: all,
			body: `{"password":"${password}"`,
		}),
	);
	assert.equal((await ask("/api/v1/settings")).status, 200);
	await service.close();
	log.close();

	const places = [
		...answers.map(({ status, headers, text }) => `${status} ${JSON.stringify(headers)} ${text}`),
		...(await textsIn(join(dataDir, "logs"))),
		...(await textsIn(join(dataDir, "audit"))),
		...(await textsIn(join(dataDir, "access"))),
	];
	assert.ok(
		places.some((text) => text.includes('"answered"')),
		"nothing was logged at all",
	);
	for (const canary of canaries) {
		assert.ok(canary.length > 8);
		for (const text of places) {
			assert.equal(text.includes(canary), false, `${canary} in ${text.slice(0, 300)}`);
		}
	}
});

async function textsIn(folder: string): Promise<string[]> {
	const names = (await readdir(folder)).filter((name) => !name.endsWith(".db"));
	assert.ok(names.length > 0, folder);
	return await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}

async function newestAudit({ library }: TempService["app"]): Promise<string> {
	const names = await readdir(library.layout.audit);
	return (
		names
			.filter((name) => name.endsWith(".jsonl"))
			.sort()
			.at(-1) ?? ""
	);
}

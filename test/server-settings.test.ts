import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { test } from "node:test";
import type { Setting, Settings, SettingsPatched } from "../src/server/contract/settings.ts";
import { startTempService, type TempService } from "./temp-service.ts";

async function list({ ask }: TempService): Promise<{ all: Map<string, Setting>; path: string }> {
	const response = await ask("/api/v1/settings");
	assert.equal(response.status, 200, await response.clone().text());
	const { settings, path } = (await response.json()) as Settings;
	return { all: new Map(settings.map((one) => [one.key, one])), path };
}

function patch({ ask }: TempService, body: unknown): Promise<Response> {
	return ask("/api/v1/settings", {
		method: "PATCH",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
}

async function codeOf(response: Response): Promise<string> {
	return ((await response.json()) as { code: string }).code;
}

test("settings say what they are, where they are from, and take a change at once", async (t) => {
	const service = await startTempService(t, {}, { variables: { ONWAX_LANGUAGE: "de" } });
	const { all, path } = await list(service);
	const compress = all.get("compress");
	assert.equal(compress?.origin, "default");
	assert.equal(compress?.kind, "choice");
	assert.deepEqual(compress?.choices, ["flac", "opus", "none"]);
	assert.equal(all.get("retry.maxAttempts")?.section, "retry");
	assert.equal(all.get("language")?.origin, "environment");
	assert.equal(all.get("language")?.value, "de");

	const response = await patch(service, { set: { compress: "opus", "log.retentionDays": 7 } });
	assert.equal(response.status, 200, await response.clone().text());
	const { settings, waitingForRestart } = (await response.json()) as SettingsPatched;
	assert.deepEqual(waitingForRestart, ["log.retentionDays"]);
	const changed = settings.find(({ key }) => key === "compress");
	assert.equal(changed?.value, "opus");
	assert.equal(changed?.origin, "file");
	assert.equal(service.service.app.config.compress, "opus");
	assert.deepEqual(JSON.parse(await readFile(path, "utf8")), {
		...{ compress: "opus", log: { retentionDays: 7 } },
	});
	assert.equal((await stat(path)).mode & 0o777, 0o600);

	assert.equal((await patch(service, { unset: ["compress"] })).status, 200);
	assert.equal(service.service.app.config.compress, "flac");
	// What the environment says would win: a change of the file would look as if it had no effect.
	const refused = await patch(service, { set: { language: "en" } });
	assert.equal(refused.status, 403);
});

test("a wrong value or key changes nothing, the other keys of the request included", async (t) => {
	const service = await startTempService(t);
	for (const body of [
		{ set: { compress: "opus", "retry.maxAttempts": 0 } },
		{ set: { compress: "opus", nonsense: 1 } },
		{ set: { compress: "opus", retry: { maxAttempts: 2 } } },
		{ set: { compress: "opus", engine: "nobody" } },
		{ set: { compress: "opus", "engines.a.type": "openai" } },
		{ set: { compress: "opus", __proto__: null, "constructor.prototype": 1 } },
	]) {
		const response = await patch(service, body);
		assert.equal(response.status, 400, JSON.stringify(body));
		assert.equal(await codeOf(response), "ERR_CONFIG");
	}
	assert.equal((await patch(service, { set: { peaks: true }, unset: ["peaks"] })).status, 400);
	assert.equal(service.service.app.config.compress, "flac");
	await assert.rejects(stat((await list(service)).path), { code: "ENOENT" });
});

const dangerous: [string, unknown][] = [
	["engines", { evil: { type: "command", command: ["sh", "-c", "id", "{audio}"] } }],
	["engines.evil", { type: "command", command: ["sh", "-c", "id", "{audio}"] }],
	["engines.evil", { type: "sherpa", model: "../../tmp/evil" }],
	["engines.evil", { type: "openai", baseUrl: "https://evil.example.org/v1" }],
	["engines.evil", { type: "openai", apiKeyEnv: "AWS_SECRET_ACCESS_KEY" }],
	["record.microphone", { command: ["sh", "-c", "id"] }],
	["record.device", "file:'|id',raw"],
	["dataDir", "/etc"],
	["profile", "test"],
	["server.host", "0.0.0.0"],
	["server.corsOrigins", ["https://evil.example.org"]],
	["server.allowedHosts", ["evil.example.org"]],
	["server.trustedProxies", ["0.0.0.0/0"]],
	["server.requestsPerMinute", 10_000_000],
	["webhooks", [{ url: "https://evil.example.org", secretEnv: "OPENAI_API_KEY" }]],
	["telemetry.otlpUrl", "https://evil.example.org"],
	["chat.baseUrl", "https://evil.example.org/v1"],
	["chat.apiKeyEnv", "AWS_SECRET_ACCESS_KEY"],
	["model.mirror", "https://evil.example.org"],
	["lexicon.regexTimeLimitMs", 8000],
];

test("a stolen admin token becomes neither a program that runs nor a key that is sent away", async (t) => {
	const service = await startTempService(t);
	const { all, path } = await list(service);
	for (const [key, value] of dangerous) {
		const response = await patch(service, { set: { compress: "opus", [key]: value } });
		assert.equal(response.status, 403, `${key} ${await response.clone().text()}`);
		assert.equal(await codeOf(response), "ERR_FORBIDDEN");
		assert.ok(all.get(key.split(".")[0] === "engines" ? "engines" : key)?.lockedBecause, key);
	}
	await assert.rejects(stat(path), { code: "ENOENT" });
	// What is harmless of the same kind goes.
	const model = { type: "sherpa", model: "whisper-tiny" };
	const response = await patch(service, { set: { "engines.local": model, engine: "local" } });
	assert.equal(response.status, 200, await response.clone().text());
	assert.deepEqual(service.service.app.config.engines.local, model);
});

test("the service's own environment may allow everything", async (t) => {
	const service = await startTempService(t, {}, { variables: { ONWAX_SETTINGS_OVER_HTTP: "all" } });
	const evil = { type: "command", command: ["cat", "{audio}"] };
	const response = await patch(service, { set: { "engines.own": evil } });
	assert.equal(response.status, 200, await response.clone().text());
});

test("settings are an admin's, and hold no secret", async (t) => {
	const canary = "canary-5f1d0c";
	const engines = {
		own: { type: "command", command: ["listen", `--key=${canary}`, "{audio}"] },
		other: { type: "openai", apiKeyEnv: "MY_KEY" },
	};
	const webhooks = [{ url: `https://hooks.example.org/${canary}?k=${canary}`, secretEnv: "HOOK" }];
	const service = await startTempService(
		t,
		{},
		{
			variables: {
				...{ MY_KEY: canary, HOOK: canary },
				ONWAX_ENGINES: JSON.stringify(engines),
				ONWAX_WEBHOOKS: JSON.stringify(webhooks),
			},
		},
	);
	const response = await service.ask("/api/v1/settings");
	assert.equal(response.status, 200);
	const text = await response.text();
	assert.doesNotMatch(text, new RegExp(canary));
	assert.match(text, /MY_KEY/);
	const headers = { authorization: `Bearer ${await service.tokenFor("read", "write")}` };
	assert.equal((await fetch(`${service.url}/api/v1/settings`, { headers })).status, 403);
});

test("two changes at once are both kept", async (t) => {
	const service = await startTempService(t);
	const [one, other] = await Promise.all([
		patch(service, { set: { compress: "opus" } }),
		patch(service, { set: { peaks: false } }),
	]);
	assert.deepEqual([one.status, other.status], [200, 200]);
	const { compress, peaks } = service.service.app.config;
	assert.deepEqual({ compress, peaks }, { compress: "opus", peaks: false });
});

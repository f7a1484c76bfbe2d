import assert from "node:assert/strict";
import { test } from "node:test";
import type {
	Lexicon,
	LexiconApplication,
	LexiconHistory,
	LexiconList,
	LexiconTrial,
} from "../src/server/contract/lexicons.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { exampleOutput, exampleWav, publishTranscribed } from "./transcribed-recording.ts";

const [firstWord = ""] = exampleOutput.text.split(" ");

function send(
	{ ask }: TempService,
	method: string,
	path: string,
	body: unknown,
): Promise<Response> {
	return ask(`/api/v1/lexicons${path}`, {
		method,
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
	});
}

async function json<T>(response: Response, status = 200): Promise<T> {
	assert.equal(response.status, status, await response.clone().text());
	return (await response.json()) as T;
}

test("a lexicon is written as a whole, by version, and goes back and out of use", async (t) => {
	const service = await startTempService(t);
	const rules = [{ from: "cooper netties", to: "Kubernetes", kind: "words" }];
	const put = (body: unknown) => send(service, "PUT", "/names", body);
	const saved = await json<Lexicon>(await put({ rules, version: 0 }));
	assert.deepEqual(saved, { name: "names", version: 1, rules, warnings: [] });
	// Made from a version that is not the newest any more.
	assert.equal((await put({ rules: [], version: 0 })).status, 409);
	const more = [...rules, { from: "(\\d+) euro", to: "$1 €", kind: "regex", caseSensitive: false }];
	assert.equal((await json<Lexicon>(await put({ rules: more, version: 1 }))).version, 2);
	assert.equal((await put({ rules: [{ from: "(", to: "", kind: "regex" }] })).status, 400);

	const list = await json<LexiconList>(await service.ask("/api/v1/lexicons"));
	assert.equal(list.enabled, true);
	assert.deepEqual(list.lexicons[0]?.rules, more);
	const tried = await json<LexiconTrial>(
		await send(service, "POST", "/test", { text: "cooper netties for 5 euro" }),
	);
	assert.equal(tried.after, "Kubernetes for 5 €");

	const history = await json<LexiconHistory>(await service.ask("/api/v1/lexicons/names/history"));
	assert.deepEqual(
		history.versions.map(({ version, changes }) => [version, changes?.added.length]),
		[
			[1, 1],
			[2, 1],
		],
	);
	const undone = await json<Lexicon>(await send(service, "POST", "/names/undo", {}));
	assert.deepEqual([undone.version, undone.rules], [3, rules]);
	const removed = await service.ask("/api/v1/lexicons/names", { method: "DELETE" });
	assert.equal(removed.status, 204);
	assert.equal((await service.ask("/api/v1/lexicons/names")).status, 404);
	assert.equal((await service.ask("/api/v1/lexicons/..%2Fnames")).status, 400);
});

test("texts that are there are corrected, and given back", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const name = await publishTranscribed(library, exampleWav(1));
	const rules = [{ from: firstWord, to: "Corrected", kind: "words" }];
	await json(await send(service, "PUT", "/names", { rules }));
	const textNow = async () => (await library.catalogue.get(name))?.transcript?.text;
	const before = await textNow();

	const dry = await json<LexiconApplication>(
		await send(service, "POST", "/apply", { dryRun: true }),
	);
	assert.deepEqual([dry.texts, dry.changed], [1, 1]);
	assert.match(dry.changes[0]?.after ?? "", /^Corrected/);
	assert.equal(await textNow(), before);

	const applied = await json<LexiconApplication>(
		await send(service, "POST", "/apply", { names: [name] }),
	);
	assert.deepEqual([applied.changed, applied.failed, applied.left], [1, [], []]);
	assert.match((await textNow()) ?? "", /^Corrected/);
	const undone = await json<LexiconApplication>(await send(service, "POST", "/apply/undo", {}));
	assert.equal(undone.changed, 1);
	assert.equal(await textNow(), before);
	assert.equal((await send(service, "POST", "/apply/undo", {})).status, 409);
});

test("a regular expression without end is stopped, and keeps nothing else of the service waiting", async (t) => {
	const service = await startTempService(t, {
		lexicon: { enabled: true, regexTimeLimitMs: 300 },
	});
	const rules = [{ from: "(a|aa)+b$", to: "", kind: "regex" }];
	await json(await send(service, "PUT", "/names", { rules }));
	const order: string[] = [];
	const trial = send(service, "POST", "/test", { text: "a".repeat(5000) }).then((response) => {
		order.push("trial");
		return response;
	});
	for (let asked = 0; asked < 3; asked++) {
		assert.equal((await service.ask("/api/v1/lexicons")).status, 200);
		order.push("other");
	}
	const refused = await json<{ code: string }>(await trial, 400);
	assert.equal(refused.code, "ERR_LEXICON");
	assert.deepEqual(order, ["other", "other", "other", "trial"]);
});

test("who may only read changes no lexicon, and has the service try none", async (t) => {
	const service = await startTempService(t);
	const headers = {
		authorization: `Bearer ${await service.tokenFor("read")}`,
		"content-type": "application/json",
	};
	const address = `${service.url}/api/v1/lexicons/names`;
	const put = { method: "PUT", headers, body: JSON.stringify({ rules: [] }) };
	assert.equal((await fetch(address, put)).status, 403);
	const trial = { method: "POST", headers, body: JSON.stringify({ text: "a" }) };
	assert.equal((await fetch(`${service.url}/api/v1/lexicons/test`, trial)).status, 403);
	assert.equal((await fetch(`${service.url}/api/v1/lexicons`, { headers })).status, 200);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { BulkAnswer } from "../src/server/contract/bulk.ts";
import type {
	RecordingDetail,
	RecordingPage,
	SearchHits,
	TagList,
} from "../src/server/contract/recording.ts";
import { type SampleOptions, sampleRecording } from "./sample-recording.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { exampleWav, publishTranscribed } from "./transcribed-recording.ts";

const sample = (number: number, options: SampleOptions) =>
	sampleRecording(number, { sha256: "ab".repeat(32), ...options });

const at = (name: string, rest = "") => `/api/v1/recordings/${name}${rest}`;

async function json<T>(response: Response): Promise<T> {
	assert.ok(response.ok, `${response.status}: ${response.ok ? "" : await response.text()}`);
	return (await response.json()) as T;
}

async function send(
	{ ask }: TempService,
	method: string,
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<Response> {
	if (body === undefined) return ask(path, { method, headers });
	const type = { "content-type": "application/json" };
	return ask(path, { method, body: JSON.stringify(body), headers: { ...type, ...headers } });
}

async function codeOf(response: Response): Promise<[number, string]> {
	assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
	const { status, code } = (await response.json()) as { status: number; code: string };
	assert.equal(status, response.status);
	return [status, code];
}

test("lists in pages, by tag, state and status, with the beginnings of texts", async (t) => {
	const { app, ask } = await startTempService(t);
	const text = "ä".repeat(199).concat("😀 and on");
	await app.library.catalogue.put([
		sample(1, { tags: ["work"], text }),
		sample(2, { tags: ["work", "home"], archived: true }),
		sample(3, { deletedAt: "2026-01-02T00:00:00.000Z", tags: ["work"] }),
		sample(4, { state: "failed", text: null }),
	]);
	const page = (query: string) => ask(`/api/v1/recordings${query}`).then(json<RecordingPage>);
	const titles = async (query: string) => (await page(query)).recordings.map(({ title }) => title);
	assert.deepEqual(await titles(""), ["number 4", "number 2", "number 1"]);
	assert.deepEqual(await titles("?status=deleted"), ["number 3"]);
	assert.deepEqual(await titles("?state=failed"), ["number 4"]);
	assert.deepEqual(await titles("?tag=WORK&tag=home"), ["number 2"]);
	const first = await page("?limit=2");
	assert.equal(first.recordings.length, 2);
	const second = await page(`?limit=2&before=${first.next}`);
	assert.deepEqual([second.recordings[0]?.title, second.next], ["number 1", null]);
	assert.equal(second.recordings[0]?.textStart, "ä".repeat(199));
	assert.equal(first.recordings[0]?.textStart, null);
	assert.deepEqual(await codeOf(await ask("/api/v1/recordings?before=x")), [400, "ERR_USAGE"]);
	assert.deepEqual(await codeOf(await ask("/api/v1/recordings?limit=201")), [400, "ERR_USAGE"]);
	assert.deepEqual(await codeOf(await ask("/api/v1/recordings?sort=x")), [400, "ERR_USAGE"]);
	const { tags } = await ask("/api/v1/tags").then(json<TagList>);
	assert.deepEqual(tags, [
		{ tag: "home", recordings: 1 },
		{ tag: "work", recordings: 2 },
	]);
	await app.library.catalogue.put([sample(5, { tags: ["new"] })]);
	const now = await ask("/api/v1/tags").then(json<TagList>);
	assert.equal(now.tags[1]?.tag, "new");
});

test("finds words, whole or begun, and says where", async (t) => {
	const { app, ask } = await startTempService(t);
	const markup = "<img src=x onerror=alert(1)>";
	await app.library.catalogue.put([
		sample(1, { text: "we talk about kubernetes", title: markup }),
		sample(2, { text: "of something else" }),
	]);
	const search = (query: string) =>
		ask(`/api/v1/recordings/search?${query}`).then(json<SearchHits>);
	const [hit, ...others] = (await search("q=kubernetes")).hits;
	assert.equal(others.length, 0);
	assert.equal(hit?.recording.title, markup);
	assert.equal(hit.field, "transcript");
	const [start, end] = hit.snippet.highlights[0] ?? assert.fail("nothing is highlighted");
	assert.equal(hit.snippet.text.slice(start, end), "kubernetes");
	assert.equal((await search("q=kuber")).hits.length, 0);
	assert.equal((await search("q=kuber&prefix=1")).hits.length, 1);
	assert.equal((await search('q="))(NOT *&best=1')).hits.length, 0);
});

test("a change is refused that was made of something older than what is there", async (t) => {
	const service = await startTempService(t);
	const name = await publishTranscribed(service.app.library, exampleWav(1));
	const read = await service.ask(at(name));
	const tag = read.headers.get("etag") ?? "";
	const known = await service.ask(at(name), { headers: { "if-none-match": `"x", W/${tag}` } });
	assert.deepEqual([known.status, await known.text()], [304, ""]);
	const before = await json<RecordingDetail>(read);
	assert.equal(before.transcript?.text, "hello wax");
	const patch = { title: "  Größe ", addTags: ["#Work"], description: "of it" };
	const changed = await send(service, "PATCH", at(name), patch, { "if-match": tag });
	const newTag = changed.headers.get("etag");
	const after = await json<RecordingDetail>(changed);
	assert.deepEqual([after.title, after.tags, after.description], ["Größe", ["work"], "of it"]);
	assert.equal(after.revision, before.revision + 1);
	const stale = await send(service, "PATCH", at(name), { title: "late" }, { "if-match": tag });
	assert.deepEqual(await codeOf(stale), [412, "ERR_PRECONDITION"]);
	const seen = await service.ask(at(name), { headers: { "if-none-match": tag } });
	assert.equal(seen.headers.get("etag"), newTag);
	assert.equal((await json<RecordingDetail>(seen)).title, "Größe");
	const last = await send(service, "PATCH", at("last"), { title: null, removeTags: ["work"] });
	const { title, tags } = await json<RecordingDetail>(last);
	assert.deepEqual([title, tags], [null, []]);
});

test("of changes that were all made of the same reading, one is taken", async (t) => {
	const service = await startTempService(t);
	const name = await publishTranscribed(service.app.library, exampleWav(1));
	const tag = (await service.ask(at(name))).headers.get("etag") ?? "";
	const replies = await Promise.all(
		["a", "b", "c", "d"].map((title) =>
			send(service, "PATCH", at(name), { title }, { "if-match": tag }),
		),
	);
	assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 412, 412, 412]);
});

test("a text is edited above what the engine said, and the edit is taken back", async (t) => {
	const service = await startTempService(t);
	const name = await publishTranscribed(service.app.library, exampleWav(1));
	const edited = await send(service, "PATCH", at(name), { text: "hello <b>wax</b>\u0000" });
	const { transcript } = await json<RecordingDetail>(edited);
	assert.deepEqual([transcript?.text, transcript?.originalText], ["hello <b>wax</b>", "hello wax"]);
	const undone = await send(service, "PATCH", at(name), { undoEdit: true });
	assert.equal((await json<RecordingDetail>(undone)).transcript?.text, "hello wax");
	const again = await send(service, "PATCH", at(name), { undoEdit: true });
	assert.deepEqual(await codeOf(again), [409, "ERR_STATE"]);
	const wrong = await send(service, "PATCH", at(name), { owner: "me" });
	assert.deepEqual(await codeOf(wrong), [400, "ERR_USAGE"]);
});

test("goes to the trash and back, and is destroyed from there alone", async (t) => {
	const service = await startTempService(t);
	const name = await publishTranscribed(service.app.library, exampleWav(1));
	const shelf = async (response: Response) => (await json<RecordingDetail>(response)).shelf;
	const early = await send(service, "POST", at(name, "/purge"));
	assert.deepEqual(await codeOf(early), [409, "ERR_STATE"]);
	assert.equal(await shelf(await send(service, "DELETE", at(name))), "trash");
	assert.equal(await shelf(await send(service, "POST", at(name, "/trash"))), "trash");
	const archived = await send(service, "POST", at(name, "/archive"));
	assert.deepEqual(await codeOf(archived), [409, "ERR_STATE"]);
	assert.equal(await shelf(await send(service, "POST", at(name, "/restore"))), "success");
	const kept = await send(service, "POST", at(name, "/archive"));
	assert.equal((await json<RecordingDetail>(kept)).status, "archived");
	const taken = await send(service, "POST", at(name, "/unarchive"));
	assert.equal((await json<RecordingDetail>(taken)).status, "active");
	const purged = await send(service, "POST", at(name, "/purge?force=1"));
	assert.deepEqual([purged.status, await purged.text()], [204, ""]);
	assert.deepEqual(await codeOf(await service.ask(at(name))), [404, "ERR_NOT_FOUND"]);
	const audit = await json<{ entries: { action: string; recording: string | null }[] }>(
		await service.ask("/api/v1/audit?limit=20"),
	);
	const deeds = audit.entries.filter(({ recording }) => recording === name);
	assert.deepEqual(deeds.map(({ action }) => action).sort(), [
		"edit",
		"edit",
		"purge",
		"restore",
		"trash",
		"trash",
	]);
});

test("who may read may not change, and a beginning that two share is neither of them", async (t) => {
	const { url, app, tokenFor, ask } = await startTempService(t);
	const name = await publishTranscribed(app.library, exampleWav(1));
	const authorization = `Bearer ${await tokenFor("read")}`;
	for (const [method, path] of [
		["PATCH", at(name)],
		["DELETE", at(name)],
		["POST", at(name, "/purge?force=1")],
		["POST", at(name, "/retry")],
		["POST", "/api/v1/bulk"],
	] as const) {
		const refused = await fetch(`${url}${path}`, { method, headers: { authorization } });
		assert.deepEqual(await codeOf(refused), [403, "ERR_FORBIDDEN"], `${method} ${path}`);
	}
	assert.equal((await fetch(`${url}${at(name)}`, { headers: { authorization } })).status, 200);
	await publishTranscribed(app.library, exampleWav(2));
	assert.deepEqual(await codeOf(await ask(at("20"))), [400, "ERR_AMBIGUOUS"]);
	for (const path of ["..%2f..%2fetc%2fpasswd", "%00", "%2e%2e", "x".repeat(150)]) {
		const missing = await ask(at(path));
		assert.ok([400, 404].includes(missing.status), path);
	}
});

test("does the same to many, and tells of each what became of it", async (t) => {
	const service = await startTempService(t);
	const { library } = service.app;
	const names = [
		await publishTranscribed(library, exampleWav(1)),
		await publishTranscribed(library, exampleWav(2)),
		await publishTranscribed(library, exampleWav(3)),
	];
	const [one = "", two = "", three = ""] = names;
	const bulk = async (body: object) =>
		json<BulkAnswer>(await send(service, "POST", "/api/v1/bulk", body));
	const tagged = await bulk({ action: "tag", names: [...names, "nobody"], tags: ["#Best"] });
	assert.deepEqual([tagged.done, tagged.failed, tagged.more], [3, 1, false]);
	assert.deepEqual(
		tagged.results.map(({ ok, problem }) => [ok, problem?.code]),
		[...names.map(() => [true, undefined]), [false, "ERR_NOT_FOUND"]],
	);
	assert.equal((await bulk({ action: "untag", names: [three], tags: ["best"] })).done, 1);
	const trashed = await bulk({ action: "trash", filter: { tags: ["best"] } });
	assert.deepEqual(trashed.results.map(({ name }) => name).sort(), [one, two].sort());
	assert.equal((await bulk({ action: "restore", names: [one] })).done, 1);
	const purged = await bulk({ action: "purge", names });
	assert.deepEqual(
		purged.results.map(({ problem }) => problem?.code ?? "gone"),
		["ERR_STATE", "gone", "ERR_STATE"],
	);
	assert.equal(await library.catalogue.get(two), null);
	const refused = [
		{ action: "trash" },
		{ action: "trash", names: [one], filter: {} },
		{ action: "tag", names: [one] },
		{ action: "trash", names: new Array(1001).fill(one) },
		{ action: "shred", names: [one] },
	];
	for (const body of refused) {
		const response = await send(service, "POST", "/api/v1/bulk", body);
		assert.deepEqual(await codeOf(response), [400, "ERR_USAGE"], JSON.stringify(body).slice(0, 90));
	}
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { addRule } from "../src/app/lexicon-rules.ts";
import type { RecordingDetail } from "../src/server/contract/recording.ts";
import {
	type ComparisonJson,
	comparison,
	type LayersJson,
	layers,
	type SpeakerListJson,
	type TranscriptJson,
	transcript,
} from "../src/server/contract/transcript.ts";
import { said, startHeardService } from "./heard-service.ts";
import { publishOne } from "./temp-library.ts";

const hostile = "</script><script>alert(1)</script> \u2028 we use it";

test("a text, its layers, another engine's, and what they differ in", async (t) => {
	const service = await startHeardService(t);
	const { name, ask, json, send, until, app } = service;
	const at = `/api/v1/recordings/${name}`;

	const first = await ask(`${at}/transcript`);
	const tag = first.headers.get("etag") ?? "";
	assert.equal(first.headers.get("content-type"), "application/json; charset=utf-8");
	const heard = transcript.parse(await first.json());
	assert.deepEqual([heard.text, heard.engine, heard.editedAt], [said, "one", null]);
	assert.deepEqual(heard.segments[0]?.words[3], {
		...{ text: "cooper", startSeconds: 0.3, endSeconds: 0.35 },
	});
	const known = await ask(`${at}/transcript`, { headers: { "if-none-match": tag } });
	assert.deepEqual([known.status, await known.text()], [304, ""]);

	await addRule(app.library.layout.lexicons, "names", {
		...{ from: "cooper netties", to: "Kubernetes", kind: "words" },
	});
	const applied = (await (await send("POST", `${at}/lexicons`)).json()) as {
		changed: boolean;
		recording: RecordingDetail;
	};
	assert.equal(applied.changed, true);
	assert.match(applied.recording.transcript?.text ?? "", /Kubernetes/);
	const again = (await (await send("POST", `${at}/lexicons`)).json()) as { changed: boolean };
	assert.equal(again.changed, false);
	const corrected = await json<TranscriptJson>(`${at}/transcript`);
	assert.equal(corrected.segments[0]?.words[3]?.provenance?.[0]?.original, "cooper netties");
	assert.deepEqual(corrected.lexicons, [{ name: "names", version: 1, replacements: 1 }]);

	for (const text of ["an edit", hostile]) {
		assert.equal((await send("PATCH", at, { text })).status, 200);
	}
	const told = layers.parse(await json<LayersJson>(`${at}/layers`));
	assert.deepEqual(
		told.edits.map(({ text }) => text),
		[hostile, "an edit"],
	);
	assert.equal(told.corrected?.text, said.replace("cooper netties", "Kubernetes"));
	assert.deepEqual(
		told.engines.map(({ engine, text, isCurrent }) => [engine, text, isCurrent]),
		[["one", said, true]],
	);
	assert.equal(told.text, told.edits[0]?.text);

	const alone = await ask(`${at}/compare?left=two`);
	assert.equal(alone.status, 404);
	const queued = await send("POST", `${at}/transcribe`, { engine: "two" });
	assert.equal(queued.status, 202);
	const two = await until<LayersJson>(`${at}/layers`, ({ engines }) => engines.length === 2);
	assert.deepEqual(
		two.engines.map(({ engine, isCurrent }) => [engine, isCurrent]),
		[
			["one", false],
			["two", true],
		],
	);
	const compared = comparison.parse(
		await json<ComparisonJson>(`${at}/compare?left=one&right=original`),
	);
	assert.deepEqual([compared.left.engine, compared.right.engine], ["one", "two"]);
	assert.deepEqual([compared.errors.words, compared.errors.substitutions], [10, 2]);
	assert.deepEqual(
		compared.changes.map(({ removed, added, startSeconds }) => [removed, added, startSeconds]),
		[
			["cooper netties", "Kubernetes", 0.3],
			["whole", "hole", 0.7],
		],
	);
	const unknown = await send("POST", `${at}/transcribe`, { engine: "three" });
	assert.equal(((await unknown.json()) as { code: string }).code, "ERR_ENGINE_UNKNOWN");

	const exported: Record<string, string> = {};
	for (const format of ["txt", "srt", "vtt", "md", "json"]) {
		const file = await ask(`${at}/export?format=${format}`);
		assert.equal(file.status, 200, format);
		const disposition = file.headers.get("content-disposition") ?? "";
		assert.match(disposition, new RegExp(`^attachment; filename="memo.${format}"`));
		assert.equal(file.headers.get("x-content-type-options"), "nosniff");
		assert.doesNotMatch(file.headers.get("content-type") ?? "", /html|xml|javascript/);
		exported[format] = await file.text();
	}
	assert.ok(exported.txt?.startsWith("</script><script>"));
	assert.doesNotThrow(() => JSON.parse(exported.json ?? ""));
	assert.equal((await ask(`${at}/export?format=exe`)).status, 400);

	const speakers = await json<SpeakerListJson>(`${at}/speakers`);
	assert.deepEqual(
		[speakers.isToldApart, speakers.canTellApart, speakers.speakers],
		[false, false, []],
	);
	const named = await send("PATCH", `${at}/speakers`, { names: { S1: "Anna" } });
	assert.deepEqual(
		[named.status, ((await named.json()) as { code: string }).code],
		[409, "ERR_STATE"],
	);
	const apart = await send("POST", `${at}/speakers/tell-apart`);
	assert.match(
		((await apart.json()) as { code: string }).code,
		/ERR_UNSUPPORTED|ERR_ENGINE_MISSING/,
	);
	const unconfigured = await send("POST", `${at}/summarise`, {});
	assert.deepEqual(
		[unconfigured.status, ((await unconfigured.json()) as { code: string }).code],
		[400, "ERR_CONFIG"],
	);
	assert.equal((await json<{ isConfigured: boolean }>(`${at}/chat`)).isConfigured, false);
});

test("what has no text says so, and a retry is refused or taken", async (t) => {
	const { app, ask, send, name } = await startHeardService(t);
	const code = async (response: Response) => [
		response.status,
		((await response.json()) as { code: string }).code,
	];
	const done = await send("POST", `/api/v1/recordings/${name}/retry`);
	assert.deepEqual(await code(done), [409, "ERR_STATE"]);
	const silent = await publishOne(app.library);
	for (const what of ["transcript", "layers"]) {
		const missing = await ask(`/api/v1/recordings/${silent}/${what}`);
		assert.deepEqual(await code(missing), [404, "ERR_NOT_FOUND"], what);
	}
	for (const what of ["compare", "export?format=txt"]) {
		const missing = await ask(`/api/v1/recordings/${silent}/${what}`);
		assert.deepEqual(await code(missing), [409, "ERR_STATE"], what);
	}
	assert.equal((await send("POST", `/api/v1/recordings/${silent}/retry`)).status, 202);
});

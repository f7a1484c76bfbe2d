/** What the browser recorder needs of the service besides uploads: the format, and a place for what its guard says. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { defaultSettings } from "../src/config/defaults.ts";
import type { RecordingDetail } from "../src/server/contract/recording.ts";
import type { UploadFile } from "../src/uploads/upload-file.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { begin, offsetOf, patch, receiptOf, someWav } from "./uploads-sender.ts";

test("a page records in the form that the settings say", async (t) => {
	const record = { ...defaultSettings.record, sampleRate: 44_100, channels: 2 };
	const service = await startTempService(t, { record });
	const answer = await service.ask("/api/v1/recording-format");
	assert.deepEqual(await answer.json(), { sampleRate: 44_100, channels: 2 });
});

const recorder = { source: "browser-recorder" };

function note({ ask }: TempService, address: string, events: object[], init: RequestInit = {}) {
	const headers = { "content-type": "application/json", ...init.headers };
	const body = JSON.stringify({ events });
	return ask(`${address}/events`, { method: "PUT", headers, body });
}

const event = (kind: string, message = "0:00:01 Nothing.") => ({
	...{ at: "2026-01-02T03:04:05.678Z", kind, message },
});

test("what a recorder noted is in metadata.json, once, whatever came between", async (t) => {
	const service = await startTempService(t);
	const wav = someWav();
	const address = await begin(service, null, recorder);
	assert.equal((await note(service, address, [event("silence")])).status, 204);
	const ended = event("silence-ended", "a\nb\u202e");
	assert.equal((await note(service, address, [event("silence"), ended])).status, 204);
	assert.equal((await patch(service, address, 0, wav.subarray(0, 2000))).status, 204);
	assert.equal(await offsetOf(service, address), 2000);
	const whole = { "upload-length": String(wav.length) };
	assert.equal((await patch(service, address, 2000, wav.subarray(2000), whole)).status, 204);
	const { name } = await receiptOf(service, address);
	const detail = await service.ask(`/api/v1/recordings/${name}`);
	const { events } = (await detail.json()) as RecordingDetail;
	assert.deepEqual(events, [event("silence"), event("silence-ended", "a b")]);
	assert.equal((await note(service, address, [])).status, 404, "it is a recording by now");
});

test("a part and notes at once: none takes back what another one has put on the disk", async (t) => {
	const service = await startTempService(t);
	const { uploads } = service.app.library.layout;
	for (let round = 0; round < 10; round++) {
		const address = await begin(service, null, recorder);
		const notes = [1, 2, 3, 4].map(() => note(service, address, [event("silence")]));
		const part = patch(service, address, 0, someWav().subarray(0, 2000 + round));
		for (const { status } of await Promise.all([...notes, part])) assert.equal(status, 204);
		const path = join(uploads, basename(address), "upload.json");
		const file = JSON.parse(await readFile(path, "utf8")) as UploadFile;
		assert.equal(file.offsetBytes, 2000 + round);
		assert.equal(file.about.events?.length, 1);
	}
});

test("notes are taken from the sender alone, few and in plain text", async (t) => {
	const service = await startTempService(t);
	const address = await begin(service, null, recorder);
	const authorization = `Bearer ${await service.tokenFor("upload")}`;
	const foreign = await note(service, address, [], { headers: { authorization } });
	assert.equal(foreign.status, 404);
	for (const events of [
		[event("<b>")],
		[event("silence", "x".repeat(501))],
		Array.from({ length: 251 }, () => event("silence")),
	])
		assert.equal((await note(service, address, events)).status, 400);
	assert.equal((await note(service, "/api/v1/uploads/..%2f..", [])).status, 404);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeService, memorySpool } from "./fake-service.ts";
import { finishAll } from "./finish-all.ts";
import { withLock } from "./lock.ts";

test("one that cannot be opened keeps no other waiting; it, and one that a tab has, are asked for again", async (t) => {
	const service = fakeService(t);
	const removed: string[] = [];
	const opened: string[] = [];
	const finish = () =>
		finishAll([
			{
				kind: "opfs",
				ids: async () => ["broken", "held", "whole"],
				create: () => Promise.reject(new Error("not here")),
				async open(id) {
					opened.push(id);
					if (id === "broken") throw new DOMException("gone", "NotReadableError");
					return memorySpool(new Uint8Array(5000), { id });
				},
				remove: async (id) => {
					removed.push(id);
				},
			},
		]);
	await withLock("held", () => assert.rejects(finish(), /2 recordings/));
	assert.deepEqual(opened, ["broken", "whole"]);
	assert.deepEqual(removed, ["whole"]);
	assert.equal(service.uploads.size, 1);
});

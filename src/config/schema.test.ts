import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings } from "./defaults.ts";
import { settingsSchema } from "./schema.ts";

test("the schema's defaults are the literal that a start without settings uses", () => {
	assert.deepEqual(settingsSchema.parse({}), defaultSettings);
	const emptySections = {
		retry: {},
		breaker: {},
		import: {},
		record: {},
		media: {},
		log: {},
		worker: {},
	};
	assert.deepEqual(settingsSchema.parse(emptySections), defaultSettings);
});

test("the schema accepts all that it gives out", () => {
	assert.deepEqual(settingsSchema.parse(defaultSettings), defaultSettings);
});

test("a length of time that is null by default may come as a text, which is what the environment has", () => {
	const { record } = settingsSchema.parse({ record: { maxSeconds: "600", microphone: null } });
	assert.equal(record.maxSeconds, 600);
	for (const maxSeconds of ["soon", "", "-1", 0, true]) {
		assert.equal(settingsSchema.safeParse({ record: { maxSeconds } }).success, false);
	}
});

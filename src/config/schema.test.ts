import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings } from "./defaults.ts";
import { settingsSchema } from "./schema.ts";

test("the schema's defaults are the literal that a start without settings uses", () => {
	assert.deepEqual(settingsSchema.parse({}), defaultSettings);
	const emptySections = { retry: {}, breaker: {}, import: {}, media: {}, log: {}, worker: {} };
	assert.deepEqual(settingsSchema.parse(emptySections), defaultSettings);
});

test("the schema accepts all that it gives out", () => {
	assert.deepEqual(settingsSchema.parse(defaultSettings), defaultSettings);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import { mayFallBack } from "./fall-back.ts";

const table: [ErrorCode, boolean][] = [
	["ERR_ENGINE", true],
	["ERR_ENGINE_AUTH", true],
	["ERR_ENGINE_QUOTA", true],
	["ERR_ENGINE_RATE_LIMIT", true],
	["ERR_ENGINE_REJECTED", true],
	["ERR_ENGINE_TOO_LARGE", true],
	["ERR_ENGINE_UNAVAILABLE", true],
	["ERR_ENGINE_PAUSED", true],
	["ERR_ENGINE_TIMEOUT", true],
	["ERR_ENGINE_OUTPUT", true],
	["ERR_ENGINE_MISSING", true],
	["ERR_ENGINE_UNKNOWN", true],
	["ERR_CONFIG", true],
	["ERR_AUDIO_UNREADABLE", false],
	["ERR_INTERRUPTED", false],
	["ERR_JOB_LOST", false],
	["ERR_DISK_FULL", false],
	["ERR_READ_ONLY", false],
	["ERR_PERMISSION", false],
	["ERR_IO", false],
	["ERR_DAMAGED", false],
	["ERR_NOT_FOUND", false],
	["ERR_STATE", false],
	["ERR_INTERNAL", false],
];

for (const [code, another] of table) {
	test(`after ${code} ${another ? "the next engine is asked" : "no other engine is asked"}`, () => {
		assert.equal(mayFallBack(new OnwaxError(code, "")), another);
		assert.equal(mayFallBack(new OnwaxError(code, "", { retryable: true })), another);
	});
}

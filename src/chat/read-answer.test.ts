import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OnwaxError } from "../errors.ts";
import { taskRules } from "./chat-tasks.ts";
import { readAnswer } from "./read-answer.ts";

const { title, summary } = taskRules;

test("the one key that was asked for is read, cleaned of what no text has", () => {
	assert.equal(readAnswer('{"title":" About\\u001b[31m\\n wax "}', title), "About[31m wax");
	assert.equal(readAnswer('{"summary":"One.\\r\\n\\r\\nTwo."}', summary), "One.\n\nTwo.");
	assert.equal(readAnswer('```json\n{"title":"Wax"}\n```', title), "Wax");
});

const unusable = [
	"About wax",
	"",
	"null",
	"[]",
	'["title"]',
	'"title"',
	"{}",
	'{"title":7}',
	'{"title":null}',
	'{"title":"  \\u0000 "}',
	'{"title":"a","command":"rm -rf ~"}',
	'{"summary":"a"}',
	`{"title":"${"x".repeat(121)}"}`,
	'Here it is: {"title":"a"}',
	'{"title":"a"} {"title":"b"}',
	'{"__proto__":{"title":"a"}}',
];

for (const answer of unusable) {
	test(`${answer.slice(0, 50) || "nothing"} is no answer`, () => {
		assert.throws(() => readAnswer(answer, title), { code: "ERR_ENGINE_OUTPUT", retryable: false });
	});
}

test("whatever a model says, what comes out is one line of bounded length without control characters", () => {
	fc.assert(
		fc.property(
			fc.oneof(
				fc.string(),
				fc.json(),
				fc.string().map((s) => JSON.stringify({ title: s })),
			),
			(answer) => {
				try {
					const text = readAnswer(answer, title);
					assert.ok(text.length > 0 && text.length <= title.maxCharacters);
					assert.doesNotMatch(text, /\p{Cc}/u);
				} catch (error) {
					assert.ok(error instanceof OnwaxError);
				}
			},
		),
	);
});

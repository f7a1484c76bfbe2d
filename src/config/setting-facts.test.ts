import assert from "node:assert/strict";
import { test } from "node:test";
import { listSettingFacts } from "./setting-facts.ts";
import { settingMeanings } from "./setting-meanings.ts";

test("every setting is explained, and nothing else is", () => {
	const keys = listSettingFacts().map(({ key }) => key);
	assert.deepEqual(Object.keys(settingMeanings).sort(), [...keys].sort());
});

test("a form learns from the schema what a setting takes", () => {
	const facts = new Map(listSettingFacts().map((one) => [one.key, one]));
	const of = (key: string) => {
		const { kind, isNullable, choices, minimum, maximum } = facts.get(key) ?? {};
		return { kind, isNullable, choices, minimum, maximum };
	};
	const none = { choices: null, minimum: null, maximum: null };
	assert.deepEqual(of("peaks"), { kind: "boolean", isNullable: false, ...none });
	assert.deepEqual(of("retry.maxAttempts"), {
		...{ kind: "integer", isNullable: false, choices: null },
		...{ minimum: 1, maximum: 100 },
	});
	assert.deepEqual(of("compress"), {
		...{ kind: "choice", isNullable: false, minimum: null, maximum: null },
		choices: ["flac", "opus", "none"],
	});
	assert.deepEqual(of("language"), { kind: "text", isNullable: true, ...none });
	assert.deepEqual(of("vocabulary"), { kind: "list", isNullable: false, ...none });
	assert.deepEqual(of("engines"), { kind: "object", isNullable: false, ...none });
	assert.equal(of("retention").kind, "choice");
	assert.deepEqual(of("record.maxSeconds"), {
		...{ kind: "number", isNullable: true, choices: null },
		...{ minimum: 0.1, maximum: 31_536_000 },
	});
});

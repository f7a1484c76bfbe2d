import assert from "node:assert/strict";
import { test } from "node:test";
import { describeConditions, leftOutBecause, nobodyToAsk } from "./choose-engine.ts";
import type { EngineConditions } from "./engine-config.ts";

const usual = { online: true, durationSeconds: 60, language: "en" };

const cases: [EngineConditions | undefined, Partial<typeof usual>, string | null][] = [
	[undefined, {}, null],
	[{}, {}, null],
	[{ online: true }, {}, null],
	[{ online: true }, { online: false }, "there is no network"],
	[{ online: false }, {}, "there is a network"],
	[{ online: false }, { online: false }, null],
	[{ minSeconds: 60 }, {}, null],
	[{ minSeconds: 60.5 }, {}, "it is shorter than 60.5 s"],
	[{ maxSeconds: 60 }, {}, null],
	[{ maxSeconds: 59 }, {}, "it is longer than 59 s"],
	[{ languages: ["de", "en"] }, {}, null],
	[{ languages: ["en"] }, { language: "en-GB" }, null],
	[{ languages: ["en-GB"] }, {}, "the language is en"],
	[{ languages: ["en_gb"] }, { language: "EN-gb" }, null],
	[{ languages: ["e"] }, {}, "the language is en"],
	[{ languages: [] }, {}, "the language is en"],
	[{ online: true, maxSeconds: 10 }, {}, "it is longer than 10 s"],
];

for (const [when, circumstances, expected] of cases) {
	test(`${JSON.stringify(when)} in ${JSON.stringify(circumstances)}: ${expected ?? "asked"}`, () => {
		const found = leftOutBecause(when, { ...usual, ...circumstances });
		assert.equal(found?.reason ?? null, expected);
	});
}

test("a condition about what is not known does not hold", () => {
	const unknown = { online: true, durationSeconds: null, language: null };
	assert.match(leftOutBecause({ minSeconds: 0 }, unknown)?.reason ?? "", /length is not known/);
	assert.match(leftOutBecause({ maxSeconds: 9 }, unknown)?.reason ?? "", /length is not known/);
	assert.match(leftOutBecause({ languages: ["en"] }, unknown)?.reason ?? "", /language is not/);
});

test("where no certain recording is meant, only what is true of all is judged", () => {
	const any = { online: false, durationSeconds: "any", language: "any" } as const;
	assert.equal(leftOutBecause({ maxSeconds: 1, languages: ["de"] }, any), null);
	assert.equal(leftOutBecause({ online: true, maxSeconds: 1 }, any)?.later, true);
});

test("who is left without an engine waits, a minute where a network is what is missing", () => {
	const long = { name: "a", engine: null, leftOut: "it is longer than 9 s", later: false } as const;
	const offline = { name: "b", engine: null, leftOut: "there is no network", later: true } as const;
	const soon = nobodyToAsk([long, offline]);
	assert.equal(soon.code, "ERR_NO_ENGINE");
	assert.equal(soon.retryable, true);
	assert.equal(soon.retryAfterSeconds, 60);
	assert.match(soon.message, /a: it is longer than 9 s; b: there is no network/);
	assert.equal(nobodyToAsk([long]).retryAfterSeconds, 3600);
});

test("conditions are said in words", () => {
	assert.equal(describeConditions(undefined), null);
	assert.equal(describeConditions({}), null);
	assert.equal(
		describeConditions({ online: true, minSeconds: 5, maxSeconds: 600, languages: ["en", "de"] }),
		"only with a network, from 5 s, up to 600 s, in en, de",
	);
	assert.equal(describeConditions({ online: false }), "only without a network");
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { knownKeys } from "./known-keys.ts";

test("docs/configuration.md has every key with its variable and its default, and no other", () => {
	const text = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
	const rows = text.matchAll(/^\| `([\w.]+)` \|([^|]*)\| `(ONWAX_\w+)` \|/gm);
	const documented = new Map(
		Array.from(rows, ([, key = "", value = "", variable]) => [
			key,
			{ value: value.trim(), variable },
		]),
	);
	assert.deepEqual(
		[...documented.keys()],
		knownKeys.map(({ key }) => key),
	);
	for (const { key, variable, defaultValue } of knownKeys) {
		const row = documented.get(key);
		assert.equal(row?.variable, variable);
		if (key === "dataDir" || key === "import.formats" || row?.value === "") continue;
		assert.deepEqual(JSON.parse(row?.value.replaceAll("`", "") ?? ""), defaultValue, key);
	}
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { rewriteOldFlags } from "./old-flags.ts";

test("the flags of the first dictation scripts are the commands of today (D0.9)", () => {
	const rewritten: [string, string][] = [
		["--retry-last", "retry --last"],
		["--retry-all-failed", "retry --all-failed"],
		["--list-failed", "list --state failed"],
		["--list-recent", "list --limit 10"],
		["--list-recent 3", "list --limit 3"],
		["--list-recent=3 --tag x", "list --limit 3 --tag x"],
		["--list-recent --tag x", "list --limit 10 --tag x"],
		["--search tuesday", "search tuesday"],
		["--search=tuesday", "search tuesday"],
		["--playback", "play last"],
		["--playback 2026 --at 1:23", "play 2026 --at 1:23"],
		["--print-path", "path last"],
		["--cleanup --dry-run", "cleanup --dry-run"],
		["--validate", "validate --all"],
		["--validate --repair", "validate --all --repair"],
		["--validate 2026", "validate 2026"],
	];
	for (const [old, now] of rewritten) {
		assert.equal(rewriteOldFlags(old.split(" ")).join(" "), now, old);
	}
});

test("other words are left alone", () => {
	assert.deepEqual(rewriteOldFlags(["import", "--search"]), ["import", "--search"]);
	assert.deepEqual(rewriteOldFlags([]), []);
	assert.deepEqual(rewriteOldFlags(["--constructor"]), ["--constructor"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { sizeText } from "./size-text.ts";

test("what is free never looks like enough, and nothing that is there looks like nothing", () => {
	const sizes = [0, 740, 999, 1000, 3_449_000, 999_900, 12_600_000_000, 4e15];
	assert.deepEqual(
		sizes.map((bytes) => `${sizeText(bytes, "down")}, ${sizeText(bytes, "up")}`),
		[
			"0 bytes, 0 bytes",
			"740 bytes, 740 bytes",
			"999 bytes, 999 bytes",
			"1 kB, 1 kB",
			"3.4 MB, 3.5 MB",
			"999 kB, 1000 kB",
			"12 GB, 13 GB",
			"4000000 GB, 4000000 GB",
		],
	);
});

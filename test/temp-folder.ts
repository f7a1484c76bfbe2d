import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

const folders: string[] = [];

/**
 * Hooks run in the order in which they were registered: in one of the test's own the folder would go
 * before what lives in it has ended.
 */
process.once("exit", () => {
	for (const folder of folders) {
		rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	}
});

/** A folder of the test's own, gone when all tests of its file have ended. */
export async function tempFolder(_t: TestContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-test-"));
	folders.push(folder);
	return folder;
}

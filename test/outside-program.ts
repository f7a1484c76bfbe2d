import { spawnSync } from "node:child_process";
import type { TestContext } from "node:test";

export function isInstalled(program: string): boolean {
	return spawnSync("sh", ["-c", `command -v "$1"`, "sh", program]).status === 0;
}

/**
 * True when `program` is on the PATH. Where it is not, the test is skipped with the command that
 * would install it; in CI, where everything is to be there, that is a failure.
 */
export function needs(t: TestContext, program: string, debianPackage: string): boolean {
	if (isInstalled(program)) return true;
	const message = `needs ${program}: apt-get install ${debianPackage}`;
	if (process.env.CI) throw new Error(message);
	t.skip(message);
	return false;
}

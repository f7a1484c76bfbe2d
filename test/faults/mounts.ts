import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A folder of the test's own in which it may mount file systems; all of it is gone after the test. */
export type MountFolder = {
	readonly path: string;
	/**
	 * Mounts a file system in memory at `path`, which lies in the folder and is made.
	 *
	 * @param options of tmpfs(5): `size=8m`, `nr_inodes=300`
	 */
	tmpfs(path: string, options?: string): void;
	/** `ro`, `rw`, `size=16m`, … */
	remount(path: string, options: string): void;
	unmount(path: string): void;
};

/** Null without root: the test is skipped then, and in CI that is a failure. */
export function mountFolder(t: TestContext): MountFolder | null {
	if (process.getuid?.() !== 0) {
		const message = "needs root to mount file systems: sudo npm run test:faults";
		if (process.env.CI) throw new Error(message);
		t.skip(message);
		return null;
	}
	const folder = mkdtempSync(join(tmpdir(), "onwax-mounts-"));
	const mounted: string[] = [];
	t.after(() => {
		for (const path of mounted.reverse()) spawnSync("umount", ["--lazy", path]);
		rmSync(folder, { recursive: true });
	});
	return {
		path: folder,
		tmpfs(path, options) {
			mkdirSync(path, { recursive: true, mode: 0o700 });
			const all = ["mode=700", ...(options ? [options] : [])].join(",");
			execFileSync("mount", ["-t", "tmpfs", "-o", all, "onwax-test", path]);
			mounted.push(path);
		},
		remount(path, options) {
			execFileSync("mount", ["-o", `remount,${options}`, path]);
		},
		unmount(path) {
			execFileSync("umount", [path]);
			mounted.splice(mounted.indexOf(path), 1);
		},
	};
}

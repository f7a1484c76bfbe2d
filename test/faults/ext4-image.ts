import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A file system of the test's own, whose power can be cut. */
export type Ext4Image = { mountPoint: string; cutPower(): void; remount(): void };

/**
 * Makes and mounts an ext4 image. `cutPower` is the file system's own shutdown without flushing
 * (EXT4_IOC_SHUTDOWN, flag NOLOGFLUSH): from that moment nothing more reaches the image, and what
 * was not synced is gone. Needs root; null where that is not there (the test is then skipped).
 */
export function mountExt4(t: TestContext, sizeMb = 64): Ext4Image | null {
	if (process.getuid?.() !== 0) {
		const message = "needs root to mount a file system: sudo npm run test:faults";
		if (process.env.CI) throw new Error(message);
		t.skip(message);
		return null;
	}
	const folder = mkdtempSync(join(tmpdir(), "onwax-ext4-"));
	const image = join(folder, "ext4.image");
	const mountPoint = join(folder, "mounted");
	writeFileSync(image, "");
	truncateSync(image, sizeMb * 2 ** 20);
	mkdirSync(mountPoint);
	execFileSync("mkfs.ext4", ["-q", "-F", image]);
	const mount = () => execFileSync("mount", ["-o", "loop", image, mountPoint]);
	const unmount = () => {
		// A process that was killed a moment ago may still be on its way out.
		for (let attempt = 0; attempt < 40; attempt++) {
			if (spawnSync("umount", [mountPoint]).status === 0) return;
			execFileSync("sleep", ["0.05"]);
		}
		execFileSync("umount", [mountPoint]);
	};
	mount();
	t.after(() => {
		spawnSync("umount", [mountPoint]);
		rmSync(folder, { recursive: true });
	});
	return {
		mountPoint,
		cutPower() {
			const script =
				"import fcntl,os,struct,sys; fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587d,struct.pack('I',2))";
			execFileSync("python3", ["-c", script, mountPoint]);
		},
		remount() {
			unmount();
			mount();
		},
	};
}

/** Whether a process is stopped (SIGSTOP has reached it), or gone. */
export function processState(pid: number): "stopped" | "gone" | "running" {
	try {
		const state = /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
		if (state === "T") return "stopped";
		return state === "Z" || state === "X" ? "gone" : "running";
	} catch {
		return "gone";
	}
}

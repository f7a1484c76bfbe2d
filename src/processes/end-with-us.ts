import { type ChildProcess, spawn } from "node:child_process";

/** Somebody who ends a process group when this process is gone, whatever ended it. */
export type Guard = {
	/** The leader of the group; undefined where it could not be started. */
	watch(pid: number | undefined): void;
	/** To be called as soon as the leader has ended: its number may then be somebody else's. */
	dismiss(): void;
};

/** The end of the guard's input comes with our own end, and with that the group's. */
const killWithUs = 'read -r pid || exit 0; read -r _; kill -s KILL -- "-$pid"';

/**
 * A shell that sleeps until this process is gone: nothing else notices a SIGKILL, or an end for want of
 * memory. It is to be started before the program, so that not a moment is left between the two (it costs
 * two milliseconds). Unlike PR_SET_PDEATHSIG it ends what the program started, too, and it is there
 * on every system but Windows, where a program that is left behind runs to its end.
 */
export function startGuard(): Guard {
	if (process.platform === "win32") return { watch() {}, dismiss() {} };
	const guard: ChildProcess = spawn("/bin/sh", ["-c", killWithUs], {
		stdio: ["pipe", "ignore", "ignore"],
		// The terminal's Ctrl-C is not for it, nor does it need to know anybody's keys.
		detached: true,
		env: {},
	});
	// Without a shell the program may outlive us, which is no reason not to start it.
	for (const end of [guard, guard.stdin]) end?.on("error", () => {});
	return {
		watch(pid) {
			if (pid !== undefined) guard.stdin?.write(`${pid}\n`);
		},
		dismiss: () => void guard.kill("SIGKILL"),
	};
}

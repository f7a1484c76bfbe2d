import { spawn } from "node:child_process";

export type RunFacts = {
	env: NodeJS.ProcessEnv;
	/** Written to its standard input. */
	input?: Buffer;
	/** It is ended after that. */
	timeoutMs: number;
};

/**
 * Runs a program of the desktop's in a session of its own, so that neither Ctrl-C nor a terminal
 * that is closed reaches it (xclip and wl-copy stay to serve what was copied). It never keeps this
 * process alive.
 *
 * @returns whether it ended well; false as well where it is not installed
 */
export function runProgram(
	program: string,
	args: readonly string[],
	{ env, input, timeoutMs }: RunFacts,
): Promise<boolean> {
	return new Promise((resolve) => {
		const child = spawn(program, args, {
			env,
			detached: true,
			windowsHide: true,
			// Not a pipe for what it says: a program that goes on in the background would hold it open.
			stdio: [input === undefined ? "ignore" : "pipe", "ignore", "ignore"],
		});
		const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
		const settle = (well: boolean) => {
			clearTimeout(timer);
			resolve(well);
		};
		child.on("error", () => settle(false));
		child.on("exit", (status) => settle(status === 0));
		if (input === undefined) {
			timer.unref();
			child.unref();
		}
		// It may end without reading: its exit status says so better.
		child.stdin?.on("error", () => {});
		child.stdin?.end(input);
	});
}

import { readFileSync } from "node:fs";
import type { ReadStream } from "node:tty";

export type KeyHandlers = {
	/** Enter, q, Ctrl-C, Ctrl-D. */
	onEnd(): void;
	/** p or the space bar. */
	onPause(): void;
	/** Ctrl-Z: what has to be done before this process stands still. */
	onSuspend(): Promise<void>;
	/** It goes on, in the foreground or behind it. */
	onContinue(): void;
	/** Somebody looks again. */
	onForeground(): void;
	/** Another job has the terminal: nobody looks at what is drawn here. */
	onBackground(): void;
};

/** Longer pieces are pasted, not typed: a line break in them ends nothing. */
const longestTyped = 8;
const lookMs = 1000;
/** Until a stop signal to all of one's own job has reached everybody in it. */
const stopMs = 50;

/**
 * Reads single keys from the terminal, and watches whether this job is in its foreground. The mode of
 * the terminal is put back by `close`, before this process is suspended, and by Node itself where the
 * process ends in any other way than by SIGKILL. In the background (`onwax record &`) the terminal is
 * left alone: touching it there would stop the recording. Begins as if in the foreground.
 */
export function watchKeys(stdin: ReadStream, handlers: KeyHandlers): { close(): void } {
	let listening = false;
	let behind = false;
	let closed = false;
	let suspending = false;

	function listen(): void {
		if (listening || closed || suspending || stdin.isTTY !== true) return;
		listening = true;
		stdin.setRawMode(true);
		stdin.on("data", onData);
		stdin.resume();
	}

	/** @param restore false where the terminal is another job's by now */
	function leave(restore = true): void {
		if (!listening) return;
		listening = false;
		stdin.off("data", onData);
		stdin.pause();
		if (restore) stdin.setRawMode(false);
	}

	function look(): void {
		if (suspending || closed) return;
		if (!isInForeground()) {
			leave(false);
			if (!behind) handlers.onBackground();
			behind = true;
			return;
		}
		listen();
		if (behind) handlers.onForeground();
		behind = false;
	}

	function onData(data: Buffer): void {
		const typed = data.toString("latin1");
		// An arrow or a function key is a sequence of several characters.
		const isTyped = !typed.startsWith("\u001b") && typed.length <= longestTyped;
		for (const key of isTyped ? typed : typed.includes("\u0003") ? "\u0003" : "") {
			if ("\r\nqQ\u0003\u0004".includes(key)) handlers.onEnd();
			else if ("pP ".includes(key)) handlers.onPause();
			else if (key === "\u001a") void suspend();
		}
	}

	async function suspend(): Promise<void> {
		if (suspending || closed) return;
		suspending = true;
		await handlers.onSuspend();
		leave();
		behind = true;
		process.off("SIGTSTP", suspend);
		// The whole job, as the terminal itself would: the shell waits for all of it. Where there is no
		// shell to continue it, the kernel ignores this.
		process.kill(0, "SIGTSTP");
		await new Promise((resolve) => setTimeout(resolve, stopMs));
		process.on("SIGTSTP", suspend);
		suspending = false;
		handlers.onContinue();
		look();
	}

	function onContinued(): void {
		if (suspending || closed) return;
		// The shell gave the terminal its own mode meanwhile, which Node does not know.
		const isOurs = isInForeground();
		leave(isOurs);
		behind = true;
		look();
	}

	const looking = setInterval(look, lookMs);
	looking.unref();
	process.on("SIGTSTP", suspend);
	process.on("SIGCONT", onContinued);
	look();
	return {
		close() {
			if (closed) return;
			closed = true;
			clearInterval(looking);
			process.off("SIGTSTP", suspend);
			process.off("SIGCONT", onContinued);
			leave(isInForeground());
		},
	};
}

/**
 * Whether this process's group is the one that the terminal talks to: `pgrp` and `tpgid` of
 * proc_pid_stat(5). Elsewhere than on Linux it is taken to be.
 */
export function isInForeground(): boolean {
	let stat: string;
	try {
		stat = readFileSync("/proc/self/stat", "latin1");
	} catch {
		return true;
	}
	const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return foreground === group || Number(foreground) < 0;
}

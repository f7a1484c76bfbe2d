import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { systemErrorCode } from "../errors.ts";
import { cutLines } from "./microphone-lines.ts";

/** After its end, somebody whom it started may still hold its output. */
const leftOverMs = 500;
/** How long it may take to end by itself. */
const patienceMs = 1000;

/** How a process ended: `errorCode` where it could not even start. */
export type Ending = {
	status: number | null;
	signal: string | null;
	errorCode: string | null;
	/** It closed its output and stayed, until we ended it. */
	wentSilent: boolean;
};

export type MicrophoneProcess = {
	/** Undefined where it could not be started. */
	readonly pid: number | undefined;
	hold(): void;
	proceed(): void;
	/** Asks it to end, insists after a second, and resolves when it has, its last samples handed over. */
	end(): Promise<Ending>;
	/** Ends it at once. */
	kill(): void;
	/** Resolves when it is over: ended, and its output read to the end. */
	readonly over: Promise<Ending>;
};

export type ProcessEvents = {
	/** As read; the bytes are the callee's. */
	onBytes(bytes: Buffer): void;
	onLine(line: string): void;
};

const canGroup = process.platform !== "win32";

/**
 * Starts a program that writes samples. It leads a process group and session of its own: a Ctrl-C in
 * the terminal is for us, and we ask it to end when we want it to. When this process dies, whatever
 * kills it, so does the program: a shell waits for that, as one that is silent notices no broken pipe.
 *
 * @param endsWithInput gives it a standard input whose end asks it to end
 */
export function startProcess(
	[program = "", ...args]: string[],
	env: NodeJS.ProcessEnv,
	endsWithInput: boolean,
	{ onBytes, onLine }: ProcessEvents,
): MicrophoneProcess {
	const child = spawn(program, args, {
		env: { ...env, LC_ALL: "C" },
		stdio: [endsWithInput ? "pipe" : "ignore", "pipe", "pipe"],
		detached: canGroup,
		windowsHide: true,
	});
	const guard = endsWithInput || !canGroup ? null : startGuard(child);
	// Both are pipes, see `stdio`.
	const stdout = child.stdout as Readable;
	const stderr = child.stderr as Readable;
	let isHeld = false;
	stdout.on("data", onBytes);
	stderr.on("data", cutLines(onLine));
	// A pipe that breaks is told by the process's end.
	for (const stream of [stdout, stderr, child.stdin]) stream?.on("error", () => {});

	const over = new Promise<Ending>((resolve) => {
		let ending: Ending = { status: null, signal: null, errorCode: null, wentSilent: false };
		child.on("error", (error) => {
			ending = { ...ending, errorCode: systemErrorCode(error) ?? error.message };
			// Without a pid there will be no other event; with one, a signal could not be sent.
			if (child.pid === undefined) resolve(ending);
		});
		child.on("exit", (status, signal) => {
			ending = { ...ending, status, signal };
			// Before its process id can be somebody else's.
			guard?.kill("SIGKILL");
			let leftOver = setTimeout(letGo, leftOverMs);
			function letGo(): void {
				// What was held back is still to be handed over.
				if (isHeld) leftOver = setTimeout(letGo, leftOverMs);
				else {
					sendSignal(child, "SIGKILL");
					stdout.destroy();
					stderr.destroy();
				}
			}
			child.on("close", () => clearTimeout(leftOver));
		});
		child.on("close", () => resolve(ending));
		// One that closes its output and stays is of no use any more.
		stdout.on("end", () => {
			const insist = setTimeout(() => {
				ending = { ...ending, wentSilent: true };
				sendSignal(child, "SIGKILL");
			}, leftOverMs);
			child.on("exit", () => clearTimeout(insist));
		});
	});

	function proceed(): void {
		isHeld = false;
		stdout.resume();
	}

	return {
		pid: child.pid,
		over,
		hold() {
			isHeld = true;
			stdout.pause();
		},
		proceed,
		async end() {
			proceed();
			if (child.exitCode !== null || child.signalCode !== null) return over;
			if (child.stdin) child.stdin.end();
			else sendSignal(child, "SIGTERM");
			const insist = setTimeout(() => sendSignal(child, "SIGKILL"), patienceMs);
			const ending = await over;
			clearTimeout(insist);
			return ending;
		},
		kill: () => sendSignal(child, "SIGKILL"),
	};
}

/** The end of the guard's input comes with our own end, and with that the program's. */
const endWithUs = 'read -r _; kill -s TERM -- "-$1"; sleep 1; kill -s KILL -- "-$1"';

/** A shell that sleeps until this process is gone, and ends the program then. */
function startGuard({ pid }: ChildProcess): ChildProcess | null {
	if (pid === undefined) return null;
	const guard = spawn("sh", ["-c", endWithUs, "sh", `${pid}`], {
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	// Without a shell a silent program outlives us, which is no reason not to record.
	for (const end of [guard, guard.stdin]) end?.on("error", () => {});
	return guard;
}

/** To the program and whatever it started. */
function sendSignal(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		if (canGroup) process.kill(-child.pid, signal);
		else child.kill(signal);
	} catch {
		// Nobody of the group is left.
	}
}

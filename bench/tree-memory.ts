import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const beatMs = 20;

/**
 * Runs a program to its end and tells the most memory (MB, proportional set size: what processes share is
 * counted once) that it and everything it started took at one moment. Linux only.
 */
export async function peakOfTree(
	command: string,
	args: string[],
	env: NodeJS.ProcessEnv,
): Promise<number> {
	const child = spawn(command, args, { env, stdio: "ignore" });
	let peakKb = 0;
	const timer = setInterval(() => {
		if (child.pid !== undefined) peakKb = Math.max(peakKb, treeKb(child.pid));
	}, beatMs);
	const exitCode = await new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", resolve);
	});
	clearInterval(timer);
	if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}`);
	return peakKb / 1000;
}

function treeKb(pid: number): number {
	let sum = ownKb(pid);
	for (const child of childrenOf(pid)) sum += treeKb(child);
	return sum;
}

function childrenOf(pid: number): number[] {
	try {
		return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
			readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
				.split(" ")
				.filter(Boolean)
				.map(Number),
		);
	} catch {
		return [];
	}
}

function ownKb(pid: number): number {
	try {
		return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]);
	} catch {
		return 0;
	}
}

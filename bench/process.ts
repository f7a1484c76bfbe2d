import { spawn } from "node:child_process";
import { join } from "node:path";

export const program = new URL("../bin/onwax.js", import.meta.url).pathname;

export type Ran = {
	seconds: number;
	/** The kernel's own figure; null unless it was asked for. */
	peakRssMb: number | null;
	stdout: string;
};

/** Runs a whole process to its end; throws where it fails. */
export async function run(
	command: string,
	args: string[],
	options: { env?: NodeJS.ProcessEnv; memory?: boolean } = {},
): Promise<Ran> {
	const timed = ["-f", "rss %M", command, ...args];
	const [file, argv] = options.memory ? ["/usr/bin/time", timed] : [command, args];
	const startedMs = performance.now();
	const child = spawn(file, argv, {
		env: options.env ?? process.env,
		stdio: ["ignore", "pipe", "pipe"],
	});
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const exitCode = await new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("close", resolve);
	});
	const seconds = (performance.now() - startedMs) / 1000;
	if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")}: ${exitCode}\n${stderr}`);
	const peak = /rss (\d+)\s*$/.exec(stderr)?.[1];
	return { seconds, peakRssMb: peak === undefined ? null : Number(peak) / 1000, stdout };
}

/** The environment of a user whose library and configuration are in `home`. */
export function environmentIn(home: string): NodeJS.ProcessEnv {
	return {
		PATH: process.env.PATH,
		HOME: home,
		XDG_DATA_HOME: join(home, "data"),
		XDG_CONFIG_HOME: join(home, "config"),
		XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? home, ".cache"),
	};
}

/** Everything on disk before the clock starts: nobody pays for another's dirty pages. */
export async function settleDisk(): Promise<void> {
	await run("sync", []);
}

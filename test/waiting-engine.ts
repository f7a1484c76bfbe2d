import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Config } from "../src/config/defaults.ts";
import { tempFolder } from "./temp-folder.ts";
import { writeTones } from "./tones.ts";

export type WaitingEngine = {
	/** Makes it the only engine. */
	settings: Partial<Config>;
	/** Twelve seconds, which it hears in three windows. */
	recordingPath: string;
	/** Lets it hear what comes after the first window. */
	goOn(): Promise<void>;
};

/** An engine that hears "cooper number 1" in the first window of a recording, and waits before the second one. */
export async function waitingEngine(t: TestContext): Promise<WaitingEngine> {
	const folder = await tempFolder(t);
	const [calls, go] = [join(folder, "calls"), join(folder, "go")];
	const script = `
		const { appendFileSync, existsSync, readFileSync } = require("node:fs");
		appendFileSync(${JSON.stringify(calls)}, ".");
		const number = readFileSync(${JSON.stringify(calls)}, "utf8").length;
		const wait = () => number === 1 || existsSync(${JSON.stringify(go)})
			? process.stdout.write("cooper number " + number) : setTimeout(wait, 10);
		wait();`;
	const command = [process.execPath, "-e", script, "{audio}"];
	const recordingPath = join(folder, "long.wav");
	// Silence to cut at, every four seconds.
	const tones = [0, 4, 8].flatMap((start) =>
		[1, 1.5, 2, 2.5].map((at) => ({ letter: "a", startSeconds: start + at })),
	);
	await writeTones(recordingPath, tones, { durationSeconds: 12 });
	return {
		settings: {
			engine: "long",
			engines: { long: { type: "command", command, windowSeconds: 5, concurrency: 1 } },
			coverage: { enabled: false, askAgain: false },
			compress: "none",
			peaks: false,
		},
		recordingPath,
		goOn: () => writeFile(go, ""),
	};
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { importPaths } from "../src/app/import.ts";
import type { Config } from "../src/config/defaults.ts";
import { toneWav } from "./audio.ts";
import { tempFolder } from "./temp-folder.ts";
import { startTempService, type TempService } from "./temp-service.ts";

export const said = "today we use cooper netties for the whole of it";
const timed = said.split(" ").map((word, index) => ({
	...{ word, start: index * 0.1, end: index * 0.1 + 0.05 },
}));

export type HeardService = TempService & {
	/** The recording that engine `one` has heard. */
	name: string;
	json<T = Record<string, unknown>>(path: string, init?: RequestInit): Promise<T>;
	send(method: string, path: string, body?: unknown, headers?: object): Promise<Response>;
	/** Asks again and again until the answer is as wanted. */
	until<T>(path: string, isSo: (answer: T) => boolean): Promise<T>;
};

/**
 * The service with a worker, two engines (`one` gives times, `two` only text) and a recording of two
 * seconds that `one` has heard.
 */
export async function startHeardService(
	t: TestContext,
	settings: Partial<Config> = {},
): Promise<HeardService> {
	const folder = await tempFolder(t);
	const answers = {
		one: JSON.stringify({
			text: said,
			segments: [{ text: said, start: 0, end: 1, words: timed }],
		}),
		two: "Today, we use Kubernetes for the hole of it.",
	};
	const engines: Record<string, object> = {};
	for (const [name, answer] of Object.entries(answers)) {
		const script = join(folder, `${name}.mjs`);
		await writeFile(script, `process.stdout.write(${JSON.stringify(answer)})`);
		const command = [process.execPath, script, "{audio}"];
		engines[name] = { type: "command", command, output: name === "one" ? "json" : "text" };
	}
	const service = await startTempService(
		t,
		{
			...{ engine: "one", engines: engines as Config["engines"], compress: "none" },
			coverage: { enabled: false, askAgain: false },
			...settings,
		},
		{ works: true },
	);
	const path = join(folder, "memo.wav");
	await writeFile(path, toneWav({ sampleRate: 16_000, channels: 1, bitDepth: 16 }, 2));
	const send: HeardService["send"] = (method, address, body, headers = {}) =>
		service.ask(address, {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			headers: {
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...headers,
			},
		});
	const json: HeardService["json"] = async <T>(address: string, init?: RequestInit) => {
		const response = await service.ask(address, init);
		if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
		return (await response.json()) as T;
	};
	const until: HeardService["until"] = async <T>(address: string, isSo: (answer: T) => boolean) => {
		for (let tries = 0; tries < 400; tries++) {
			const answer = await json<T>(address);
			if (isSo(answer)) return answer;
			await sleep(25);
		}
		throw new Error(`${address} did not become what was waited for`);
	};
	const signal = new AbortController().signal;
	await importPaths(service.app, [path], { title: "memo", tags: [], signal, onOutcome() {} });
	const found = await until<{ recordings: { name: string }[] }>(
		"/api/v1/recordings?state=success",
		({ recordings }) => recordings.length === 1,
	);
	const { name } = found.recordings[0] as { name: string };
	return { ...service, name, json, send, until };
}

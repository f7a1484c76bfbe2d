import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createScenario, environmentOf, onwax, type Scenario, tone } from "./faults/scenario.ts";
import { tempFolder } from "./temp-folder.ts";

const program = new URL("../bin/onwax.js", import.meta.url).pathname;
const audio = tone(300, 5);

/** Sends the beginning of the audio and, once that is on disk, the signal. */
async function interrupt(scenario: Scenario, sentBytes: number, signal: NodeJS.Signals) {
	const child = spawn(process.execPath, [program, "import", "-", "--no-wait", "--json"], {
		env: environmentOf(scenario),
	});
	const output = Promise.all([text(child.stdout), text(child.stderr)]);
	child.stdin.write(audio.subarray(0, sentBytes));
	const incoming = join(scenario.dataDir, "recordings", "incoming");
	while (child.exitCode === null) {
		const files = await readdir(incoming, { recursive: true }).catch((): string[] => []);
		const found = files.find((file) => file.endsWith("audio.wav"));
		if (found && (await readFile(join(incoming, found))).length === sentBytes) break;
		await sleep(10);
	}
	const closed = once(child, "close");
	child.kill(signal);
	const [exitCode] = await closed;
	const [stdout, stderr] = await output;
	return { exitCode, stdout, stderr };
}

async function onlyAudio(scenario: Scenario): Promise<Buffer> {
	const { lines, stderr } = await onwax(scenario, ["list"]);
	assert.equal(lines.length, 1, stderr);
	return readFile(String(lines[0]?.path));
}

test("Ctrl-C while audio comes in: what came is a recording, told before the end", async (t) => {
	const scenario = await createScenario(await tempFolder(t), { recordings: 0 });
	const { exitCode, stdout, stderr } = await interrupt(scenario, 64_044, "SIGINT");
	assert.equal(exitCode, 130, stderr);
	const { outcome, durationSeconds } = JSON.parse(stdout.split("\n")[0] ?? "");
	assert.deepEqual([outcome, durationSeconds], ["kept", 2]);
	assert.deepEqual(await onlyAudio(scenario), audio.subarray(0, 64_044));
});

test("killed while audio comes in: the next start makes a recording of what came", async (t) => {
	const scenario = await createScenario(await tempFolder(t), { recordings: 0 });
	await interrupt(scenario, 64_044, "SIGKILL");
	assert.deepEqual(await onlyAudio(scenario), audio.subarray(0, 64_044));
});

test("beyond the size limit the stream is cut, and what came before is kept", async (t) => {
	const config = { import: { maxSizeMb: 0.1 } };
	const scenario = await createScenario(await tempFolder(t), { recordings: 0, config });
	const outcome = await onwax(scenario, ["import", "-", "--no-wait"], { stdin: audio });
	assert.equal(outcome.exitCode, 1);
	assert.match(outcome.stderr, /cut short/);
	const kept = await onlyAudio(scenario);
	assert.ok(kept.length > 0 && kept.length <= 100_000);
	assert.deepEqual(kept, audio.subarray(0, kept.length));
});

test("nothing at all is refused, and leaves nothing", async (t) => {
	const scenario = await createScenario(await tempFolder(t), { recordings: 0 });
	const { exitCode, lines } = await onwax(scenario, ["import", "-"], { stdin: Buffer.alloc(0) });
	assert.equal(exitCode, 1);
	const [line] = lines as { error: { code: string } }[];
	assert.equal(line?.error.code, "ERR_EMPTY");
	assert.deepEqual(await readdir(join(scenario.dataDir, "recordings", "incoming")), []);
});

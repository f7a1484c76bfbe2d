import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ended, saying, tempHome } from "./onwax-process.ts";
import { needs } from "./outside-program.ts";
import { hearing, startSoundServer } from "./sound-server.ts";

/*
 * The whole way, with nothing that is not real: a voice speaks into a sound server, `onwax record` hears it
 * there, a recognizer makes text of it, and search finds it.
 */
const spoken = "my fellow americans ask what your country can do for you";

function speech(folder: string): string {
	const path = join(folder, "speech.raw");
	// Of the machine's voices one that the machine's ear understands.
	const voice = ["-v", "en-us+f2", "-s", "140", "-p", "30"];
	execFileSync("espeak-ng", [...voice, "-w", `${path}.wav`, spoken]);
	const format = ["-f", "s16le", "-ar", "48000", "-ac", "1"];
	execFileSync("ffmpeg", ["-v", "error", "-y", "-i", `${path}.wav`, ...format, path]);
	return path;
}

async function room(t: TestContext) {
	if (!needs(t, "espeak-ng", "espeak-ng") || !needs(t, "ffmpeg", "ffmpeg")) return null;
	const server = await startSoundServer(t);
	if (server === null) return null;
	const home = await tempHome(t);
	return {
		server,
		home,
		path: speech(home.folder),
		env: { ...hearing(server), PATH: process.env.PATH ?? "" },
	};
}

test("what is spoken is heard, kept, made text of, and found", async (t) => {
	if (!needs(t, "pocketsphinx_continuous", "pocketsphinx pocketsphinx-en-us")) return;
	const setting = await room(t);
	if (setting === null) return;
	const { server, home, path, env } = setting;
	const recorder = home.start(["record", "--title", "Speech", "--json"], { env });
	const ending = ended(recorder);
	await saying(recorder, "stdout", /"event":"started"/);
	await server.play(path).done;
	await sleep(500);
	const stopped = await home.onwax(["stop"], { env });
	assert.equal(stopped.status, 0, stopped.stderr);
	const { status, stdout, stderr } = await ending;
	assert.equal(status, 0, stderr);
	const lines = stdout.trim().split("\n");
	const recording = JSON.parse(lines.at(-1) ?? "");
	assert.equal(recording.source, "microphone");
	assert.match(recording.transcript.text, /country/i);
	const [found] = await home.json(["search", "country"], { env });
	assert.equal(found?.name, recording.name);
});

test("it begins with the first word, with what came just before, and ends when nobody speaks any more", async (t) => {
	const setting = await room(t);
	if (setting === null) return;
	const { server, home, path, env } = setting;
	const options = ["--start-on-speech", "--pre-roll", "0.5s", "--stop-after", "2s"];
	const recorder = home.start(["record", ...options, "--no-wait", "--json"], { env });
	const ending = ended(recorder);
	await saying(recorder, "stdout", /"event":"started"/);
	// Nobody speaks: nothing is kept of this.
	await sleep(3000);
	await server.play(path).done;
	const { status, stdout, stderr } = await ending;
	assert.equal(status, 0, stderr);
	const events = stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.equal(events.find(({ event }) => event === "stopped")?.reason, "silence");
	const { durationSeconds } = events.at(-1);
	// The sentence takes some four seconds; before it half a second, and after it two, with what Silero takes to see.
	assert.ok(durationSeconds > 5 && durationSeconds < 9, `${durationSeconds} s`);
});

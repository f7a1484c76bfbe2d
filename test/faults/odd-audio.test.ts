import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { needs } from "../outside-program.ts";
import { randomFrom, testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { damaged, garbage, type Odd, playlists, tagged } from "./odd-audio/damaged.ts";
import { encodeAll } from "./odd-audio/encoded.ts";
import { oddWavs } from "./odd-audio/odd-wavs.ts";
import { createScenario, onwax, tone } from "./scenario.ts";

const timeLimitMs = 300_000;
const voiceSeconds = 1.7;
const secretSeconds = 7.77;
const damagedPerFormat = ["pcm_s16le-44100-7.wav", "pcm_s24le-8000-3.wav", "pcm_f32le-16000-7.wav"]
	.concat(["cbr.mp3", "vbr.mp3", "aac.m4a", "fragmented.mp4", "alac.m4a", "raw.aac", "16.flac"])
	.concat(["vorbis.ogg", "voice.opus", "opus.webm", "live.webm", "windows.wma", "apple.caf"])
	.concat(["apple.aiff", "sun.au", "sony.w64", "rf64.wav", "wavpack.wv", "true.tta", "dolby.ac3"])
	.concat(["aac.mka", "phone.3gp", "pcm.avi", "speex.spx", "layer2.mp2"]);

/** Where ffprobe is not to be believed, and why. */
const exceptions: [reason: string, pattern: RegExp][] = [
	[
		"a WAV that was cut short has the length that is there, not the one in its header",
		/^cut.*wav$/,
	],
	[
		"after a crash a header is older than the samples: what stands behind them counts",
		/-zeros\.wav$/,
	],
	["what has no beginning, or is noise, is no audio; ffprobe guesses", /^(beheaded-|noise\.)/],
	[
		"nobody can decode it; ffprobe divides by the byte rate",
		/^odd-format-(bits-65535|tag-unknown)/,
	],
	["FFmpeg 8 takes the encoder's padding away, Debian's does not", /^low\.mp3$/],
	["damage in a header makes every length a guess", /^(flipped|front-overwritten|holed)-/],
];

type Line = {
	file: string;
	outcome: string;
	state: string;
	originalSha256: string;
	durationSeconds: number | null;
	error: { code: string } | null;
};

async function probedSeconds(path: string): Promise<number | null> {
	const args = ["-v", "quiet", "-show_entries", "format=duration", "-of", "csv=p=0", path];
	const answer = await promisify(execFile)("ffprobe", args).catch(() => ({ stdout: "" }));
	const seconds = Number.parseFloat(answer.stdout);
	return Number.isFinite(seconds) ? seconds : null;
}

async function eachTwoAtOnce<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
	const queue = [...items];
	const lane = async () => {
		for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
	};
	await Promise.all([lane(), lane()]);
}

test("hundreds of odd and broken files: no crash, no hang, every original kept, durations as ffprobe's", async (t) => {
	if (!needs(t, "ffmpeg", "ffmpeg")) return;
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const random = randomFrom(testSeed);
	const home = await tempFolder(t);
	const scenario = await createScenario(home, {
		recordings: 0,
		config: {
			engine: "said",
			engines: {
				said: {
					type: "command",
					command: ["echo", "heard", "{audio}"],
					input: { sampleRate: 16_000, channels: 1 },
				},
			},
		},
	});
	const { inputs } = scenario;
	encodeAll(inputs, voiceSeconds);
	const originals: Odd[] = [];
	for (const name of damagedPerFormat) {
		originals.push({ name, content: await readFile(join(inputs, name)) });
	}
	const secret = join(home, "secret.wav");
	await writeFile(secret, tone(777, secretSeconds));
	const mp3 = await readFile(join(inputs, "cbr.mp3"));
	const wavs = oddWavs();
	const traps = playlists(secret);
	for (const { name, content } of [
		...wavs,
		...damaged(originals, random),
		...garbage(random),
		...traps,
		{ name: "tag-2-mb.mp3", content: tagged(mp3, 2_000_000) },
		{ name: "tag-lying.mp3", content: tagged(mp3, 100, 200_000_000) },
		{ name: "empty.wav", content: Buffer.alloc(0) },
		{ name: "empty.mp3", content: Buffer.alloc(0) },
	]) {
		await writeFile(join(inputs, name), content, { flag: "wx" });
	}

	const hashes = new Map<string, string>();
	for (const name of await readdir(inputs)) {
		const content = await readFile(join(inputs, name));
		if (content.length > 0) hashes.set(name, createHash("sha256").update(content).digest("hex"));
	}
	assert.ok(hashes.size >= 300, `${hashes.size} files`);

	let timer: NodeJS.Timeout | undefined;
	const { lines, signal, stderr } = await onwax(scenario, ["import", inputs], {
		onStart: (pid) => {
			timer = setTimeout(() => process.kill(pid, "SIGKILL"), timeLimitMs);
		},
	});
	clearTimeout(timer);
	assert.equal(signal, null, stderr.slice(-2000));
	const told = new Map((lines as Line[]).map((line) => [line.file.slice(inputs.length + 1), line]));
	assert.equal(told.size, hashes.size + 2, "every file has an outcome");
	for (const name of ["empty.wav", "empty.mp3"]) {
		assert.equal(told.get(name)?.error?.code, "ERR_EMPTY");
	}
	for (const [name, sha256] of hashes) {
		const line = told.get(name);
		assert.ok(line?.outcome === "kept" || line?.outcome === "known", `${name} was not kept`);
		assert.equal(line.originalSha256, sha256, name);
		// The state of what was known already is that of the moment.
		if (line.outcome === "known") continue;
		assert.notEqual(line.state, "pending", `${name} has no end: ${JSON.stringify(line)}`);
		if (line.state === "failed") assert.equal(line.error?.code, "ERR_AUDIO_UNREADABLE", name);
	}
	for (const { name } of traps) {
		assert.equal(told.get(name)?.state, "failed", `${name} was read`);
	}
	await checkLibrary(scenario, { present: hashes.values() });

	const wrong: string[] = [];
	for (const { name, durationSeconds } of wavs) {
		const found = told.get(name)?.durationSeconds ?? null;
		if (durationSeconds && (found === null || Math.abs(found - durationSeconds) > 0.01)) {
			wrong.push(`${name}: ${found}, physically ${durationSeconds}`);
		}
	}
	const physical = new Set(wavs.flatMap((one) => (one.durationSeconds ? [one.name] : [])));
	const names = [...hashes.keys()].filter(
		(name) =>
			!physical.has(name) &&
			!name.startsWith("playlist-") &&
			!exceptions.some(([, pattern]) => pattern.test(name)),
	);
	await eachTwoAtOnce(names, async (name) => {
		const seconds = await probedSeconds(join(inputs, name));
		const found = told.get(name)?.durationSeconds ?? null;
		if (seconds === null || seconds === 0) return;
		if (found === null || Math.abs(found - seconds) > Math.max(0.1, seconds / 100)) {
			wrong.push(`${name}: ${found}, ffprobe ${seconds}`);
		}
	});
	assert.deepEqual(wrong.sort(), []);
});

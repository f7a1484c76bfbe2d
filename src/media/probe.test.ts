import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { ffmpeg, ffprobeDuration, mediaForTests, toneWav } from "../../test/audio.ts";
import { isInstalled, needs } from "../../test/outside-program.ts";

/** File name, what ffmpeg is to do, and the codec and bit depth that must be found. */
const formats: [name: string, args: string, codec: string, bitDepth: number | null][] = [
	["u8.wav", "-c:a pcm_u8", "pcm_u8", 8],
	["s16.wav", "-c:a pcm_s16le", "pcm_s16le", 16],
	["s24.wav", "-c:a pcm_s24le", "pcm_s24le", 24],
	["s32.wav", "-c:a pcm_s32le", "pcm_s32le", 32],
	["f32.wav", "-c:a pcm_f32le", "pcm_f32le", 32],
	["six.wav", "-ac 6", "pcm_s16le", 16],
	["rf64.wav", "-rf64 always", "pcm_s16le", 16],
	["mulaw.wav", "-c:a pcm_mulaw", "pcm_mulaw", null],
	["adpcm.wav", "-c:a adpcm_ms", "adpcm_ms", null],
	["a.w64", "", "pcm_s16le", 16],
	["cbr.mp3", "-b:a 96k", "mp3", null],
	["vbr.mp3", "-q:a 4", "mp3", null],
	["noxing.mp3", "-q:a 4 -write_xing 0", "mp3", null],
	["aac.m4a", "-c:a aac", "aac", null],
	["alac.m4a", "-c:a alac", "alac", 16],
	["fragmented.mp4", "-c:a aac -movflags frag_keyframe+empty_moov", "aac", null],
	["a.mov", "-c:a pcm_s16le", "pcm_s16le", 16],
	["a.3gp", "-c:a aac", "aac", null],
	["a.aac", "-c:a aac", "aac", null],
	["s16.flac", "", "flac", 16],
	["s24.flac", "-sample_fmt s32", "flac", 24],
	["vorbis.ogg", "-c:a libvorbis", "vorbis", null],
	["opus.ogg", "-c:a libopus", "opus", null],
	["flac.ogg", "-c:a flac", "flac", 16],
	["speex.ogg", "-c:a libspeex -ar 16000 -ac 1", "speex", null],
	["opus.webm", "-c:a libopus", "opus", null],
	["a.mka", "-c:a libvorbis", "vorbis", null],
	["a.aiff", "", "pcm_s16be", 16],
	["a.au", "", "pcm_s16be", 16],
	["a.caf", "-c:a pcm_s16le", "pcm_s16le", 16],
	["a.wma", "-c:a wmav2", "wmav2", null],
	["a.wv", "", "wavpack", 16],
	["a.tta", "", "tta", 16],
	["a.ac3", "", "ac3", null],
	["a.eac3", "", "eac3", null],
	["a.mp2", "-c:a mp2", "mp2", null],
	["a.ts", "-c:a aac", "aac", null],
	["a.avi", "-c:a mp3", "mp3", null],
	["a.flv", "-c:a aac", "aac", null],
];

describe("probe", () => {
	const { folder, media } = mediaForTests();
	const source = join(folder, "source.wav");
	writeFileSync(source, toneWav({ sampleRate: 44_100, channels: 2, bitDepth: 16 }, 3.3));
	before(() => {
		if (!isInstalled("ffmpeg")) return;
		// One run makes them all.
		const outputs = formats.flatMap(([name, args]) => [
			...args.split(" ").filter(Boolean),
			join(folder, name),
		]);
		ffmpeg("-i", source, ...outputs);
	});

	for (const [name, , codec, bitDepth] of formats)
		test(`says of ${name} what ffprobe says`, async (t) => {
			if (!needs(t, "ffmpeg", "ffmpeg")) return;
			const path = join(folder, name);
			const facts = await media.probe(path);
			assert.equal(facts.codec, codec);
			assert.equal(facts.bitDepth, bitDepth);
			assert.equal(facts.channels, name === "six.wav" ? 6 : codec === "speex" ? 1 : 2);
			const expected = ffprobeDuration(path) ?? 3.3;
			const found = facts.durationSeconds ?? Number.NaN;
			assert.ok(Math.abs(found - expected) < 0.05, `${found} s, ffprobe says ${expected} s`);
		});

	test("finds the sound beside pictures, and says that there are pictures", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const path = join(folder, "film.mp4");
		const pictures = "testsrc=size=64x48:rate=5:duration=3.3";
		ffmpeg("-f", "lavfi", "-i", pictures, "-i", source, "-c:v", "mpeg4", "-c:a", "aac", path);
		const facts = await media.probe(path);
		assert.equal(facts.mimeType, "video/mp4");
		assert.equal(facts.codec, "aac");
		assert.ok(Math.abs((facts.durationSeconds ?? 0) - (ffprobeDuration(path) ?? 0)) < 0.05);
	});

	test("counts the packets where a browser's WebM tells no duration", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const path = join(folder, "browser.webm");
		ffmpeg("-i", source, "-c:a", "libopus", "-f", "webm", "-live", "1", path);
		assert.equal(ffprobeDuration(path), null);
		const facts = await media.probe(path);
		assert.equal(facts.container, "webm");
		assert.ok(Math.abs((facts.durationSeconds ?? 0) - 3.3) < 0.05);
	});

	test("takes what is left of a file cut short", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		for (const name of ["opus.ogg", "cbr.mp3", "a.aac", "opus.webm", "s16.flac"]) {
			const { readFileSync } = await import("node:fs");
			const whole = readFileSync(join(folder, name));
			const path = join(folder, `cut-${name}`);
			writeFileSync(path, whole.subarray(0, Math.floor(whole.length * 0.6)));
			const facts = await media.probe(path);
			const expected = ffprobeDuration(path);
			const found = facts.durationSeconds ?? Number.NaN;
			if (expected === null) assert.ok(found > 1 && found < 3.3, `${name}: ${found}`);
			else assert.ok(Math.abs(found - expected) < 0.05, `${name}: ${found}, not ${expected}`);
		}
	});

	test("a file without sound is refused, and the message says so", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const path = join(folder, "silent-film.mp4");
		ffmpeg("-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1", "-c:v", "mpeg4", path);
		await assert.rejects(media.probe(path), {
			code: "ERR_AUDIO_UNREADABLE",
			message: /no audio/,
			retryable: false,
		});
	});

	test("a missing file, a folder and a named pipe each have their own error", async () => {
		await assert.rejects(media.probe(join(folder, "nowhere.mp3")), { code: "ERR_NOT_FOUND" });
		mkdirSync(join(folder, "folder.wav"));
		await assert.rejects(media.probe(join(folder, "folder.wav")), { code: "ERR_NOT_A_FILE" });
		const { execFileSync } = await import("node:child_process");
		execFileSync("mkfifo", [join(folder, "pipe.wav")]);
		await assert.rejects(media.probe(join(folder, "pipe.wav")), { code: "ERR_NOT_A_FILE" });
	});

	test("a plain WAV file needs no child", async () => {
		const { openMedia } = await import("./media.ts");
		const fresh = openMedia();
		const facts = await fresh.probe(source);
		assert.equal(facts.durationSeconds, 3.3);
		assert.deepEqual(fresh.pids(), []);
		await fresh.close();
	});
});

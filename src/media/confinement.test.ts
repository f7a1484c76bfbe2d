import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { ffmpeg, mediaForTests, toneWav } from "../../test/audio.ts";
import { needs } from "../../test/outside-program.ts";
import { decoders, demuxers } from "./containers.ts";

const layout = { sampleRate: 16_000, channels: 1, bitDepth: 16 } as const;

describe("FFmpeg opens the one file it was given", () => {
	const { folder, media } = mediaForTests({ children: 1 });
	const secret = join(folder, "secret.wav");
	writeFileSync(secret, toneWav(layout, 1));

	const playlists: Record<string, string> = {
		"hls.m3u8": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${secret}\n#EXT-X-ENDLIST\n`,
		"hls.mp3": `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:${secret}\n#EXT-X-ENDLIST\n`,
		"concat.txt": `ffconcat version 1.0\nfile '${secret}'\n`,
		"concat.wav": "ffconcat version 1.0\nfile secret.wav\n",
		"dash.mpd": `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>${secret}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
		"session.sdp":
			"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
		"words.srt": "1\n00:00:00,000 --> 00:00:01,000\nHello\n",
		"metadata.txt": ";FFMETADATA1\ntitle=x\n",
	};
	for (const [name, text] of Object.entries(playlists))
		test(`${name}, which names something else, is refused`, async () => {
			const path = join(folder, name);
			writeFileSync(path, text);
			await assert.rejects(media.probe(path), { code: "ERR_AUDIO_UNREADABLE" });
			const outputPath = join(folder, "out.wav");
			const target = { outputPath, container: "wav", sampleRate: 16_000, channels: 1 } as const;
			await assert.rejects(media.decode(path, target), { code: "ERR_AUDIO_UNREADABLE" });
		});

	test("a playlist of addresses makes no connection", async () => {
		let connections = 0;
		const server = createServer((_, response) => response.end());
		server.on("connection", () => connections++);
		await new Promise<void>((resume) => server.listen(0, "127.0.0.1", resume));
		const { port } = server.address() as AddressInfo;
		const path = join(folder, "remote.m3u8");
		const entry = `http://127.0.0.1:${port}/a.ts`;
		writeFileSync(path, `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${entry}\n#EXT-X-ENDLIST\n`);
		await assert.rejects(media.probe(path), { code: "ERR_AUDIO_UNREADABLE" });
		await assert.rejects(media.probe(`http://127.0.0.1:${port}/a.wav`), { code: "ERR_NOT_FOUND" });
		assert.equal(connections, 0);
		server.close();
	});

	test("no name in a list can stand for another file", () => {
		for (const name of [
			"hls",
			"concat",
			"concatf",
			"dash",
			"image2",
			"lavfi",
			"srt",
			"sdp",
			"applehttp",
		])
			assert.ok(!demuxers.includes(name), name);
		for (const name of ["h264", "hevc", "mjpeg", "png", "ass"]) assert.ok(!decoders.includes(name));
	});

	test("hostile names are names", async (t) => {
		if (!needs(t, "ffmpeg", "ffmpeg")) return;
		const flac = join(folder, "plain.flac");
		ffmpeg("-i", secret, flac);
		const names = [
			"-i.flac",
			"http:evil.flac",
			"concat:a|b.flac",
			"%03d.flac",
			"two\nlines.flac",
			"pipe:0",
			"file:x.flac",
			"subfile,,start,0,end,9,,:x.flac",
			"Grüße 録音 🎙.flac",
			"a*?[b].flac",
			"q'uo\"te\\.flac",
		];
		mkdirSync(join(folder, "names"));
		for (const name of names) {
			const path = join(folder, "names", name);
			writeFileSync(path, readFileSync(flac));
			assert.equal((await media.probe(path)).durationSeconds, 1, JSON.stringify(name));
			for (const container of ["wav", "ogg-opus"] as const) {
				const target = { outputPath: `${path}.out`, container, sampleRate: 16_000, channels: 1 };
				assert.equal((await media.decode(path, target)).durationSeconds, 1);
			}
		}
	});
});

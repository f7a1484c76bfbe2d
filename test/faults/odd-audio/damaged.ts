import type { Random } from "../../seeded.ts";

/** A file with the sound or the bytes that it began with, and what was done to it in its name. */
export type Odd = { name: string; content: Buffer };

const damages: Record<string, (file: Buffer, random: Random) => Buffer> = {
	"cut-early": (file, random) => file.subarray(0, 1 + random(Math.min(200, file.length - 1))),
	cut: (file, random) => file.subarray(0, 1 + random(file.length - 1)),
	beheaded: (file, random) => file.subarray(1 + random(Math.min(400, file.length - 1))),
	flipped: (file, random) => {
		const flipped = Buffer.from(file);
		for (let i = 0; i < 1 + random(20); i += 1) {
			const at = random(file.length);
			flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
		}
		return flipped;
	},
	"front-overwritten": (file, random) => {
		const overwritten = Buffer.from(file);
		for (let i = 0; i < 6; i += 1) overwritten[random(Math.min(150, file.length))] = random(256);
		return overwritten;
	},
	holed: (file, random) => {
		const at = random(file.length);
		return Buffer.from(file).fill(0, at, Math.min(file.length, at + 512 + random(2048)));
	},
	doubled: (file) => Buffer.concat([file, file]),
	"garbage-behind": (file, random) => Buffer.concat([file, noise(1 + random(5000), random)]),
};

function noise(bytes: number, random: Random): Buffer {
	return Buffer.from(Array.from({ length: bytes }, () => random(256)));
}

/** Each damage done to each file. */
export function damaged(originals: Odd[], random: Random): Odd[] {
	return originals.flatMap(({ name, content }) =>
		Object.entries(damages).map(([how, damage]) => ({
			name: `${how}-${name}`,
			content: damage(content, random),
		})),
	);
}

const extensions =
	"wav mp3 m4a flac ogg opus webm aac wma amr aiff caf au mka w64 ac3 wv tta 3gp spx avi".split(
		" ",
	);

/** Everything that is called audio and is none. */
export function garbage(random: Random): Odd[] {
	const texts: Odd[] = [
		{ name: "letter.wav", content: Buffer.from("Dear recorder,\n".repeat(300)) },
		{ name: "page.mp3", content: Buffer.from("<!doctype html><title>Sign in</title>") },
		{ name: "json.m4a", content: Buffer.from(`{"error":"not found"}`) },
		{ name: "one-byte.wav", content: Buffer.from([0]) },
		{ name: "magic.flac", content: Buffer.from("fLaC") },
		{ name: "magic.ogg", content: Buffer.from("OggS") },
		{ name: "magic.wav", content: Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1") },
		{ name: "magic.amr", content: Buffer.from("#!AMR\n") },
	];
	for (const extension of extensions) {
		texts.push({ name: `noise.${extension}`, content: noise(2000 + random(8000), random) });
	}
	return [
		...texts,
		...extensions.map((one, i) => ({ name: `zeros.${one}`, content: Buffer.alloc(5000 + i) })),
	];
}

/** ID3v2 tags of that size before an MP3: covers are often larger than what they cover. */
export function tagged(mp3: Buffer, tagBytes: number, declaredBytes = tagBytes): Buffer {
	const header = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0]);
	for (let i = 0; i < 4; i += 1) header[6 + i] = (declaredBytes >> (21 - 7 * i)) & 0x7f;
	return Buffer.concat([header, Buffer.alloc(tagBytes), mp3]);
}

/** Texts that would have FFmpeg read `secret`, if it were let. */
export function playlists(secret: string): Odd[] {
	const hls = `#EXTM3U\n#EXT-X-TARGETDURATION:8\n#EXTINF:8,\n${secret}\n#EXT-X-ENDLIST\n`;
	const dash = `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT8S"><Period><AdaptationSet mimeType="audio/wav"><Representation id="1" bandwidth="1"><BaseURL>file:${secret}</BaseURL></Representation></AdaptationSet></Period></MPD>`;
	const texts = {
		hls,
		"hls-url": hls.replace(secret, `file:${secret}`),
		"hls-subfile": hls.replace(secret, `subfile,,start,0,end,0,,:${secret}`),
		concat: `ffconcat version 1.0\nfile '${secret}'\n`,
		dash,
		m3u: `${secret}\n`,
		pls: `[playlist]\nFile1=${secret}\nNumberOfEntries=1\nVersion=2\n`,
		sdp: `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n`,
	};
	return Object.entries(texts).flatMap(([kind, text]) =>
		["mp3", "wav", "m4a"].map((extension) => ({
			name: `playlist-${kind}.${extension}`,
			// Each its own content: the same one twice would be one recording.
			content: Buffer.from(`${text}\n#${extension}\n`),
		})),
	);
}

import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Options of ffmpeg for one output file each. */
type Recipe = [filename: string, ...options: string[]];

const sampleRates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000];
const wavCodecs = ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"];
const telephoneCodecs = ["pcm_alaw", "pcm_mulaw", "adpcm_ms", "adpcm_ima_wav", "g722"];

function wavRecipes(): Recipe[] {
	const recipes: Recipe[] = [];
	for (const [index, rate] of sampleRates.entries()) {
		for (const [place, codec] of wavCodecs.entries()) {
			const channels = 1 + ((index + place) % 8);
			const layout = ["-ar", `${rate}`, "-ac", `${channels}`, "-c:a", codec];
			recipes.push([`${codec}-${rate}-${channels}.wav`, ...layout]);
		}
	}
	for (const codec of telephoneCodecs) {
		recipes.push([`${codec}.wav`, "-ar", "16000", "-ac", "1", "-c:a", codec]);
	}
	return recipes;
}

/** Whatever a phone, a browser, a recorder or a converter makes of speech. */
const formatRecipes: Recipe[] = [
	["cbr.mp3", "-c:a", "libmp3lame", "-b:a", "64k"],
	["vbr.mp3", "-c:a", "libmp3lame", "-q:a", "4"],
	["no-xing.mp3", "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"],
	["low.mp3", "-c:a", "libmp3lame", "-ar", "8000", "-ac", "1"],
	["layer2.mp2", "-c:a", "mp2"],
	["aac.m4a", "-c:a", "aac"],
	["front.m4a", "-c:a", "aac", "-movflags", "+faststart"],
	["fragmented.mp4", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4"],
	["alac.m4a", "-c:a", "alac"],
	["audiobook.m4b", "-c:a", "aac", "-f", "mp4"],
	["phone.3gp", "-c:a", "aac", "-ar", "16000", "-ac", "1"],
	["quicktime.mov", "-c:a", "pcm_s16be"],
	["raw.aac", "-c:a", "aac", "-f", "adts"],
	["16.flac", "-c:a", "flac"],
	["24.flac", "-c:a", "flac", "-sample_fmt", "s32"],
	["mono-8000.flac", "-c:a", "flac", "-ar", "8000", "-ac", "1"],
	["in-ogg.ogg", "-c:a", "flac", "-f", "ogg"],
	["vorbis.ogg", "-c:a", "libvorbis"],
	["voice.opus", "-c:a", "libopus", "-b:a", "16k", "-ac", "1"],
	["music.opus", "-c:a", "libopus"],
	["opus.oga", "-c:a", "libopus", "-f", "ogg"],
	["speex.spx", "-c:a", "libspeex", "-ar", "16000", "-ac", "1", "-f", "ogg"],
	["opus.webm", "-c:a", "libopus"],
	["vorbis.webm", "-c:a", "libvorbis"],
	["live.webm", "-c:a", "libopus", "-live", "1", "-f", "webm"],
	["aac.mka", "-c:a", "aac"],
	["pcm.mkv", "-c:a", "pcm_s16le"],
	["windows.wma", "-c:a", "wmav2"],
	["old.wma", "-c:a", "wmav1"],
	["dolby.ac3", "-c:a", "ac3"],
	["dolby.eac3", "-c:a", "eac3"],
	["wavpack.wv", "-c:a", "wavpack"],
	["true.tta", "-c:a", "tta"],
	["apple.caf", "-c:a", "pcm_s16be"],
	["apple.aiff", "-c:a", "pcm_s16be"],
	["deep.aif", "-c:a", "pcm_s24be", "-f", "aiff"],
	["little.aifc", "-c:a", "pcm_s16le", "-f", "aiff"],
	["sun.au", "-c:a", "pcm_s16be"],
	["sun-mulaw.au", "-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"],
	["sony.w64", "-c:a", "pcm_s16le"],
	["rf64.wav", "-c:a", "pcm_s16le", "-rf64", "always"],
	["pcm.avi", "-c:a", "pcm_s16le"],
	["one-sample.wav", "-c:a", "pcm_s16le", "-af", "atrim=end_sample=1"],
	["one-sample.flac", "-c:a", "flac", "-af", "atrim=end_sample=1"],
	["two-samples.mp3", "-c:a", "libmp3lame", "-af", "atrim=end_sample=2"],
	["short.opus", "-c:a", "libopus", "-af", "atrim=end_sample=100"],
	["short.m4a", "-c:a", "aac", "-af", "atrim=end_sample=100"],
	["titled.mp3", "-c:a", "libmp3lame", "-metadata", `title=${"Very long title ".repeat(500)}`],
	["titled.m4a", "-c:a", "aac", "-metadata", "title=\u202eMemo", "-metadata", "comment=a\nb"],
];

/** Makes them all from one voice-like sound, in one run of ffmpeg. */
export function encodeAll(folder: string, seconds: number): void {
	const sound = "0.4*sin(2*PI*220*t)+0.2*sin(2*PI*331*t)*sin(3*t)";
	const source = ["-f", "lavfi", "-i", `aevalsrc='${sound}|${sound}':s=48000:d=${seconds}`];
	const outputs = [...wavRecipes(), ...formatRecipes].flatMap(([filename, ...options]) => [
		...options,
		join(folder, filename),
	]);
	execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...source, ...outputs], {
		stdio: ["ignore", "inherit", "inherit"],
	});
	// What goes into a pipe cannot be told its length afterwards.
	for (const [filename, format, codec] of [
		["piped.wav", "wav", "pcm_s16le"],
		["piped.flac", "flac", "flac"],
		["piped.webm", "webm", "libopus"],
		["piped.mp3", "mp3", "libmp3lame"],
	] as const) {
		const args = ["-v", "error", "-nostdin", ...source, "-c:a", codec, "-f", format, "-"];
		const path = join(folder, filename);
		execFileSync("sh", ["-c", `ffmpeg "$@" > "$0"`, path, ...args]);
	}
}

/**
 * What FFmpeg may open: containers that hold the audio themselves. Playlists, scripts and anything
 * else that names other files or addresses (hls, concat, dash, image2, subtitles, lavfi) is not in
 * the list, and must never be: a recording could otherwise pull in any file the program can read.
 */
export const demuxers = [
	..."wav w64 aiff au caf voc gsm ilbc flac ogg mp3 aac loas amr amrnb amrwb".split(" "),
	..."mov mp4 m4a 3gp 3g2 mj2 matroska webm avi flv mpegts mpeg asf asf_o xwma".split(" "),
	..."wv ape tta tak mpc mpc8 ac3 eac3 dts dtshd truehd mlp oma rm dss".split(" "),
];

/** Decoders that may run: audio only, so that no video or subtitle decoder is ever reached. */
export const decoders = [
	..."pcm_u8 pcm_s8 pcm_s8_planar pcm_alaw pcm_mulaw pcm_f32le pcm_f32be pcm_f64le".split(" "),
	..."pcm_f64be pcm_s16le pcm_s16be pcm_s16le_planar pcm_s16be_planar pcm_u16le".split(" "),
	..."pcm_u16be pcm_s24le pcm_s24be pcm_s24le_planar pcm_u24le pcm_u24be pcm_s32le".split(" "),
	..."pcm_s32be pcm_s32le_planar pcm_u32le pcm_u32be pcm_s64le pcm_s64be pcm_bluray".split(" "),
	..."pcm_dvd adpcm_ima_wav adpcm_ms adpcm_ima_qt adpcm_yamaha adpcm_swf g722 g726".split(" "),
	..."g726le g723_1 g729 gsm gsm_ms ilbc amrnb amrwb mp1 mp1float mp2 mp2float mp3".split(" "),
	..."mp3float aac aac_latm ac3 eac3 alac ape flac opus vorbis speex tta wavpack".split(" "),
	..."wmav1 wmav2 wmapro wmavoice wmalossless mpc7 mpc8 dca truehd mlp tak cook sipr".split(" "),
	..."real_144 real_288 nellymoser atrac1 atrac3 atrac3p qcelp evrc dss_sp mace3".split(" "),
	..."mace6 qdm2 qdmc".split(" "),
];

/** Short name and MIME type for FFmpeg's demuxer names where they differ from `audio/<name>`. */
const known: Record<string, { container: string; mimeType: string }> = {
	mp3: { container: "mp3", mimeType: "audio/mpeg" },
	mov: { container: "mp4", mimeType: "audio/mp4" },
	matroska: { container: "matroska", mimeType: "audio/matroska" },
	au: { container: "au", mimeType: "audio/basic" },
	caf: { container: "caf", mimeType: "audio/x-caf" },
	asf: { container: "asf", mimeType: "audio/x-ms-wma" },
	amrnb: { container: "amr", mimeType: "audio/amr" },
	amrwb: { container: "amr", mimeType: "audio/amr-wb" },
	w64: { container: "w64", mimeType: "audio/x-w64" },
	wv: { container: "wv", mimeType: "audio/x-wavpack" },
	ape: { container: "ape", mimeType: "audio/x-ape" },
	tta: { container: "tta", mimeType: "audio/x-tta" },
	avi: { container: "avi", mimeType: "video/x-msvideo" },
	flv: { container: "flv", mimeType: "video/x-flv" },
	mpegts: { container: "mpegts", mimeType: "video/mp2t" },
	mpeg: { container: "mpeg", mimeType: "video/mpeg" },
	rm: { container: "rm", mimeType: "audio/vnd.rn-realaudio" },
};

/**
 * @param demuxer FFmpeg's name, e.g. `mov,mp4,m4a,3gp,3g2,mj2`
 * @param isWebm the Matroska file says it is WebM
 * @param hasVideo there are moving pictures beside the sound
 */
export function describeContainer(demuxer: string, isWebm: boolean, hasVideo: boolean) {
	const name = demuxer.split(",")[0] ?? demuxer;
	const found = isWebm
		? { container: "webm", mimeType: "audio/webm" }
		: (known[name] ?? { container: name, mimeType: `audio/${name}` });
	if (!hasVideo || name === "asf") return found;
	return { ...found, mimeType: found.mimeType.replace(/^audio/, "video") };
}

/** Encodings whose bit depth means something; lossy ones have none. */
export function isLossless(codec: string): boolean {
	return /^(pcm_[sfu]|flac|alac|wavpack|ape|tta|tak|wmalossless|truehd|mlp)/.test(codec);
}

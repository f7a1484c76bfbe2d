/**
 * The usual extension (with dot) of audio that came without a name, by its first bytes; `.audio`
 * where they say nothing: the decoder decides by content anyway.
 */
export function sniffExtension(head: Uint8Array): string {
	const ascii = (from: number, to: number) => String.fromCharCode(...head.subarray(from, to));
	const riff = ascii(0, 4);
	if ((riff === "RIFF" || riff === "RF64" || riff === "BW64") && ascii(8, 12) === "WAVE")
		return ".wav";
	if (riff === "fLaC") return ".flac";
	if (riff === "OggS") return ".ogg";
	if (riff === "FORM" && ascii(8, 11) === "AIF") return ".aiff";
	if (riff === "caff") return ".caf";
	if (ascii(4, 8) === "ftyp") return ".m4a";
	if (ascii(0, 3) === "ID3") return ".mp3";
	if (ascii(0, 5) === "#!AMR") return ".amr";
	if (head[0] === 0x1a && head[1] === 0x45 && head[2] === 0xdf && head[3] === 0xa3) return ".webm";
	if (head[0] === 0x30 && head[1] === 0x26 && head[2] === 0xb2 && head[3] === 0x75) return ".wma";
	// MPEG audio frames begin with eleven set bits; layer bits 00 mean ADTS (AAC).
	if (head[0] === 0xff && ((head[1] ?? 0) & 0xe0) === 0xe0) {
		return ((head[1] ?? 0) & 0x06) === 0 ? ".aac" : ".mp3";
	}
	return ".audio";
}

/** An entry of a tar archive, honest or not. */
export type TarEntry = {
	name: string;
	content?: Buffer;
	/** POSIX type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder, … */
	type?: string;
	linkName?: string;
	/** What the header says, where that is not the content's length. */
	announcedBytes?: number;
};

/** A tar archive (POSIX ustar) of whatever entries, those too that no honest program writes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
	return Buffer.concat([...entries.map(entryOf), Buffer.alloc(1024)]);
}

function entryOf({ name, content, type, linkName, announcedBytes }: TarEntry): Buffer {
	const body = content ?? Buffer.alloc(0);
	const header = Buffer.alloc(512);
	header.write(name, 0, 100);
	header.write("0000644\0", 100);
	header.write("0000000\0".repeat(2), 108);
	writeSize(header, announcedBytes ?? body.length);
	header.write("00000000000\0", 136);
	header.write("        ", 148);
	header.write(type ?? (name.endsWith("/") ? "5" : "0"), 156);
	header.write(linkName ?? "", 157, 100);
	header.write("ustar\x0000", 257);
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
	return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

/** In octal; in base 256 where that is too short (GNU). */
function writeSize(header: Buffer, bytes: number): void {
	if (bytes < 8 ** 11) return void header.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124);
	header.writeUInt8(0x80, 124);
	header.writeBigUInt64BE(BigInt(bytes), 128);
}

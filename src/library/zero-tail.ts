import { open } from "node:fs/promises";

/** What file systems fill up: a block, or a page, whichever is larger in practice. */
const blockBytes = 4096;

/**
 * Zeros at the end of a file that was being appended to when the machine went down, as far as they
 * may be the disk's own: a file system may have written the new length and not yet the bytes, and
 * fills the rest of the last block with zeros (seen on ext4, in one of some fifty power cuts).
 *
 * @returns whole frames; 0 where the end is not zeros
 */
export async function zeroTailFrames(
	path: string,
	headerBytes: number,
	frameBytes: number,
): Promise<number> {
	const file = await open(path, "r");
	try {
		const { size } = await file.stat();
		const lastBlock = Math.floor(Math.max(0, size - 1) / blockBytes) * blockBytes;
		const from = Math.max(headerBytes, lastBlock);
		const bytes = Buffer.alloc(Math.max(0, size - from));
		await file.read(bytes, 0, bytes.length, from);
		let zeros = 0;
		while (zeros < bytes.length && bytes[bytes.length - 1 - zeros] === 0) zeros += 1;
		const torn = Math.max(0, size - headerBytes) % frameBytes;
		return Math.max(0, Math.floor((zeros - torn) / frameBytes));
	} finally {
		await file.close();
	}
}

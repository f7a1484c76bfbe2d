export type BufferPool = {
	/** A buffer of at least that length, with anything in it. */
	take(length: number): Buffer;
	/** To be called once nobody reads from it any more. */
	giveBack(buffer: Buffer): void;
};

const smallestBytes = 64 * 1024;

/**
 * Large buffers that are used again: made anew for every answer, they would keep the garbage collector
 * busier than the disk.
 *
 * @param mostBytes what is kept for later, in all
 */
export function bufferPool(mostBytes: number): BufferPool {
	const free = new Map<number, Buffer[]>();
	let keptBytes = 0;
	return {
		take(length) {
			let size = smallestBytes;
			while (size < length) size *= 2;
			const kept = free.get(size)?.pop();
			if (kept === undefined) return Buffer.allocUnsafeSlow(size);
			keptBytes -= size;
			return kept;
		},
		giveBack(buffer) {
			const size = buffer.length;
			if (keptBytes + size > mostBytes) return;
			keptBytes += size;
			const sameSize = free.get(size);
			if (sameSize) sameSize.push(buffer);
			else free.set(size, [buffer]);
		},
	};
}

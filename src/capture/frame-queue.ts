/** Blocks of frames on their way to the disk, in order. Silence takes no memory, however long. */
export type FrameQueue = {
	/** Whole frames; the bytes are the queue's from now on. */
	put(frames: Buffer): void;
	putSilence(frames: number): void;
	/** The next block: small ones come together. Only where `bytes` is not 0. */
	take(): Buffer;
	/** All that is left, and the queue is empty. */
	drain(): Buffer[];
	/** What waits. */
	readonly bytes: number;
	/** All frames that were ever put in. */
	readonly framesTaken: number;
};

type Block = Buffer | { silentBytes: number };

/** Fewer writes for the same promise; more would only cost memory. */
const togetherBytes = 256 * 1024;

export function createFrameQueue(frameBytes: number): FrameQueue {
	const silence = Buffer.alloc(Math.floor((64 * 1024) / frameBytes) * frameBytes);
	let blocks: Block[] = [];
	let bytes = 0;
	let framesTaken = 0;

	function put(block: Block, blockBytes: number): void {
		if (blockBytes <= 0) return;
		blocks.push(block);
		bytes += blockBytes;
		framesTaken += blockBytes / frameBytes;
	}

	function take(): Buffer {
		const first = blocks[0] as Block;
		if (!Buffer.isBuffer(first)) {
			const part = silence.subarray(0, first.silentBytes);
			first.silentBytes -= part.length;
			if (first.silentBytes === 0) blocks.shift();
			bytes -= part.length;
			return part;
		}
		let count = 0;
		let sum = 0;
		for (const block of blocks) {
			if (!Buffer.isBuffer(block) || (count > 0 && sum + block.length > togetherBytes)) break;
			count += 1;
			sum += block.length;
		}
		const together = blocks.splice(0, count) as Buffer[];
		bytes -= sum;
		return together.length === 1 ? first : Buffer.concat(together, sum);
	}

	return {
		put: (frames) => put(frames, frames.length),
		putSilence: (frames) => put({ silentBytes: frames * frameBytes }, frames * frameBytes),
		take,
		drain() {
			const all: Buffer[] = [];
			while (bytes > 0) all.push(take());
			blocks = [];
			return all;
		},
		get bytes() {
			return bytes;
		},
		get framesTaken() {
			return framesTaken;
		},
	};
}

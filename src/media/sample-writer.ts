/** Something that interleaved samples are written to, and that ends as a file on disk. */
export type SampleWriter = {
	write: (samples: Buffer) => void;
	/**
	 * Writes what is left, syncs and closes.
	 *
	 * @returns the file's size in bytes
	 */
	finish: () => Promise<number>;
	/** Frees everything; after `finish`, or instead of it after a failure. */
	close: () => void;
};

/** What a driver read from its engine, before anything about it is trusted. */
export type RawWord = { text: string; startSeconds: number; endSeconds: number };
export type RawSegment = RawWord & { words: RawWord[] };
export type RawOutput = {
	/** Null where the engine gave segments only. */
	text: string | null;
	/** As the engine spells it: `en`, `english`, `en-US`. */
	language: string | null;
	segments: RawSegment[];
};

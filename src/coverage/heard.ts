import type { Span } from "../transcript.ts";

/** What is known about a recording before anybody asked for words. */
export type Heard = {
	/** What told speech from silence, such as `silero`. */
	detector: string;
	/** Where somebody speaks: in order, none touching another. */
	speech: readonly Span[];
	durationSeconds: number;
};

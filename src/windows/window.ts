import type { Doubt, EngineOutput, Span } from "../transcript.ts";

/**
 * A stretch of a long recording that an engine hears at once. The cores tile the recording: each
 * moment belongs to exactly one. What the engine hears, `startSeconds` to `endSeconds`, reaches
 * beyond the core where no silence was found to cut at.
 */
export type Window = Span & {
	/** From 0, in the order of time. */
	index: number;
	coreStartSeconds: number;
	coreEndSeconds: number;
	/** Nobody speaks and nothing else is heard: the engine need not be asked. */
	silent: boolean;
};

/** What an engine answered about one stretch: its times count from where that stretch begins. */
export type Said = Pick<EngineOutput, "text" | "segments" | "language">;

/**
 * A stretch that an engine hears on its own a second time, what is doubted in it, and which of it the answer is
 * wanted `about`. What lies around that is there to be recognised.
 */
export type AskedStretch = Span & { doubts: readonly Doubt[]; about: readonly Span[] };

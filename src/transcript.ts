/**
 * A Transcript is text with times. Three layers, each leaving the one below as it is: what the
 * engine said (immutable), the lexicon's corrections, a person's edits. Times are seconds from the
 * start of the audio. This file names the parts; it imports nothing.
 */

export type Word = { text: string; startSeconds: number; endSeconds: number };

export type Segment = {
	text: string;
	startSeconds: number;
	endSeconds: number;
	/** Empty where the engine gave no word times. */
	words: Word[];
};

/** What an engine answered: stored once, never changed. */
export type EngineOutput = {
	engine: string;
	model: string | null;
	language: string | null;
	text: string;
	/** Empty where the engine gave no times. */
	segments: Segment[];
};

export type LexiconLayer = { name: string; version: number; replacements: number };

export type EditLayer = { editedAt: string; text: string };

/** The text as it stands, with all layers applied: the content of `transcript.json`. */
export type Transcript = {
	format: 1;
	/** File in the same folder that holds the immutable engine output. */
	engineFile: string;
	engine: string;
	model: string | null;
	language: string | null;
	text: string;
	originalText: string;
	segments: Segment[];
	lexicons: LexiconLayer[];
	edit: EditLayer | null;
	/** Why the lexicon could not be applied, where it failed: the engine's text stands as it is. */
	lexiconError: string | null;
};

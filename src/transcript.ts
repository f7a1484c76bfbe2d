/**
 * A Transcript is text with times. Three layers, each leaving the one below as it is: what the
 * engine said (immutable), the lexicon's corrections, a person's edits. Times are seconds from the
 * start of the audio. This file names the parts; it imports nothing.
 */

export type Span = { startSeconds: number; endSeconds: number };

/** Which correction put a word where it stands, and what the engine had there. */
export type Provenance = { original: string; lexicon: string; version: number; rule: string };

export type Word = Span & {
	text: string;
	/** Only where a lexicon changed it, in the order of the changes. */
	provenance?: Provenance[];
};

export type Segment = Span & {
	text: string;
	/** Empty where the engine gave no word times. */
	words: Word[];
	/** Label of who speaks, such as `S1`; left out where speakers were not told apart. */
	speaker?: string;
};

/**
 * What makes a transcript doubtful at one place. `gap`: somebody speaks, and there are no words.
 * `loop`: the same phrase again and again. `unheard`: words where nobody speaks.
 */
export const doubtKinds = ["gap", "loop", "unheard"] as const;
export type DoubtKind = (typeof doubtKinds)[number];

export type Doubt = Span & {
	kind: DoubtKind;
	/** The words that are there; empty for a gap. */
	text: string;
	/** How often the engine was asked for this place on its own. */
	askedAgain: number;
	/** Why it is still open, where an engine failed; null where it answered and nothing came of it. */
	reason: string | null;
};

/**
 * How much of what was spoken the text covers (U5), as far as voice activity detection and the
 * times of the words can tell. A transcript with doubts says so wherever it is shown.
 */
export type Coverage = {
	/** What told speech from silence, such as `silero`. */
	detector: string;
	speechSeconds: number;
	/** Speech that has words over it. */
	coveredSeconds: number;
	/** In order of their starts. */
	doubts: Doubt[];
	/** Windows that no answer was had for, where there are any: not the engine's last word. */
	failedWindows?: number;
	/** Places where a second answer took the place of a first one, which is kept here. */
	repairs: (Span & { kind: DoubtKind; before: string; after: string })[];
};

/** What an engine answered: stored once, never changed. */
export type EngineOutput = {
	engine: string;
	model: string | null;
	language: string | null;
	text: string;
	/** Empty where the engine gave no times. */
	segments: Segment[];
	/** Null where it could not be judged; left out by versions that did not look. */
	coverage?: Coverage | null;
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
	/** Edits that the one above took the place of, newest first; left out where there are none. */
	edits?: EditLayer[];
	/** Why the lexicon could not be applied, where it failed: the engine's text stands as it is. */
	lexiconError: string | null;
	/** As in the engine output. */
	coverage?: Coverage | null;
	/** Names that people gave to the labels of speakers. */
	speakerNames?: Record<string, string>;
};

import { z } from "zod";
import { doubtKinds } from "../../transcript.ts";

/** Times are seconds from the start of the audio. */
const span = z.object({ startSeconds: z.number(), endSeconds: z.number() });

/** Which correction put a word where it stands, and what the engine had there. */
export const provenance = z.object({
	original: z.string(),
	lexicon: z.string(),
	version: z.int(),
	rule: z.string(),
});

export const word = span.extend({
	text: z.string(),
	/** Only where a lexicon changed it, in the order of the changes. */
	provenance: z.array(provenance).optional(),
});

export const segment = span
	.extend({
		text: z.string(),
		/** Empty where the engine gave no word times. */
		words: z.array(word),
		/** Label of who speaks, such as `S1`; left out where speakers were not told apart. */
		speaker: z.string().optional(),
	})
	.meta({ id: "Segment" });
export type SegmentJson = z.infer<typeof segment>;

/**
 * What makes a text doubtful at one place. `gap`: somebody speaks, and there are no words. `loop`:
 * the same phrase again and again. `unheard`: words where nobody speaks.
 */
export const doubt = span.extend({
	kind: z.enum(doubtKinds),
	/** The words that are there; empty for a gap. */
	text: z.string(),
	/** How often the engine was asked for this place on its own. */
	askedAgain: z.int(),
	/** Why it is still open, where an engine failed. */
	reason: z.string().nullable(),
});

export const coverage = z
	.object({
		/** What told speech from silence, such as `silero`. */
		detector: z.string(),
		speechSeconds: z.number(),
		/** Speech that has words over it. */
		coveredSeconds: z.number(),
		/** In order of their starts. */
		doubts: z.array(doubt),
		/** Windows that no answer was had for. */
		failedWindows: z.int().optional(),
		/** Places where a second answer took the place of a first one, which is kept here. */
		repairs: z.array(
			span.extend({ kind: z.enum(doubtKinds), before: z.string(), after: z.string() }),
		),
	})
	.meta({ id: "Coverage" });

export const lexiconLayer = z.object({
	name: z.string(),
	version: z.int(),
	replacements: z.int(),
});

export const editLayer = z.object({ editedAt: z.string(), text: z.string() });

/** `GET …/transcript`: the text as it stands, with all layers applied. */
export const transcript = z
	.object({
		name: z.string(),
		/** Of the recording it was read with. */
		revision: z.int(),
		engine: z.string(),
		model: z.string().nullable(),
		language: z.string().nullable(),
		/** The file that keeps what the engine said. */
		engineFile: z.string(),
		text: z.string(),
		/** What the engine said, before lexicons and edits. */
		originalText: z.string(),
		/** Empty where the engine gave no times. Their words are those of `text`. */
		segments: z.array(segment),
		lexicons: z.array(lexiconLayer),
		/** Why the lexicons could not be applied, where they failed. */
		lexiconError: z.string().nullable(),
		/** Null where nobody could judge it. */
		coverage: coverage.nullable(),
		/** When a person last changed the text; null where nobody did. `…/layers` has the texts. */
		editedAt: z.string().nullable(),
		/** Earlier edits that can be gone back to by undoing. */
		earlierEdits: z.int(),
		/** Names that people gave to the labels of speakers. */
		speakerNames: z.record(z.string(), z.string()),
	})
	.meta({ id: "Transcript" });
export type TranscriptJson = z.infer<typeof transcript>;

/** What one engine said: kept for good, never changed. */
export const engineLayer = z.object({
	/** `engine.….json`; takes the part of a layer's name in `…/compare`. */
	file: z.string(),
	engine: z.string(),
	model: z.string().nullable(),
	language: z.string().nullable(),
	text: z.string(),
	/** The text is made from this one. */
	isCurrent: z.boolean(),
	doubts: z.int().nullable(),
});

/** `GET …/layers`: the text's layers from the bottom up. */
export const layers = z
	.object({
		name: z.string(),
		revision: z.int(),
		/** Every output there is; the one that the text is made from last. */
		engines: z.array(engineLayer),
		/** What the lexicons made of it; null where it cannot be told any more. */
		corrected: z
			.object({
				text: z.string(),
				lexicons: z.array(lexiconLayer),
				lexiconError: z.string().nullable(),
			})
			.nullable(),
		/** Newest first: the first one stands. Empty: the text reads as engine and lexicons have it. */
		edits: z.array(editLayer),
		/** The text as it stands. */
		text: z.string(),
	})
	.meta({ id: "Layers" });
export type LayersJson = z.infer<typeof layers>;

const compared = z.object({
	/** `text`: as it stands, with its layers; `engine`: an output. */
	kind: z.enum(["engine", "text"]),
	file: z.string(),
	engine: z.string(),
	model: z.string().nullable(),
	text: z.string(),
});

/** `GET …/compare`: where `right` says something else than `left`. */
export const comparison = z
	.object({
		left: compared,
		right: compared,
		/** Whether capitals and punctuation count as changes; in the errors they never do. */
		isExact: z.boolean(),
		errors: z.object({
			/** Words of the left text. */
			words: z.int(),
			substitutions: z.int(),
			/** Words that only the left text has. */
			deletions: z.int(),
			/** Words that only the right text has. */
			insertions: z.int(),
			/** All three by the words of the left text; null where that one has none. May be above 1. */
			rate: z.number().nullable(),
		}),
		/** In the order of the right text. */
		changes: z.array(
			z.object({
				/** A few words of the right text before it, and after it. */
				context: z.string(),
				removed: z.string(),
				added: z.string(),
				following: z.string(),
				/** When it is heard; null where neither text has times. */
				startSeconds: z.number().nullable(),
			}),
		),
	})
	.meta({ id: "Comparison" });
export type ComparisonJson = z.infer<typeof comparison>;

/** `GET …/speakers`. */
export const speakerList = z
	.object({
		name: z.string(),
		revision: z.int(),
		/** False: speakers were not told apart, and the list is empty. */
		isToldApart: z.boolean(),
		/** Whether the models for it are on this computer. */
		canTellApart: z.boolean(),
		speakers: z.array(
			z.object({
				/** Such as `S1`. */
				label: z.string(),
				/** Null where nobody gave one. */
				name: z.string().nullable(),
				spokenSeconds: z.number(),
				/** When they are first heard. */
				firstSeconds: z.number(),
				turns: z.int(),
				/** The beginning of what they say. */
				firstWords: z.string(),
			}),
		),
	})
	.meta({ id: "SpeakerList" });
export type SpeakerListJson = z.infer<typeof speakerList>;

/** `PATCH …/speakers`: a name for each label that is to be called something else; null forgets it. */
export const speakerNames = z
	.strictObject({ names: z.record(z.string().max(20), z.string().max(200).nullable()) })
	.meta({ id: "SpeakerNames" });

/** `GET …/peaks` as JSON: for each bucket the lowest and the highest sample, -128 to 127. */
export const peaks = z
	.object({
		durationSeconds: z.number(),
		/** How many buckets there are; each covers `durationSeconds / buckets` seconds. */
		buckets: z.int(),
		/** `[low, high, low, high, …]` over all channels. */
		values: z.array(z.int()),
	})
	.meta({ id: "Peaks" });
export type PeaksJson = z.infer<typeof peaks>;

/** `GET …/heard`: what is settled of a text that is being written. */
export const heardSoFar = z
	.object({
		name: z.string(),
		/** Null: nothing yet, or it is not being written by this service. It may still read another way in the end. */
		text: z.string().nullable(),
	})
	.meta({ id: "HeardSoFar" });
export type HeardSoFarJson = z.infer<typeof heardSoFar>;

/** `GET …/jobs`: what is to be done for this recording, is being done, or was given up. */
export const recordingJobs = z
	.object({
		jobs: z.array(
			z.object({
				id: z.int(),
				kind: z.string(),
				/** `parked`: tried too often, or hopeless; it waits for a person. */
				state: z.enum(["queued", "running", "parked"]),
				parameters: z.record(z.string(), z.string()),
				/** How often it was handed out. */
				deliveries: z.int(),
				/** When it is due, for one that waits. */
				dueAt: z.string().nullable(),
				errorCode: z.string().nullable(),
				createdAt: z.string(),
				/** When it was given up. */
				finishedAt: z.string().nullable(),
				attempts: z.array(
					z.object({
						at: z.string(),
						engine: z.string().nullable(),
						code: z.string(),
						message: z.string(),
						httpStatus: z.int().nullable(),
						latencySeconds: z.number(),
					}),
				),
			}),
		),
	})
	.meta({ id: "RecordingJobs" });
export type RecordingJobsJson = z.infer<typeof recordingJobs>;

import { z } from "zod";
import { shelves, sources, states, statuses } from "../../recording.ts";

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** How safe a recording is by now, one rung after the other; null is not reached. */
export const ladder = z
	.object({
		capturedSeconds: z.number().nullable(),
		/** On disk, synced: what a power cut leaves. */
		onDiskBytes: z.int().nullable(),
		/** Of the audio as it came in. */
		sha256: sha256.nullable(),
		/** Verified copies elsewhere. */
		copies: z.array(z.object({ remote: z.string(), verifiedAt: z.string() })),
	})
	.meta({ id: "Ladder" });
export type Ladder = z.infer<typeof ladder>;

export const coverageFacts = z.object({
	speechSeconds: z.number(),
	coveredSeconds: z.number(),
	gaps: z.int(),
	loops: z.int(),
	unheard: z.int(),
	failedWindows: z.int(),
});

export const recordingError = z.object({
	code: z.string(),
	message: z.string(),
	hint: z.string().nullable(),
});

/** As a row of a list: everything but the text, of which there is the beginning. */
export const recordingSummary = z
	.object({
		id: z.string(),
		name: z.string(),
		/** Grows with every change; the ETag is made of it. */
		revision: z.int(),
		state: z.enum(states),
		status: z.enum(statuses),
		shelf: z.enum(shelves),
		title: z.string().nullable(),
		tags: z.array(z.string()),
		source: z.enum(sources),
		originalFilename: z.string().nullable(),
		createdAt: z.string(),
		modifiedAt: z.string(),
		durationSeconds: z.number().nullable(),
		sizeBytes: z.int(),
		/** The first 200 letters; null: no text yet. */
		textStart: z.string().nullable(),
		engine: z.string().nullable(),
		coverage: coverageFacts.nullable(),
		error: recordingError.nullable(),
		ladder,
	})
	.meta({ id: "RecordingSummary" });
export type RecordingSummary = z.infer<typeof recordingSummary>;

/** All that is known about one recording; the transcript with its words is asked for on its own. */
export const recording = recordingSummary
	.extend({
		description: z.string().nullable(),
		mimeType: z.string(),
		codec: z.string().nullable(),
		sampleRate: z.int().nullable(),
		channels: z.int().nullable(),
		/** Of the audio file that lies there now; another one than the ladder's once it is compressed. */
		sha256,
		originalSha256: sha256,
		transcript: z
			.object({
				engine: z.string().nullable(),
				model: z.string().nullable(),
				language: z.string().nullable(),
				text: z.string(),
				originalText: z.string(),
				fallback: z.object({ wanted: z.string(), reason: z.string() }).nullable(),
			})
			.nullable(),
		events: z.array(z.object({ at: z.string(), kind: z.string(), message: z.string() })),
		/** Every file of its folder that must survive. */
		files: z.record(z.string(), z.object({ sha256, sizeBytes: z.int() })),
	})
	.meta({ id: "Recording" });
export type RecordingDetail = z.infer<typeof recording>;

export const recordingPage = z
	.object({
		recordings: z.array(recordingSummary),
		/** To be given as `before` for the next page; null: this was the last. */
		next: z.string().nullable(),
	})
	.meta({ id: "RecordingPage" });
export type RecordingPage = z.infer<typeof recordingPage>;

export const searchHits = z
	.object({
		hits: z.array(
			z.object({
				recording: recordingSummary,
				field: z.string(),
				snippet: z.object({
					text: z.string(),
					/** UTF-16 offsets into the text: `[start, end)`. */
					highlights: z.array(z.tuple([z.int(), z.int()])),
				}),
			}),
		),
	})
	.meta({ id: "SearchHits" });
export type SearchHits = z.infer<typeof searchHits>;

const tagName = z.string().min(1).max(200);

/** Which recordings; without any of it all that are not in the trash. */
export const recordingFilter = {
	state: z.enum(states).optional(),
	status: z.enum(statuses).optional(),
	/** May be given more than once: those that have all of them. */
	tag: z.union([tagName, z.array(tagName).max(20)]).optional(),
};

export const listQuery = z.strictObject({
	...recordingFilter,
	limit: z.coerce.number().int().min(1).max(200).default(50),
	/** The `next` of the page before. */
	before: z.string().max(30).optional(),
});

/** As a flag in an address: `1` and `true` mean yes. */
export const flag = z.enum(["0", "1", "false", "true"]).default("0");
export const isYes = (given: z.infer<typeof flag>) => given === "1" || given === "true";

export const searchQuery = z.strictObject({
	...recordingFilter,
	/** Words, `"a phrase"`, `begin*`, `tag:x`, `speaker:x`, and `-` before any of them. */
	q: z.string().max(10_000),
	limit: z.coerce.number().int().min(1).max(200).default(30),
	/** The best matches first, instead of the newest. */
	best: flag,
	/** The last word may go on: for asking while somebody types. */
	prefix: flag,
});

export const tagList = z
	.object({ tags: z.array(z.object({ tag: z.string(), recordings: z.int() })) })
	.meta({ id: "TagList" });
export type TagList = z.infer<typeof tagList>;

/** What is left out stays as it is. */
export const recordingPatch = z
	.strictObject({
		/** An empty one is none. */
		title: z.string().max(1000).nullable(),
		description: z.string().max(20_000).nullable(),
		/** All tags at once, in place of those there are. */
		tags: z.array(tagName).max(200),
		addTags: z.array(tagName).max(200),
		removeTags: z.array(tagName).max(200),
		/** The text as it is to read: a layer above what the engine said, which stays. */
		text: z.string(),
		/** Back to the text before the newest edit. */
		undoEdit: z.boolean(),
	})
	.partial()
	.meta({ id: "RecordingPatch" });
export type RecordingPatch = z.infer<typeof recordingPatch>;

/** `POST …/lexicons`. */
export const reapplied = z
	.object({
		/** False: the text reads the same with the lexicons of today. */
		changed: z.boolean(),
		recording,
	})
	.meta({ id: "Reapplied" });
export type Reapplied = z.infer<typeof reapplied>;

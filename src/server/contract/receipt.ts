import { z } from "zod";
import { problem } from "./problem.ts";
import { ladder, sha256 } from "./recording.ts";

/**
 * Told only when the audio is on disk, synced, and in the library: with this in hand the sender may
 * forget its own copy, once `sha256` is the hash of what it sent.
 */
export const receipt = z
	.object({
		id: z.string(),
		name: z.string(),
		/** Of the bytes as they were received. */
		sha256,
		sizeBytes: z.int(),
		/** The same audio was here already; this is that recording. */
		known: z.boolean(),
		/** That recording lies in the trash. */
		inTrash: z.boolean(),
		receivedAt: z.string(),
		ladder,
	})
	.meta({ id: "Receipt" });
export type Receipt = z.infer<typeof receipt>;

/** An upload that is not a recording yet. */
export const uploadState = z
	.object({
		/** Bytes that are on disk, synced: the sender goes on here. */
		offsetBytes: z.int(),
		/** Null while the sender has not said it. */
		lengthBytes: z.int().nullable(),
		originalFilename: z.string().nullable(),
		createdAt: z.string(),
		lastByteAt: z.string(),
		/** Where no byte comes until then, it is given up, or kept as a recording that was cut short. */
		expiresAt: z.string(),
	})
	.meta({ id: "UploadState" });
export type UploadState = z.infer<typeof uploadState>;

/** What a recorder noted while it recorded: microphones that went away, silence, missing sound. */
export const uploadEvents = z
	.object({
		events: z
			.array(
				z.object({
					at: z.iso.datetime(),
					kind: z.string().regex(/^[a-z][a-z-]{0,39}$/),
					message: z.string().min(1).max(500),
				}),
			)
			.max(250),
	})
	.meta({ id: "UploadEvents" });

/** What became of the files of one form. */
export const receipts = z
	.object({
		receipts: z.array(receipt),
		refused: z.array(z.object({ originalFilename: z.string().nullable(), problem })),
	})
	.meta({ id: "Receipts" });
export type Receipts = z.infer<typeof receipts>;

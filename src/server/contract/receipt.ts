import { z } from "zod";
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
		receivedAt: z.string(),
		ladder,
	})
	.meta({ id: "Receipt" });
export type Receipt = z.infer<typeof receipt>;

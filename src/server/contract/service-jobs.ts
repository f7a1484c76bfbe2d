import { z } from "zod";

/** Audio that was handed in to become text. */
export const serviceJob = z
	.object({
		/** The recording's id. */
		id: z.string(),
		/** Its name in the library. */
		name: z.string(),
		status: z.enum(["queued", "processing", "completed", "failed", "cancelled", "deleted"]),
		createdAt: z.string(),
		statusUrl: z.string(),
		resultUrl: z.string(),
		/** Why it failed; a person can have it tried again. */
		error: z
			.object({ code: z.string(), message: z.string(), hint: z.string().nullable() })
			.nullable(),
		progress: z.object({ doneSeconds: z.number(), durationSeconds: z.number() }).nullable(),
	})
	.meta({ id: "ServiceJob" });
export type ServiceJob = z.infer<typeof serviceJob>;

export const serviceJobResult = z
	.object({
		id: z.string(),
		name: z.string(),
		text: z.string(),
		/** What the engine said, before corrections. */
		originalText: z.string(),
		language: z.string().nullable(),
		engine: z.string().nullable(),
		model: z.string().nullable(),
		durationSeconds: z.number().nullable(),
		segments: z.array(
			z.object({ startSeconds: z.number(), endSeconds: z.number(), text: z.string() }),
		),
	})
	.meta({ id: "ServiceJobResult" });
export type ServiceJobResult = z.infer<typeof serviceJobResult>;

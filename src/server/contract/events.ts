import { z } from "zod";

/**
 * What `GET /api/v1/events` sends, one JSON value for each `data:`. Those with an id can be asked
 * for again after a pause by `Last-Event-ID`.
 */
export const serverEvent = z
	.discriminatedUnion("type", [
		/** It was added, changed or removed, or one of its jobs was: ask again for what you show of it. */
		z.object({ type: z.literal("recording"), name: z.string() }),
		z.object({ type: z.literal("job"), name: z.string() }),
		z.object({
			type: z.literal("transcribing"),
			name: z.string(),
			doneSeconds: z.number(),
			durationSeconds: z.number(),
		}),
		z.object({
			type: z.literal("attempt-failed"),
			name: z.string(),
			message: z.string(),
			nextDelaySeconds: z.number().nullable(),
		}),
		z.object({
			type: z.literal("model-pull"),
			model: z.string(),
			doneBytes: z.int(),
			totalBytes: z.int().nullable(),
			error: z.string().nullable(),
		}),
		z.object({ type: z.literal("settings") }),
		/** More has changed than can be told: ask again for everything. */
		z.object({ type: z.literal("reset") }),
	])
	.meta({ id: "Event" });
export type ServerEvent = z.infer<typeof serverEvent>;

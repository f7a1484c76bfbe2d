import { z } from "zod";
import { states, statuses } from "../../recording.ts";
import { problem } from "./problem.ts";

export const mostInBulk = 1000;

export const bulkActions = [
	"trash",
	"restore",
	"purge",
	"cancel",
	"retry",
	"transcribe",
	"tag",
	"untag",
	"archive",
	"unarchive",
] as const;
export type BulkAction = (typeof bulkActions)[number];

/** `POST /api/v1/bulk`: the same for many recordings, named, or all that a filter finds. */
export const bulkRequest = z
	.strictObject({
		action: z.enum(bulkActions),
		/** Names, ids or unique beginnings. */
		names: z.array(z.string().max(100)).min(1).max(mostInBulk).optional(),
		/** In place of names; the newest thousand that it finds. */
		filter: z
			.strictObject({
				state: z.enum(states).optional(),
				status: z.enum(statuses).optional(),
				tags: z.array(z.string().max(100)).max(20).optional(),
			})
			.optional(),
		/** For `transcribe`: which engine. */
		engine: z.string().max(100).optional(),
		/** For `tag` and `untag`. */
		tags: z.array(z.string().max(200)).max(50).optional(),
	})
	.meta({ id: "BulkRequest" });
export type BulkRequest = z.infer<typeof bulkRequest>;

export const bulkAnswer = z
	.object({
		done: z.int(),
		failed: z.int(),
		/** The filter finds more: ask once more for those. */
		more: z.boolean(),
		/** One for each name, in their order. */
		results: z.array(z.object({ name: z.string(), ok: z.boolean(), problem: problem.nullable() })),
	})
	.meta({ id: "BulkAnswer" });
export type BulkAnswer = z.infer<typeof bulkAnswer>;

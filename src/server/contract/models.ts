import { z } from "zod";

/** A download by this service. Its steps come as `model-pull` events. */
export const modelPull = z
	.object({
		state: z.enum(["running", "failed"]),
		stage: z.enum(["downloading", "verifying", "unpacking", "copying"]).nullable(),
		doneBytes: z.int(),
		totalBytes: z.int().nullable(),
		/** Of one that failed; asking again goes on where it ended. */
		error: z
			.object({ code: z.string(), message: z.string(), hint: z.string().nullable() })
			.nullable(),
	})
	.meta({ id: "ModelPull" });
export type ModelPull = z.infer<typeof modelPull>;

export const model = z
	.object({
		name: z.string(),
		family: z.string().nullable(),
		/** BCP 47; `mul` for more than can be listed. */
		languages: z.array(z.string()).nullable(),
		goodFor: z.string().nullable(),
		licence: z.string().nullable(),
		/** False for one that somebody brought: it cannot be pulled again. */
		isKnown: z.boolean(),
		/** Of the download; null: not published. */
		sizeBytes: z.int().nullable(),
		installed: z.boolean(),
		installedBytes: z.int().nullable(),
		/** Null for one that is not here. False: files are missing or damaged. */
		isUsable: z.boolean().nullable(),
		/** What new recordings are transcribed with. */
		isDefault: z.boolean(),
		verified: z.enum(["known", "pinned", "local"]).nullable(),
		pulledAt: z.string().nullable(),
		/** So much of a download has come that was begun. */
		begunBytes: z.int().nullable(),
		pull: modelPull.nullable(),
	})
	.meta({ id: "Model" });
export type Model = z.infer<typeof model>;

export const modelList = z.object({ models: z.array(model) }).meta({ id: "Models" });
export type ModelList = z.infer<typeof modelList>;

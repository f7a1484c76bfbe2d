import { z } from "zod";
import { breaker } from "./storage.ts";

export const engine = z
	.object({
		name: z.string(),
		type: z.string().nullable(),
		model: z.string().nullable(),
		/** `detected`: found on this machine, and declared nowhere. */
		origin: z.enum(["declared", "detected"]),
		/** From 1, in the order in which they are asked; null: asked only by name. */
		place: z.int().nullable(),
		isDefault: z.boolean(),
		/** Why it is the default. */
		why: z.string().nullable(),
		/** In words; null: always. */
		conditions: z.string().nullable(),
		/** Which condition does not hold now. */
		leftOut: z.string().nullable(),
		/** Whether it would be asked first at this moment. */
		chosenNow: z.boolean(),
		breaker,
		/** Whether it could work; nothing is sent to find that out. */
		check: z.object({ ok: z.boolean(), message: z.string(), hint: z.string().nullable() }),
	})
	.meta({ id: "Engine" });
export type Engine = z.infer<typeof engine>;

export const engineList = z.object({ engines: z.array(engine) }).meta({ id: "Engines" });
export type EngineList = z.infer<typeof engineList>;

/** The sample was sent through it once. */
export const engineTrial = z
	.object({
		engine: z.string(),
		said: z.string(),
		heard: z.string(),
		latencySeconds: z.number(),
	})
	.meta({ id: "EngineTrial" });
export type EngineTrial = z.infer<typeof engineTrial>;

import { z } from "zod";

/** A name, an id, a unique beginning of a name, or `last`. */
export const referenceParams = z.object({ ref: z.string().min(1).max(100) });

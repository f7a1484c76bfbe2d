import { z } from "zod";

/** RFC 9457, with our code and hint. */
export const problem = z
	.object({
		type: z.string(),
		title: z.string(),
		status: z.int(),
		code: z.string(),
		hint: z.string().nullable(),
		retryable: z.boolean(),
		/** The id under which the log has this request. */
		requestId: z.string(),
	})
	.meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;

import { z } from "zod";

export const healthStatuses = ["ok", "degraded", "failing"] as const;

export const healthChecks = [
	"catalogue",
	"library",
	"disk",
	"sync",
	"worker",
	"engine",
	"queue",
] as const;

/** `failing`: nothing can be kept now. `degraded`: everything is kept, and something else waits. */
export const health = z
	.object({
		status: z.enum(healthStatuses),
		checks: z.array(
			z.object({
				name: z.enum(healthChecks),
				status: z.enum(healthStatuses),
				/** Null where nobody who may read asks: states alone are for everybody. */
				message: z.string().nullable(),
				hint: z.string().nullable(),
			}),
		),
	})
	.meta({ id: "Health" });
export type Health = z.infer<typeof health>;
export type HealthStatus = Health["status"];

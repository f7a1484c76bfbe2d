import { z } from "zod";
import { webhookEvents } from "../../config/defaults.ts";

const attempt = z.object({
	at: z.string(),
	status: z.int().nullable(),
	error: z.string().nullable(),
});

/** One event for one receiver that has not been taken yet, or was given up. */
export const webhookDelivery = z
	.object({
		id: z.string(),
		/** The receiver's id, and as much of its address as anybody may see. */
		webhook: z.string(),
		address: z.string(),
		event: z.string(),
		recording: z.string(),
		createdAt: z.string(),
		/** Null: it was given up. */
		nextAt: z.string().nullable(),
		attempts: z.array(attempt),
	})
	.meta({ id: "WebhookDelivery" });
export type WebhookDelivery = z.infer<typeof webhookDelivery>;

export const webhookList = z
	.object({
		webhooks: z.array(
			z.object({
				id: z.string(),
				/** Without its path, which is often a secret. */
				address: z.string(),
				events: z.array(z.enum(webhookEvents)).nullable(),
				allowPrivate: z.boolean(),
				/** Whether the variable with its key is set; without, nothing is sent. */
				hasSecret: z.boolean(),
				waiting: z.int(),
				givenUp: z.int(),
			}),
		),
	})
	.meta({ id: "WebhookList" });
export type WebhookList = z.infer<typeof webhookList>;

export const webhookDeliveries = z
	.object({ deliveries: z.array(webhookDelivery) })
	.meta({ id: "WebhookDeliveries" });

export const webhookTest = z.strictObject({ id: z.string().max(100) });

export const webhookTestResult = z.object({ status: z.int() }).meta({ id: "WebhookTestResult" });

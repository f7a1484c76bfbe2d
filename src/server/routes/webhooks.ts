import { z } from "zod";
import { type ListedDelivery, listDeliveries, redeliver } from "../../app/webhook-deliveries.ts";
import { testWebhook } from "../../app/webhook-targets.ts";
import { shownAddress, webhookId } from "../../webhooks/webhook-id.ts";
import type { Routes } from "../context.ts";
import {
	type WebhookDelivery,
	webhookDeliveries,
	webhookDelivery,
	webhookList,
	webhookTest,
	webhookTestResult,
} from "../contract/webhooks.ts";

const mostShown = 200;
const tags = ["webhooks"];

export const webhookRoutes: Routes = (server, { service }) => {
	server.get(
		"/api/v1/webhooks",
		{
			config: { scope: "admin" },
			schema: { tags, summary: "Who is told what happens", response: { 200: webhookList } },
		},
		async () => {
			const [open, dead] = [
				await listDeliveries(service.app, "open"),
				await listDeliveries(service.app, "dead"),
			];
			const of = (deliveries: ListedDelivery[], url: string) =>
				deliveries.filter((one) => one.url === url).length;
			const webhooks = service.app.config.webhooks.map((webhook) => ({
				id: webhookId(webhook.url),
				address: shownAddress(webhook.url),
				events: webhook.events ?? null,
				allowPrivate: webhook.allowPrivate ?? false,
				hasSecret: Boolean(service.environment[webhook.secretEnv]?.trim()),
				waiting: of(open, webhook.url),
				givenUp: of(dead, webhook.url),
			}));
			return { webhooks };
		},
	);
	server.get(
		"/api/v1/webhooks/deliveries",
		{
			config: { scope: "admin" },
			schema: {
				tags,
				summary: "What waits to be told, or was given up",
				querystring: z.strictObject({ state: z.enum(["open", "dead"]).default("dead") }),
				response: { 200: webhookDeliveries },
			},
		},
		async ({ query }) => {
			const deliveries = await listDeliveries(service.app, query.state);
			const isDead = query.state === "dead";
			return { deliveries: deliveries.slice(-mostShown).map((one) => shown(one, isDead)) };
		},
	);
	server.post(
		"/api/v1/webhooks/deliveries/:id/redeliver",
		{
			config: { scope: "admin" },
			schema: {
				tags,
				summary: "Try again what was given up",
				params: z.object({ id: z.string().max(100) }),
				response: { 202: webhookDelivery },
			},
		},
		async ({ params }, reply) =>
			reply.code(202).send(shown(await redeliver(service.app, params.id), false)),
	);
	server.post(
		"/api/v1/webhooks/test",
		{
			config: { scope: "admin" },
			schema: {
				tags,
				summary: "Send a test event to one of the receivers",
				body: webhookTest,
				response: { 200: webhookTestResult },
			},
		},
		async ({ body }) => ({
			status: await testWebhook(service.app, service.environment, body.id),
		}),
	);
};

function shown(delivery: ListedDelivery, isDead: boolean): WebhookDelivery {
	const { id, url, event, recording, createdAt, attempts, nextAt } = delivery;
	return {
		...{ id, webhook: webhookId(url), address: shownAddress(url) },
		...{ event, recording, createdAt, attempts },
		nextAt: isDead ? null : new Date(nextAt).toISOString(),
	};
}

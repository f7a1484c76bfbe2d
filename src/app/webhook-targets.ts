import type { WebhookConfig } from "../config/defaults.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { deliveryId } from "../webhooks/events-of.ts";
import { post } from "../webhooks/post.ts";
import { signedHeaders } from "../webhooks/sign.ts";
import type { WebhookTarget } from "../webhooks/target.ts";
import { webhookId } from "../webhooks/webhook-id.ts";
import type { App } from "./open-app.ts";

/** Those whose key is there; the others are told of. */
export function webhookTargets(
	configs: readonly WebhookConfig[],
	environment: Environment,
	log: Logger,
): WebhookTarget[] {
	return configs.flatMap(({ url, secretEnv, events, allowPrivate }) => {
		const secret = environment[secretEnv]?.trim();
		if (!secret) {
			log.error({ variable: secretEnv }, "a webhook's key is not set: it is told nothing");
			return [];
		}
		return [{ url, secret, events: events ?? null, allowPrivate: allowPrivate ?? false }];
	});
}

/**
 * Sends a test event at once.
 *
 * @param which a configured webhook's id, or its address
 * @returns the receiver's status
 */
export async function testWebhook(
	app: App,
	environment: Environment,
	which: string,
): Promise<number> {
	const [target] = webhookTargets(app.config.webhooks, environment, app.log).filter(
		({ url }) => url === which || webhookId(url) === which,
	);
	if (target === undefined) {
		throw new OnwaxError("ERR_NOT_FOUND", "No such webhook with a key is configured.", {
			hint: "`onwax webhook list` shows their ids.",
		});
	}
	const { url } = target;
	const at = new Date();
	const body = JSON.stringify({ type: "webhook.test", timestamp: at.toISOString(), data: {} });
	const id = deliveryId("test", at.getTime(), url);
	const headers = signedHeaders(target.secret, { id, at: Math.floor(at.getTime() / 1000), body });
	const { allowPrivate } = target;
	return post({ url, allowPrivate, headers, body, timeoutSeconds: 10, signal: null });
}

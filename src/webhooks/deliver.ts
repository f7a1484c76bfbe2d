import {
	type Delivery,
	type DeliveryAttempt,
	moveDelivery,
	removeDelivery,
	writeDelivery,
} from "./delivery.ts";
import { post } from "./post.ts";
import { nextDelayMs } from "./schedule.ts";
import { signedHeaders } from "./sign.ts";
import type { WebhookTarget } from "./target.ts";

const timeoutSeconds = 10;

/**
 * Tries once. What was taken is gone from the disk afterwards, what was not waits for its next time
 * or is among the dead; the attempt counts only when that is written.
 *
 * @returns what became of it; null: it was taken
 */
export async function deliver(
	folder: string,
	delivery: Delivery,
	target: WebhookTarget,
	now: Date,
	ending: AbortSignal,
): Promise<Delivery | null> {
	const attempt = await attemptOf(delivery, target, now, ending);
	if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
		await removeDelivery(folder, "open", delivery.id);
		return null;
	}
	if (attempt.status === null && ending.aborted) return delivery;
	const attempts = [...delivery.attempts, attempt];
	// 410 is how a receiver says that it wants no more of them.
	const delay = attempt.status === 410 ? null : nextDelayMs(attempts.length, Math.random);
	const next = { ...delivery, attempts, nextAt: now.getTime() + (delay ?? 0) };
	await writeDelivery(folder, "open", next);
	if (delay === null) await moveDelivery(folder, delivery.id, "open", "dead");
	return next;
}

async function attemptOf(
	{ id, body }: Delivery,
	{ url, allowPrivate, secret }: WebhookTarget,
	now: Date,
	signal: AbortSignal,
): Promise<DeliveryAttempt> {
	const at = now.toISOString();
	try {
		const headers = signedHeaders(secret, { id, at: Math.floor(now.getTime() / 1000), body });
		const status = await post({ url, allowPrivate, headers, body, timeoutSeconds, signal });
		return { at, status, error: status < 300 ? null : `answered with the status ${status}` };
	} catch (error) {
		return { at, status: null, error: error instanceof Error ? error.message : String(error) };
	}
}

/** Whether that was its last try. */
export function isDead({ attempts }: Delivery): boolean {
	return attempts.at(-1)?.status === 410 || nextDelayMs(attempts.length, () => 0) === null;
}

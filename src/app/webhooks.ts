import { join } from "node:path";
import type { FeedEntry, FeedPosition } from "../catalogue/catalogue.ts";
import type { WebhookConfig } from "../config/defaults.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Recording } from "../recording.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { deliver, isDead } from "../webhooks/deliver.ts";
import {
	type Delivery,
	isDeliveryId,
	makeDeliveryFolders,
	moveDelivery,
	readDeliveries,
	readDelivery,
	removeDelivery,
	writeDelivery,
} from "../webhooks/delivery.ts";
import { deliveryId, eventOf } from "../webhooks/events-of.ts";
import { readPosition, writePosition } from "../webhooks/position-file.ts";
import { post } from "../webhooks/post.ts";
import { signedHeaders } from "../webhooks/sign.ts";
import type { WebhookTarget } from "../webhooks/target.ts";
import { webhookId } from "../webhooks/webhook-id.ts";
import type { App } from "./open-app.ts";

const atOnce = 4;
const entriesAtOnce = 500;
/** What is due is looked for this often; what has just happened goes out at once. */
const lookMs = 1000;
/** So many wait at most: then the feed is read no further, which remembers as many again. */
const mostOpen = 10_000;
const deadDays = 30;
const dayMs = 86_400_000;

/** What is held of a delivery while it waits; the rest is on disk. */
type Waiting = Pick<Delivery, "id" | "number" | "url" | "recording" | "nextAt">;

export type Webhooks = {
	/** Something has changed: look at the feed. */
	wake(): void;
	stop(): Promise<void>;
};

/**
 * Tells the receivers what happens, in the process that serves. Another process that serves the
 * same library already does it: then this one does not.
 *
 * What is to be told is on disk before the feed counts as read, and gone from there after it was
 * taken: so each event is told at least once, with an id by which a repetition is recognised, and
 * in order for each recording. A catalogue that was built anew begins a new feed: what happened
 * around that is not told.
 */
export async function openWebhooks(app: App, environment: Environment): Promise<Webhooks | null> {
	const { config, library, log } = app;
	if (config.webhooks.length === 0) return null;
	const targets = webhookTargets(config.webhooks, environment, log);
	const folder = library.layout.webhooks;
	await makeDeliveryFolders(folder);
	const lock = await acquireLock(join(folder, "lock.db"));
	if (lock === null) {
		log.info({}, "another process tells the webhooks");
		return null;
	}
	const open = new Map<string, Waiting>();
	const told = new Set<string>();
	let position = (await readPosition(folder)) ?? (await library.catalogue.feedHead());
	await writePosition(folder, position);
	const underWay = new Map<string, Promise<void>>();
	let stopped = false;
	let turning: Promise<void> | null = null;
	let again = false;

	/** Another process may have put back what was given up. */
	async function takeUpWhatLies(): Promise<void> {
		const onUnreadable = (name: string) => {
			if (!told.has(name)) unreadable(log)(name);
			told.add(name);
		};
		for (const delivery of await readDeliveries(folder, "open", onUnreadable, open)) {
			if (config.webhooks.some(({ url }) => url === delivery.url)) wait(delivery);
			// Nobody of that address is told anything any more.
			else await moveDelivery(folder, delivery.id, "open", "dead");
		}
	}

	function wait({ id, number, url, recording, nextAt }: Waiting): void {
		open.set(id, { id, number, url, recording, nextAt });
	}

	async function forgetTheLongDead(): Promise<void> {
		for (const { id, createdAt } of await readDeliveries(folder, "dead", () => {})) {
			const ageMs = Date.now() - Date.parse(createdAt);
			if (ageMs > deadDays * dayMs) await removeDelivery(folder, "dead", id);
		}
	}

	async function readFeed(): Promise<void> {
		while (open.size < mostOpen) {
			const page = await library.catalogue.feedAfter(position, entriesAtOnce);
			if (page.head.epoch !== position.epoch) {
				log.warn({}, "the catalogue was built anew: what changed meanwhile is told to no webhook");
				position = page.head;
				await writePosition(folder, position);
				return;
			}
			if (!page.complete)
				log.warn({}, "more has changed than is remembered: webhooks miss some of it");
			const last = page.entries.at(-1);
			if (last === undefined) return;
			for (const entry of page.entries) {
				for (const delivery of await deliveriesOf(app, targets, entry, position.epoch)) {
					if (!open.has(delivery.id)) await writeDelivery(folder, delivery);
					wait(delivery);
				}
			}
			position = { epoch: position.epoch, number: last.number };
			await writePosition(folder, position);
		}
	}

	async function send(id: string, target: WebhookTarget): Promise<void> {
		const delivery = await readDelivery(folder, "open", id);
		const left = delivery && (await deliver(folder, delivery, target, new Date()));
		if (left === null) open.delete(id);
		else if (isDead(left)) {
			open.delete(id);
			log.error({ delivery: id, event: left.event }, "a webhook was given up");
		} else wait(left);
	}

	function sendWhatIsDue(): void {
		const busy = new Set([...underWay.keys()].map((id) => recordingAt(open.get(id))));
		for (const delivery of [...open.values()].sort((a, b) => a.number - b.number)) {
			if (underWay.size >= atOnce) return;
			const target = targets.find(({ url }) => url === delivery.url);
			const place = recordingAt(delivery);
			if (target === undefined || busy.has(place)) continue;
			// Its successors wait with it: what is about one recording is told in order.
			busy.add(place);
			if (underWay.has(delivery.id) || delivery.nextAt > Date.now()) continue;
			const sending = send(delivery.id, target)
				.catch((error: unknown) => {
					log.error({ delivery: delivery.id, error: String(error) }, "a webhook could not be kept");
					wait({ ...delivery, nextAt: Date.now() + 60_000 });
				})
				.finally(() => {
					underWay.delete(delivery.id);
					if (!stopped) turn();
				});
			underWay.set(delivery.id, sending);
		}
	}

	function turn(): void {
		again = true;
		turning ??= (async () => {
			while (again && !stopped) {
				again = false;
				try {
					await takeUpWhatLies();
					await readFeed();
				} catch (error) {
					log.error({ error: String(error) }, "what is to be told to webhooks could not be read");
				}
				sendWhatIsDue();
			}
			turning = null;
		})();
	}

	const forget = () =>
		forgetTheLongDead().catch((error: unknown) =>
			log.error({ error: String(error) }, "old webhooks could not be removed"),
		);
	const timer = setInterval(turn, lookMs);
	const daily = setInterval(forget, dayMs);
	void forget();
	turn();
	return {
		wake: turn,
		async stop() {
			if (stopped) return;
			stopped = true;
			clearInterval(timer);
			clearInterval(daily);
			await turning;
			await Promise.all(underWay.values());
			lock.release();
		},
	};
}

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

async function deliveriesOf(
	{ library }: App,
	targets: readonly WebhookTarget[],
	entry: FeedEntry,
	epoch: FeedPosition["epoch"],
): Promise<Delivery[]> {
	const event = eventOf(entry);
	if (event === null) return [];
	const wanting = targets.filter(({ events }) => events === null || events.includes(event));
	if (wanting.length === 0) return [];
	const now = new Date();
	const recording = await library.catalogue.get(entry.name);
	const data = recording === null ? { name: entry.name } : toldOf(recording);
	const body = JSON.stringify({ type: event, timestamp: now.toISOString(), data });
	return wanting.map(({ url }) => ({
		format: 1,
		id: deliveryId(epoch, entry.number, url),
		number: entry.number,
		url,
		event,
		recording: entry.name,
		body,
		createdAt: now.toISOString(),
		attempts: [],
		nextAt: now.getTime(),
	}));
}

function toldOf({ metadata, transcript }: Recording) {
	const { id, name, state, title, tags, source, createdAt, audio, error } = metadata;
	return {
		...{ id, name, state, title, tags, source, createdAt, error },
		durationSeconds: audio.durationSeconds,
		text: transcript?.text ?? null,
	};
}

function recordingAt(delivery: Waiting | undefined): string {
	return delivery === undefined ? "" : `${delivery.url} ${delivery.recording}`;
}

/** What waits and what was given up, oldest first. */
export async function listDeliveries({ library, log }: App, shelf: "open" | "dead") {
	return readDeliveries(library.layout.webhooks, shelf, unreadable(log));
}

/** Puts what was given up back in line, for whichever process serves. @throws ERR_NOT_FOUND */
export async function redeliver(app: App, id: string): Promise<Delivery> {
	const folder = app.library.layout.webhooks;
	const dead = isDeliveryId(id)
		? (await listDeliveries(app, "dead")).find((one) => one.id === id)
		: undefined;
	if (dead === undefined) {
		throw new OnwaxError("ERR_NOT_FOUND", "No webhook of this id was given up.");
	}
	const again = { ...dead, attempts: [], nextAt: Date.now() };
	await writeDelivery(folder, again);
	await removeDelivery(folder, "dead", id);
	return again;
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
	return post({ url, allowPrivate: target.allowPrivate, headers, body, timeoutSeconds: 10 });
}

function unreadable(log: Logger) {
	return (name: string) => log.error({ file: name }, "a webhook's file cannot be read");
}

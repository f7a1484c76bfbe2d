import type { FeedEntry } from "../catalogue/catalogue.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Recording } from "../recording.ts";
import {
	type Delivery,
	type DeliveryShelf,
	eachDelivery,
	isDeliveryId,
	readDelivery,
	removeDelivery,
	writeDelivery,
} from "../webhooks/delivery.ts";
import { deliveryId, eventOf } from "../webhooks/events-of.ts";
import type { TellPosition } from "../webhooks/position-file.ts";
import type { WebhookTarget } from "../webhooks/target.ts";
import type { App } from "./open-app.ts";

/** What the receivers are to be told of one change: one delivery for each that wants it. */
export async function deliveriesOf(
	{ library }: App,
	targets: readonly WebhookTarget[],
	entry: FeedEntry,
	{ epoch, before }: TellPosition,
): Promise<Delivery[]> {
	const event = eventOf(entry);
	if (event === null) return [];
	const wanting = targets.filter(({ events }) => events === null || events.includes(event));
	if (wanting.length === 0) return [];
	const now = new Date();
	const number = before + entry.number;
	const recording = await library.catalogue.get(entry.name);
	const data = recording === null ? { name: entry.name } : toldOf(recording);
	const body = JSON.stringify({ type: event, timestamp: now.toISOString(), data });
	return wanting.map(({ url }) => ({
		format: 1,
		id: deliveryId(epoch, number, url),
		number,
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

/** All about a delivery but its body, which holds a whole text. */
export type ListedDelivery = Omit<Delivery, "body">;

/** What waits or what was given up, oldest first. */
export async function listDeliveries(
	{ library, log }: App,
	shelf: DeliveryShelf,
): Promise<ListedDelivery[]> {
	const listed: ListedDelivery[] = [];
	for await (const delivery of eachDelivery(library.layout.webhooks, shelf, unreadable(log))) {
		const { body: _, ...about } = delivery;
		listed.push(about);
	}
	return listed.sort((a, b) => a.number - b.number);
}

/** Puts what was given up back in line, for whichever process serves. @throws ERR_NOT_FOUND */
export async function redeliver(app: App, id: string): Promise<Delivery> {
	const folder = app.library.layout.webhooks;
	const dead = isDeliveryId(id)
		? await readDelivery(folder, "dead", id, unreadable(app.log))
		: null;
	if (dead === null) {
		throw new OnwaxError("ERR_NOT_FOUND", "No webhook of this id was given up.");
	}
	const again = { ...dead, attempts: [], nextAt: Date.now() };
	await writeDelivery(folder, "open", again);
	await removeDelivery(folder, "dead", id);
	return again;
}

/** Says which file it was, and goes on. */
export function unreadable(log: Logger) {
	return (name: string) => log.error({ file: name }, "a webhook's file cannot be read");
}

import { join } from "node:path";
import { acquireLock, type ProcessLock } from "../durable/process-lock.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { deliver, isDead } from "../webhooks/deliver.ts";
import {
	type Delivery,
	eachDelivery,
	makeDeliveryFolders,
	moveDelivery,
	readDelivery,
	removeDelivery,
	removeUnfinished,
	writeDelivery,
} from "../webhooks/delivery.ts";
import { readPosition, type TellPosition, writePosition } from "../webhooks/position-file.ts";
import { isDue } from "../webhooks/schedule.ts";
import type { WebhookTarget } from "../webhooks/target.ts";
import type { App } from "./open-app.ts";
import { deliveriesOf, unreadable } from "./webhook-deliveries.ts";
import { webhookTargets } from "./webhook-targets.ts";

/** To one receiver: one that hangs takes no other's place. */
const atOnce = 4;
const entriesAtOnce = 500;
/** What is due is looked for this often; what has just happened goes out at once. */
const lookMs = 1000;
/** So many wait for one receiver at most; what comes then is given up at once, and kept as that is. */
const mostWaiting = 10_000;
/** What is being sent when the service ends gets this long; it is told again at the next start. */
const endsWithinMs = 3000;
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
 * Tells the receivers what happens, in the process that serves. While another process that serves
 * the same library does it, this one waits for it to end.
 *
 * What is to be told is on disk before the feed counts as read, and gone from there after it was
 * taken: so each event is told at least once, with an id by which a repetition is recognised, and
 * in order for each recording. A catalogue that was built anew begins a new feed: what happened
 * around that is not told.
 */
export async function openWebhooks(
	app: App,
	environment: Environment,
	limits = { mostWaiting, endsWithinMs },
): Promise<Webhooks | null> {
	const { config, library, log } = app;
	if (config.webhooks.length === 0) return null;
	const targets = webhookTargets(config.webhooks, environment, log);
	const folder = library.layout.webhooks;
	await makeDeliveryFolders(folder);
	const open = new Map<string, Waiting>();
	const told = new Set<string>();
	const underWay = new Map<string, Promise<void>>();
	const ending = new AbortController();
	let lock: ProcessLock | null = null;
	let saidThatItWaits = false;
	let position: TellPosition | null = null;
	let stopped = false;
	let turning: Promise<void> | null = null;
	let again = false;
	let trouble = "";

	/** False as long as another process tells. */
	async function isOurs(): Promise<boolean> {
		lock ??= await acquireLock(join(folder, "lock.db"));
		if (lock === null) {
			if (!saidThatItWaits) log.info({}, "another process tells the webhooks");
			saidThatItWaits = true;
			return false;
		}
		if (position === null) {
			await removeUnfinished(folder);
			const onUnreadable = () =>
				log.error({}, "where the webhooks had come to cannot be read: they may miss something");
			const found = await readPosition(folder, onUnreadable);
			const begin = found ?? { ...(await library.catalogue.feedHead()), before: 0 };
			if (found === null) await writePosition(folder, begin);
			position = begin;
			void forget();
		}
		return true;
	}

	/** Another process may have put back what was given up. */
	async function takeUpWhatLies(): Promise<void> {
		const onUnreadable = (name: string) => {
			if (!told.has(name)) unreadable(log)(name);
			told.add(name);
		};
		const found: Waiting[] = [];
		for await (const delivery of eachDelivery(folder, "open", onUnreadable, open)) {
			if (config.webhooks.some(({ url }) => url === delivery.url)) found.push(waiting(delivery));
			// Nobody of that address is told anything any more.
			else await moveDelivery(folder, delivery.id, "open", "dead");
		}
		// Together: nothing is sent before what it has to wait for is known.
		for (const one of found) wait(one);
	}

	function wait(delivery: Waiting): void {
		open.set(delivery.id, waiting(delivery));
	}

	async function forget(): Promise<void> {
		if (lock === null) return;
		await forgetTheLongDead(folder).catch((error: unknown) =>
			log.error({ error: String(error) }, "old webhooks could not be removed"),
		);
	}

	async function readFeed(from: TellPosition): Promise<void> {
		for (let at = from; !stopped; ) {
			const page = await library.catalogue.feedAfter(at, entriesAtOnce);
			// One with the same name that has come less far is an older copy of it.
			if (page.head.epoch !== at.epoch || page.head.number < at.number) {
				log.warn(
					{},
					"the catalogue was built anew or is an older copy: what changed meanwhile is told to no webhook",
				);
				// The order of what waits goes on: what comes now comes later.
				position = { ...page.head, before: at.before + at.number };
				await writePosition(folder, position);
				return;
			}
			if (!page.complete)
				log.warn({}, "more has changed than is remembered: webhooks miss some of it");
			const last = page.entries.at(-1);
			if (last === undefined) return;
			for (const entry of page.entries) {
				for (const delivery of await deliveriesOf(app, targets, entry, at)) {
					await putInLine(delivery);
				}
			}
			at = { ...at, number: last.number };
			await writePosition(folder, at);
			position = at;
		}
	}

	async function putInLine(delivery: Delivery): Promise<void> {
		const { id, url, createdAt } = delivery;
		if (open.has(id)) return;
		let waiting = 0;
		for (const one of open.values()) if (one.url === url) waiting += 1;
		if (waiting < limits.mostWaiting) {
			await writeDelivery(folder, "open", delivery);
			return wait(delivery);
		}
		const error = `${waiting} events wait for this receiver already`;
		const attempts = [{ at: createdAt, status: null, error }];
		await writeDelivery(folder, "dead", { ...delivery, attempts });
		if (!told.has(url)) log.error({ delivery: id }, "webhooks were given up: too many wait");
		told.add(url);
	}

	async function send(id: string, target: WebhookTarget): Promise<void> {
		const delivery = await readDelivery(folder, "open", id);
		const left = delivery && (await deliver(folder, delivery, target, new Date(), ending.signal));
		if (left === null) open.delete(id);
		else if (isDead(left)) {
			open.delete(id);
			log.error({ delivery: id, event: left.event }, "a webhook was given up");
		} else wait(left);
	}

	function sendWhatIsDue(): void {
		if (stopped) return;
		const busy = new Set<string>();
		const sendingTo = new Map<string, number>();
		for (const id of underWay.keys()) {
			const delivery = open.get(id);
			if (delivery === undefined) continue;
			busy.add(recordingAt(delivery));
			sendingTo.set(delivery.url, (sendingTo.get(delivery.url) ?? 0) + 1);
		}
		const now = Date.now();
		for (const delivery of [...open.values()].sort((a, b) => a.number - b.number)) {
			const { url } = delivery;
			const target = targets.find((one) => one.url === url);
			const place = recordingAt(delivery);
			const sending = sendingTo.get(url) ?? 0;
			if (target === undefined || sending >= atOnce || busy.has(place)) continue;
			// Its successors wait with it: what is about one recording is told in order.
			busy.add(place);
			if (!isDue(delivery.nextAt, now)) continue;
			sendingTo.set(url, sending + 1);
			begin(delivery, target);
		}
	}

	function begin(delivery: Waiting, target: WebhookTarget): void {
		const { id } = delivery;
		const sending = send(id, target)
			.catch((error: unknown) => {
				log.error({ delivery: id, error: String(error) }, "a webhook could not be kept");
				wait({ ...delivery, nextAt: Date.now() + 60_000 });
			})
			.finally(() => {
				underWay.delete(id);
				sendWhatIsDue();
			});
		underWay.set(id, sending);
	}

	async function look(): Promise<void> {
		if (!(await isOurs())) return;
		try {
			await takeUpWhatLies();
			if (position) await readFeed(position);
			trouble = "";
		} catch (error) {
			// A disk that stays full is told of once.
			if (trouble !== String(error)) {
				log.error({ error: String(error) }, "what is to be told to webhooks could not be read");
			}
			trouble = String(error);
		}
		sendWhatIsDue();
	}

	function turn(): void {
		again = true;
		turning ??= (async () => {
			while (again && !stopped) {
				again = false;
				await look().catch((error: unknown) =>
					log.error({ error: String(error) }, "webhooks cannot be told"),
				);
			}
			turning = null;
		})();
	}

	// What happens from now on is told, also where nothing ever was.
	await isOurs();
	const timer = setInterval(turn, lookMs);
	const daily = setInterval(forget, dayMs);
	turn();
	return {
		wake: turn,
		async stop() {
			if (stopped) return;
			stopped = true;
			clearInterval(timer);
			clearInterval(daily);
			await turning;
			const impatient = setTimeout(() => ending.abort(), limits.endsWithinMs);
			await Promise.all(underWay.values());
			clearTimeout(impatient);
			lock?.release();
		},
	};
}

function waiting({ id, number, url, recording, nextAt }: Waiting): Waiting {
	return { id, number, url, recording, nextAt };
}

function recordingAt({ url, recording }: Waiting): string {
	return `${url} ${recording}`;
}

async function forgetTheLongDead(folder: string): Promise<void> {
	for await (const { id, createdAt } of eachDelivery(folder, "dead", () => {})) {
		const ageMs = Date.now() - Date.parse(createdAt);
		if (ageMs > deadDays * dayMs) await removeDelivery(folder, "dead", id);
	}
}

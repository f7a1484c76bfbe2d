import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { namesIn } from "../durable/names-in.ts";
import { isPartName } from "../durable/part-name.ts";
import { publishFile } from "../durable/publish-file.ts";
import { step } from "../durable/step.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { systemErrorCode } from "../errors.ts";

/** One event for one receiver, until it was taken. A file of its own: `open/<id>.json`, later `dead/`. */
export type Delivery = {
	format: 1;
	/** The same whenever the same event is told to the same receiver: it can tell a repetition by it. */
	id: string;
	/** Grows with the order of what happened, from one catalogue to the next too. */
	number: number;
	url: string;
	event: string;
	/** Name of the recording: what is about the same one is told in order. */
	recording: string;
	/** The request's body. */
	body: string;
	createdAt: string;
	attempts: DeliveryAttempt[];
	/** Milliseconds since the epoch. */
	nextAt: number;
};

export type DeliveryAttempt = { at: string; status: number | null; error: string | null };

export type DeliveryShelf = "open" | "dead";

export async function makeDeliveryFolders(folder: string): Promise<void> {
	for (const shelf of ["open", "dead"]) await makeFolder(join(folder, shelf));
}

/** What a process that was killed had begun to write; only for the one that holds the lock. */
export async function removeUnfinished(folder: string): Promise<void> {
	for (const shelf of ["open", "dead", "."]) {
		for (const name of await namesIn(join(folder, shelf))) {
			if (isPartName(name)) await rm(join(folder, shelf, name), { force: true });
		}
	}
}

/** On disk before this returns. */
export async function writeDelivery(
	folder: string,
	shelf: DeliveryShelf,
	delivery: Delivery,
): Promise<void> {
	await publishFile(pathOf(folder, shelf, delivery.id), JSON.stringify(delivery));
}

/** Null: it is gone, or cannot be read, which is told. */
export async function readDelivery(
	folder: string,
	shelf: DeliveryShelf,
	id: string,
	onUnreadable: (name: string) => void = () => {},
): Promise<Delivery | null> {
	try {
		const text = await readFile(pathOf(folder, shelf, id), "utf8");
		const delivery = JSON.parse(text) as Delivery;
		if (delivery.format === 1) return delivery;
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
	}
	onUnreadable(`${id}.json`);
	return null;
}

/**
 * Those that are not known yet, in no order and one at a time: a body holds a whole text, and there may be
 * many. A file that cannot be read is told of and left alone.
 */
export async function* eachDelivery(
	folder: string,
	shelf: DeliveryShelf,
	onUnreadable: (name: string) => void,
	known: ReadonlyMap<string, unknown> = new Map(),
): AsyncGenerator<Delivery> {
	for (const name of await namesIn(join(folder, shelf))) {
		if (!name.endsWith(".json") || known.has(name.slice(0, -5))) continue;
		const id = name.slice(0, -5);
		if (!isDeliveryId(id)) onUnreadable(name);
		else {
			const delivery = await readDelivery(folder, shelf, id, onUnreadable);
			if (delivery !== null) yield delivery;
		}
	}
}

export async function removeDelivery(
	folder: string,
	shelf: DeliveryShelf,
	id: string,
): Promise<void> {
	step("webhook:remove");
	await rm(pathOf(folder, shelf, id), { force: true });
	await syncFolder(join(folder, shelf));
}

export async function moveDelivery(
	folder: string,
	id: string,
	from: DeliveryShelf,
	to: DeliveryShelf,
): Promise<void> {
	step("webhook:move");
	await rename(pathOf(folder, from, id), pathOf(folder, to, id));
	await syncFolder(join(folder, to));
	await syncFolder(join(folder, from));
}

/** Ids are ours; what comes from outside and is not one of them names no file. */
export function isDeliveryId(id: string): boolean {
	return /^evt_[0-9a-f]{1,40}$/.test(id);
}

function pathOf(folder: string, shelf: DeliveryShelf, id: string): string {
	if (!isDeliveryId(id)) throw new Error(`${id} is no delivery`);
	return join(folder, shelf, `${id}.json`);
}

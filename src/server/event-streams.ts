import type { ServerResponse } from "node:http";
import type { LiveEvent, ServiceEvents } from "../app/service-events.ts";
import type { Catalogue, FeedEntry, FeedPosition } from "../catalogue/catalogue.ts";
import type { ServerEvent } from "./contract/events.ts";

/**
 * All who listen to what changes. Each event is put into bytes once, however many they are; who does
 * not read is let go of, and comes back with the id of what it saw last.
 */
export type EventStreams = {
	/**
	 * Begins to send; the head of the answer was written by the caller.
	 *
	 * @param after what the listener saw last; null: it begins now
	 * @param isWelcome asked again with every heartbeat: false ends the stream
	 */
	add(
		response: ServerResponse,
		after: FeedPosition | null,
		isWelcome: () => Promise<boolean>,
	): Promise<void>;
	readonly open: number;
	close(): void;
};

/** So much may wait for one listener: some thousand events. */
const mostWaitingBytes = 256 * 1024;
const replayPage = 1000;

type Listener = {
	response: ServerResponse;
	isWelcome: () => Promise<boolean>;
	/** What was sent last, by number; nothing up to there is sent again. */
	sent: number;
	/** While what it missed is being read, what happens waits here. */
	waiting: Change[] | null;
};

type Change = { number: number; bytes: Buffer };

export function openEventStreams(
	events: Pick<ServiceEvents, "onChange" | "onLive">,
	catalogue: Pick<Catalogue, "feedHead" | "feedAfter">,
	{ heartbeatSeconds = 15 }: { heartbeatSeconds?: number } = {},
): EventStreams {
	const listeners = new Set<Listener>();

	function drop(listener: Listener): void {
		listeners.delete(listener);
		listener.response.destroy();
	}

	function send(listener: Listener, bytes: Buffer | string): void {
		const { response } = listener;
		response.write(bytes);
		if (response.writableLength > mostWaitingBytes) drop(listener);
	}

	function sendChange(listener: Listener, change: Change): void {
		if (listener.waiting !== null) {
			listener.waiting.push(change);
			// Its past is read slower than the present comes: it begins again from there.
			if (listener.waiting.length > 10 * replayPage) drop(listener);
		} else if (change.number > listener.sent) {
			listener.sent = change.number;
			send(listener, change.bytes);
		}
	}

	const endChanges = events.onChange((entries, head, complete) => {
		if (listeners.size === 0) return;
		const change: Change = complete
			? changeOf(entries, head)
			: { number: head.number, bytes: Buffer.from(eventText({ type: "reset" }, head)) };
		for (const listener of listeners) {
			// Another catalogue counts anew: what was sent before says nothing about it.
			if (!complete) listener.sent = -1;
			sendChange(listener, change);
		}
	});
	const endLive = events.onLive((event: LiveEvent) => {
		if (listeners.size === 0) return;
		const bytes = Buffer.from(eventText(event, null));
		// A moment that somebody missed who is not up to date yet is no loss: the next one follows.
		for (const listener of listeners) if (listener.waiting === null) send(listener, bytes);
	});
	const beat = Buffer.from(":\n\n");
	const timer = setInterval(() => {
		for (const listener of listeners) {
			listener.isWelcome().then(
				(isWelcome) => {
					if (isWelcome) send(listener, beat);
					else {
						listeners.delete(listener);
						listener.response.end();
					}
				},
				() => drop(listener),
			);
		}
	}, heartbeatSeconds * 1000);
	timer.unref();

	/** What happened since, up to now. Nothing is lost in between: what happens meanwhile waits. */
	async function replay(listener: Listener, after: FeedPosition): Promise<void> {
		let position = after;
		for (;;) {
			const { entries, head, complete } = await catalogue.feedAfter(position, replayPage);
			if (!complete) {
				listener.sent = head.number;
				return send(listener, eventText({ type: "reset" }, head));
			}
			const last = entries.at(-1);
			if (last === undefined) return;
			position = { epoch: head.epoch, number: last.number };
			listener.sent = last.number;
			send(listener, changeOf(entries, position).bytes);
		}
	}

	return {
		get open() {
			return listeners.size;
		},
		async add(response, after, isWelcome) {
			const listener: Listener = { response, isWelcome, sent: 0, waiting: [] };
			listeners.add(listener);
			response.on("close", () => listeners.delete(listener));
			response.on("error", () => listeners.delete(listener));
			try {
				const head = await catalogue.feedHead();
				// An id without data: whoever is cut off before anything happened knows where it was.
				send(listener, `retry: 2000\nid: ${idOf(after ?? head)}\n\n`);
				listener.sent = head.number;
				if (after !== null) await replay(listener, after);
				const { waiting } = listener;
				listener.waiting = null;
				for (const change of waiting ?? []) sendChange(listener, change);
			} catch (error) {
				drop(listener);
				throw error;
			}
		},
		close() {
			clearInterval(timer);
			endChanges();
			endLive();
			for (const { response } of listeners) response.end();
			listeners.clear();
		},
	};
}

/** Of several changes of one thing the last one is told. */
function changeOf(entries: readonly FeedEntry[], head: FeedPosition): Change {
	const newest = new Map<string, FeedEntry>();
	for (const entry of entries) {
		const key = `${entry.subject} ${entry.name}`;
		newest.delete(key);
		newest.set(key, entry);
	}
	const texts = [...newest.values()].map(({ subject, name, number }) =>
		eventText({ type: subject, name }, { epoch: head.epoch, number }),
	);
	return { number: head.number, bytes: Buffer.from(texts.join("")) };
}

function eventText(event: ServerEvent, position: FeedPosition | null): string {
	const id = position === null ? "" : `id: ${idOf(position)}\n`;
	return `${id}data: ${JSON.stringify(event)}\n\n`;
}

function idOf({ epoch, number }: FeedPosition): string {
	return `${epoch}-${number}`;
}

/** The position that an id stands for; null for one that is none of ours. */
export function positionOfId(id: string): FeedPosition | null {
	const [, epoch, number] = /^([0-9a-f]{1,64})-(\d{1,15})$/.exec(id) ?? [];
	return epoch === undefined ? null : { epoch, number: Number(number) };
}

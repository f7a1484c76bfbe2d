import type { Catalogue, FeedEntry, FeedPosition } from "../catalogue/catalogue.ts";
import type { Logger } from "../logger.ts";

/** What happens while the service runs and is not a change of the catalogue. */
export type LiveEvent =
	| { type: "transcribing"; name: string; doneSeconds: number; durationSeconds: number }
	| { type: "attempt-failed"; name: string; message: string; nextDelaySeconds: number | null }
	| {
			type: "model-pull";
			model: string;
			doneBytes: number;
			totalBytes: number | null;
			error: string | null;
	  }
	/** Settings, lexicons, models or tokens are other ones than before. */
	| { type: "settings" };

/** `complete` is false where more has changed than `entries` tells: whatever was known is to be asked anew. */
export type ChangeListener = (
	entries: readonly FeedEntry[],
	head: FeedPosition,
	complete: boolean,
) => void;

export type ServiceEvents = {
	/** @returns what ends the subscription */
	onChange(listener: ChangeListener): () => void;
	onLive(listener: (event: LiveEvent) => void): () => void;
	tell(event: LiveEvent): void;
	close(): void;
};

const pollMs = 150;

/**
 * Everything that changes, told to whoever listens. Changes are read from the catalogue's feed, so
 * that those of other processes are among them; it costs one look-up by key for each poll.
 */
export async function openServiceEvents(
	catalogue: Pick<Catalogue, "feedHead" | "feedAfter">,
	log: Logger,
): Promise<ServiceEvents> {
	const changed = new Set<ChangeListener>();
	const live = new Set<(event: LiveEvent) => void>();
	let position = await catalogue.feedHead();
	let busy = false;
	const poll = async () => {
		if (busy) return;
		busy = true;
		try {
			const { entries, head, complete } = await catalogue.feedAfter(position, 1000);
			const last = entries.at(-1);
			position = last ? { epoch: head.epoch, number: last.number } : head;
			if (entries.length === 0 && complete) return;
			for (const listener of changed) listener(entries, position, complete);
		} catch (error) {
			log.error({ error: String(error) }, "the feed of changes could not be read");
		} finally {
			busy = false;
		}
	};
	const timer = setInterval(() => void poll(), pollMs);
	return {
		onChange(listener) {
			changed.add(listener);
			return () => changed.delete(listener);
		},
		onLive(listener) {
			live.add(listener);
			return () => live.delete(listener);
		},
		tell(event) {
			for (const listener of live) listener(event);
		},
		close() {
			clearInterval(timer);
			changed.clear();
			live.clear();
		},
	};
}

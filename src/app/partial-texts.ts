import type { Logger } from "../logger.ts";

type Listener = (text: string) => void;

/** Who waits for the text of a long recording, and hears as much of it as is settled. */
export function openPartialTexts(log: Logger) {
	const listening = new Map<string, Set<Listener>>();
	const busy = new Set<string>();
	return {
		listen(name: string, listener: Listener): () => void {
			const listeners = listening.get(name) ?? new Set();
			listening.set(name, listeners.add(listener));
			return () => {
				listeners.delete(listener);
				if (listeners.size === 0 && listening.get(name) === listeners) listening.delete(name);
			};
		},
		/** Makes the text only where somebody listens, and one at a time: the next one has all of it. */
		onHeard(name: string, text: () => Promise<string>): void {
			if (!listening.has(name) || busy.has(name)) return;
			busy.add(name);
			text()
				.then((heard) => {
					for (const listener of listening.get(name) ?? []) listener(heard);
				})
				.catch((error: unknown) => {
					log.warn({ recording: name, error: String(error) }, "a text in progress was not told");
				})
				.finally(() => busy.delete(name));
		},
	};
}

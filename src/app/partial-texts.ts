import type { Logger } from "../logger.ts";

type Listener = (text: string) => void;

/** The texts of long recordings as far as they are settled, for whoever waits for them. */
export function openPartialTexts(log: Logger) {
	const listening = new Map<string, Set<Listener>>();
	const busy = new Set<string>();
	/** Makes the text of those that are being written: once, however many ask. */
	const heard = new Map<string, () => Promise<string>>();
	return {
		listen(name: string, listener: Listener): () => void {
			const listeners = listening.get(name) ?? new Set();
			listening.set(name, listeners.add(listener));
			return () => {
				listeners.delete(listener);
				if (listeners.size === 0 && listening.get(name) === listeners) listening.delete(name);
			};
		},
		/** Null: nothing of it is settled yet, or it is not being written here. */
		async heardSoFar(name: string): Promise<string | null> {
			return (await heard.get(name)?.()) ?? null;
		},
		/** Makes the text only where somebody listens, and one at a time: the next one has all of it. */
		onHeard(name: string, make: () => Promise<string>): void {
			let made: Promise<string> | null = null;
			const text = () => {
				made ??= make();
				return made;
			};
			heard.set(name, text);
			if (!listening.has(name) || busy.has(name)) return;
			busy.add(name);
			text()
				.then((settled) => {
					for (const listener of listening.get(name) ?? []) listener(settled);
				})
				.catch((error: unknown) => {
					log.warn({ recording: name, error: String(error) }, "a text in progress was not told");
				})
				.finally(() => busy.delete(name));
		},
		/** Nobody writes it any more, whatever came of it. */
		onLeft(name: string): void {
			heard.delete(name);
		},
	};
}

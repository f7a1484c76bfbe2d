import type { Logger } from "../logger.ts";

type Listener = (text: string) => void;

/** More recordings than that are not written at once; of one that fails nothing says that it is over. */
const mostKept = 8;

/** The texts of long recordings as far as they are settled, for whoever waits for them. */
export function openPartialTexts(log: Logger) {
	const listening = new Map<string, Set<Listener>>();
	const busy = new Set<string>();
	/** What makes the text, of those that are being written; the one heard last is the last. */
	const heard = new Map<string, () => Promise<string>>();
	return {
		/** Null: nothing of it is settled yet, or it is not being written here. */
		async heardSoFar(name: string): Promise<string | null> {
			return (await heard.get(name)?.()) ?? null;
		},
		forget(name: string): void {
			heard.delete(name);
		},
		forgetAll(): void {
			heard.clear();
		},
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
			heard.delete(name);
			heard.set(name, text);
			for (const [oldest] of heard) if (heard.size > mostKept) heard.delete(oldest);
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
	};
}

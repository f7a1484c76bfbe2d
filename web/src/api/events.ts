import type { QueryClient } from "@tanstack/react-query";
import type { ServerEvent } from "../../../src/server/contract/events.ts";
import { setConnection } from "./connection.ts";
import { noteTranscribing, settleTranscribing } from "./transcribing.ts";

export type EventHandlers = {
	/** Recordings that were added, changed or removed; several at once. */
	onRecordings: (names: string[]) => void;
	/** Each event as it comes. */
	onEvent?: (event: ServerEvent) => void;
	/** The stream could not be opened: who is signed out finds out by asking. */
	onRefused: () => void;
};

const firstDelayMs = 500;
const longestDelayMs = 15_000;

/**
 * Keeps what is shown in step with the library. Query keys begin with what they are about:
 * `["recordings", …]`, `["recording", name, …]`, `["jobs"]`, `["status"]`, `["settings", …]`,
 * `["models"]`. Lists of recordings are changed by `onRecordings`, row by row.
 *
 * After a pause it goes on where it was: what was missed is told, or `reset` is.
 *
 * @returns what ends it
 */
export function followEvents(queries: QueryClient, handlers: EventHandlers): () => void {
	let source: EventSource | null = null;
	let lastId: string | null = null;
	let delayMs = firstDelayMs;
	let reconnecting: ReturnType<typeof setTimeout> | null = null;
	let flushing: ReturnType<typeof setTimeout> | null = null;
	let stale = new Set<string>();
	let names = new Set<string>();
	let isEnded = false;

	const flush = () => {
		flushing = null;
		const keys = stale;
		const changed = [...names];
		stale = new Set();
		names = new Set();
		for (const key of keys)
			void queries.invalidateQueries({ queryKey: JSON.parse(key) as string[] });
		if (changed.length > 0) handlers.onRecordings(changed);
	};
	const touch = (...keys: string[][]) => {
		for (const key of keys) stale.add(JSON.stringify(key));
		// A bulk change is one refresh, not a thousand.
		flushing ??= setTimeout(flush, 150);
	};
	const onEvent = (event: ServerEvent) => {
		switch (event.type) {
			case "recording":
				void settleTranscribing(event.name);
				names.add(event.name);
				touch(["recording", event.name], ["status"], ["tags"]);
				break;
			case "job":
				touch(["jobs"], ["status"], ["recording", event.name]);
				break;
			case "transcribing":
				noteTranscribing(event.name, event);
				break;
			case "attempt-failed":
				touch(["jobs"]);
				break;
			case "model-pull":
				touch(["models"]);
				break;
			case "settings":
				touch(["settings"], ["engines"], ["status"]);
				break;
			case "reset":
				void queries.invalidateQueries();
				break;
		}
		handlers.onEvent?.(event);
	};
	const open = () => {
		if (isEnded) return;
		reconnecting = null;
		const after = lastId === null ? "" : `?after=${encodeURIComponent(lastId)}`;
		source = new EventSource(`/api/v1/events${after}`);
		source.onopen = () => {
			delayMs = firstDelayMs;
			setConnection("live");
			// Nothing says what was missed: what changed between an answer and this moment, or a pause.
			if (lastId === null) touch(["recordings"], ["recording"], ["jobs"], ["status"]);
		};
		source.onmessage = ({ data, lastEventId }) => {
			if (lastEventId !== "") lastId = lastEventId;
			onEvent(JSON.parse(data as string) as ServerEvent);
		};
		source.onerror = () => {
			// The browser's own way back gives up at the first answer that is no stream.
			source?.close();
			source = null;
			setConnection(navigator.onLine ? "gone" : "offline");
			handlers.onRefused();
			reconnecting ??= setTimeout(open, delayMs);
			delayMs = Math.min(longestDelayMs, delayMs * 2);
		};
	};
	const openNow = () => {
		// A stream of the network before may look open and never say anything again.
		source?.close();
		if (reconnecting !== null) clearTimeout(reconnecting);
		delayMs = firstDelayMs;
		open();
	};
	const onOffline = () => setConnection("offline");
	const onVisible = () => {
		if (document.visibilityState === "visible" && source === null) openNow();
	};
	addEventListener("online", openNow);
	addEventListener("offline", onOffline);
	document.addEventListener("visibilitychange", onVisible);
	open();
	return () => {
		isEnded = true;
		source?.close();
		if (flushing !== null) clearTimeout(flushing);
		if (reconnecting !== null) clearTimeout(reconnecting);
		removeEventListener("online", openNow);
		removeEventListener("offline", onOffline);
		document.removeEventListener("visibilitychange", onVisible);
	};
}

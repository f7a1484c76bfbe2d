import type { QueryClient } from "@tanstack/react-query";
import type { ServerEvent } from "../../../src/server/contract/events.ts";

/**
 * Keeps what is shown in step with the library. Query keys begin with what they are about:
 * `["recordings", …]`, `["recording", name, …]`, `["jobs"]`, `["status"]`, `["settings", …]`.
 *
 * @returns what ends it
 */
export function followEvents(
	queries: QueryClient,
	onLive: (event: ServerEvent) => void,
): () => void {
	const source = new EventSource("/api/v1/events");
	let stale = new Set<string>();
	let timer: ReturnType<typeof setTimeout> | null = null;
	const flush = () => {
		timer = null;
		const keys = stale;
		stale = new Set();
		for (const key of keys)
			void queries.invalidateQueries({ queryKey: JSON.parse(key) as string[] });
	};
	const touch = (...keys: string[][]) => {
		for (const key of keys) stale.add(JSON.stringify(key));
		// A bulk change is one refresh, not a thousand.
		timer ??= setTimeout(flush, 150);
	};
	source.onmessage = ({ data }) => {
		const event = JSON.parse(data as string) as ServerEvent;
		if (event.type === "recording") touch(["recordings"], ["recording", event.name], ["status"]);
		else if (event.type === "job") touch(["jobs"], ["status"], ["recording", event.name]);
		else if (event.type === "settings") touch(["settings"], ["status"]);
		else if (event.type === "reset") void queries.invalidateQueries();
		onLive(event);
	};
	return () => {
		source.close();
		if (timer !== null) clearTimeout(timer);
	};
}

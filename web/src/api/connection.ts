import { useSyncExternalStore } from "react";

/**
 * How the page and the service stand to each other. `asking`: nobody knows yet. `gone`: this device
 * has a network, and the service does not answer.
 */
export type Connection = "asking" | "live" | "offline" | "gone";

let connection: Connection = "asking";
const listeners = new Set<() => void>();

export function setConnection(next: Connection): void {
	if (next === connection) return;
	connection = next;
	for (const listener of listeners) listener();
}

export function currentConnection(): Connection {
	return connection;
}

export function useConnection(): Connection {
	return useSyncExternalStore((listener) => {
		listeners.add(listener);
		return () => listeners.delete(listener);
	}, currentConnection);
}

import { useSyncExternalStore } from "react";

/** How far the recordings are that are written down at this moment. */
export type Transcribing = { doneSeconds: number; durationSeconds: number };

const running = new Map<string, Transcribing>();
const listeners = new Set<() => void>();

export function noteTranscribing(name: string, progress: Transcribing): void {
	running.set(name, progress);
	for (const listener of listeners) listener();
}

/** It has a text, or an error, or is gone. */
export function forgetTranscribing(name: string): void {
	if (!running.delete(name)) return;
	for (const listener of listeners) listener();
}

/** Null: it is not being written down, or nobody said how far it is. */
export function useTranscribing(name: string): Transcribing | null {
	return useSyncExternalStore(subscribe, () => running.get(name) ?? null);
}

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

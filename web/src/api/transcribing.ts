import { useSyncExternalStore } from "react";
import type { RecordingJobsJson } from "../../../src/server/contract/transcript.ts";
import { ApiError, getJson } from "./client.ts";

/** How far the recordings are that are written down at this moment. */
export type Transcribing = { doneSeconds: number; durationSeconds: number };

const running = new Map<string, Transcribing>();
const listeners = new Set<() => void>();

export function noteTranscribing(name: string, progress: Transcribing): void {
	running.set(name, progress);
	for (const listener of listeners) listener();
}

/**
 * Something about it has changed: a new title perhaps, perhaps its text. Forgets how far it is, unless
 * it is still written, or told again meanwhile.
 */
export async function settleTranscribing(name: string): Promise<void> {
	const known = running.get(name);
	if (known === undefined) return;
	try {
		const path = `/api/v1/recordings/${encodeURIComponent(name)}/jobs`;
		const { jobs } = await getJson<RecordingJobsJson>(path);
		if (jobs.some(({ kind, state }) => kind === "transcribe" && state === "running")) return;
	} catch (error) {
		// Nobody knows; what is told next says it.
		if (!(error instanceof ApiError) || error.status !== 404) return;
	}
	if (running.get(name) !== known) return;
	running.delete(name);
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

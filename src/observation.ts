/**
 * What every level may tell about what it does, for whoever counts it. Telling costs a look at an
 * empty list where nobody does. This file imports nothing.
 */
export type Observation =
	/** A file or a folder was made to survive a power cut. */
	| { kind: "sync"; seconds: number }
	/** Audio that came in over the network; `outcome` is a code where it was not kept. */
	| { kind: "upload"; way: UploadWay; outcome: "begun" | "kept" | "known" | "failed" }
	/** Bytes of it, told when they have come. */
	| { kind: "upload-bytes"; way: UploadWay; bytes: number }
	/** One request to an engine; `code` is null where it answered. */
	| { kind: "engine"; engine: string; seconds: number; code: string | null }
	| { kind: "retry"; engine: string }
	| { kind: "job"; job: string; outcome: JobEnd }
	| {
			kind: "request";
			method: string;
			/** The pattern, never the path that was asked for. */
			route: string;
			status: number;
			seconds: number;
			/** An answer that goes on for as long as somebody listens says nothing about speed. */
			isStream: boolean;
	  }
	| { kind: "streams"; change: 1 | -1 };

/** `upload`: whatever gives a receipt; `openai`: the endpoint that answers the text. */
export type UploadWay = "upload" | "openai";
export type JobEnd = "done" | "postponed" | "failed" | "given-up" | "interrupted";

const listeners = new Set<(observation: Observation) => void>();

export function observe(observation: Observation): void {
	for (const listener of listeners) listener(observation);
}

/** @returns what ends it; `listener` must not throw */
export function onObservation(listener: (observation: Observation) => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

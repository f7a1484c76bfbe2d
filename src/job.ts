/** A Job is one piece of work on one recording. This file names the parts; it imports nothing. */

export const jobKinds = [
	"transcribe",
	"compress",
	"peaks",
	"chat",
	"speakers",
	"copy",
	"scrub",
	"purge",
] as const;
export type JobKind = (typeof jobKinds)[number];

/**
 * `parked`: tried too often or hopeless, or the recording is in the trash; waits for a person. `done`
 * rows are kept for a while.
 */
export const jobStates = ["queued", "running", "done", "parked"] as const;
export type JobState = (typeof jobStates)[number];

/** One failed try, kept for the person who asks why. */
export type Attempt = {
	at: string;
	engine: string | null;
	code: string;
	message: string;
	httpStatus: number | null;
	latencySeconds: number;
};

export type Job = {
	id: number;
	recording: string;
	kind: JobKind;
	/** Parameters of the work, e.g. `{ "engine": "openai" }`. */
	parameters: Record<string, string>;
	state: JobState;
	/** How often it was handed out; a job that keeps killing its worker is parked. */
	deliveries: number;
	attempts: Attempt[];
	/** Fencing token: only the holder of the newest one may complete the job. */
	token: string | null;
};

import type { CaptureState } from "../capture/capture.ts";
import { listCaptures } from "../capture/control-client.ts";
import { trashedCode } from "../catalogue/trashed-jobs.ts";
import type { Config } from "../config/defaults.ts";
import { freeBytes } from "../durable/volume.ts";
import { openSpeech } from "../speech/open-speech.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { openEngines } from "./engines.ts";
import type { Reading } from "./open-for-reading.ts";

/** A recorder that stands still (Ctrl-Z in its terminal) is there, and cannot be asked. */
export type RecordingStatus = { name: string; pid: number } & (
	| { state: CaptureState; device: string; capturedSeconds: number }
	| { state: "not-answering"; device: null; capturedSeconds: null }
);

export type LibraryStatus = {
	dataDir: string;
	exists: boolean;
	/** What is being recorded at this moment. */
	recording: RecordingStatus[];
	/** Kept ones, by how far their text is. */
	recordings: { total: number; pending: number; success: number; failed: number };
	durationSeconds: number;
	sizeBytes: number;
	trash: { recordings: number; sizeBytes: number };
	/** Null where that cannot be asked (a library that is only read). */
	jobs: { queued: number; running: number; parked: number } | null;
	engine: { name: string; why: string } | null;
	/** On the disk of the library; null where there is none yet. */
	freeBytes: number | null;
	reserveBytes: number;
};

export async function libraryStatus(
	reading: Reading | null,
	config: Config,
	environment: Environment,
): Promise<LibraryStatus> {
	const status: LibraryStatus = {
		dataDir: config.dataDir,
		exists: reading !== null,
		recording: [],
		recordings: { total: 0, pending: 0, success: 0, failed: 0 },
		durationSeconds: 0,
		sizeBytes: 0,
		trash: { recordings: 0, sizeBytes: 0 },
		jobs: null,
		engine: null,
		freeBytes: null,
		reserveBytes: config.minFreeSpaceMb * 1e6,
	};
	const models = reading?.layout.models ?? "";
	status.engine = await openEngines(config, models, environment, openSpeech()).describeDefault();
	if (reading === null) return status;
	for (const count of await reading.catalogue.counts()) {
		if (count.status === "deleted") {
			status.trash.recordings += count.recordings;
			status.trash.sizeBytes += count.sizeBytes;
			continue;
		}
		status.recordings.total += count.recordings;
		status.recordings[count.state] += count.recordings;
		status.durationSeconds += count.durationSeconds;
		status.sizeBytes += count.sizeBytes;
	}
	for (const { name, pid, snapshot } of await listCaptures(reading.layout)) {
		if (snapshot === null) {
			const unknown = { state: "not-answering", device: null, capturedSeconds: null } as const;
			status.recording.push({ name, pid, ...unknown });
			continue;
		}
		const { state, device, capturedSeconds } = snapshot;
		status.recording.push({ name, pid, state, device, capturedSeconds });
	}
	status.jobs = await countJobs(reading);
	status.freeBytes = await freeBytes(reading.layout.data);
	return status;
}

async function countJobs({ catalogue }: Reading): Promise<LibraryStatus["jobs"]> {
	if (!catalogue.writable) return null;
	const rows = await catalogue.db
		.selectFrom("jobs")
		.select(["state", ({ fn }) => fn.countAll<number>().as("jobs")])
		.where("state", "in", ["queued", "running", "parked"])
		.where((is) => is.or([is("error_code", "is", null), is("error_code", "!=", trashedCode)]))
		.groupBy("state")
		.execute();
	const jobs = { queued: 0, running: 0, parked: 0 };
	for (const row of rows) jobs[row.state as keyof typeof jobs] = row.jobs;
	return jobs;
}

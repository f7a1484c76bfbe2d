import { listCaptures } from "../capture/control-client.ts";
import type { BreakerView } from "../transcribe/breaker-state.ts";
import { type DiskState, diskState } from "./disk.ts";
import { countOpenJobs } from "./open-jobs.ts";
import type { Service } from "./service.ts";

export type ServiceState = {
	version: string;
	startedAt: string;
	uptimeSeconds: number;
	/** `elsewhere`: another process's task. */
	worker: "running" | "stopped" | "elsewhere";
	engine: { name: string; why: string; breaker: BreakerView } | null;
	/** Kept ones, by how far their text is. */
	recordings: {
		total: number;
		pending: number;
		success: number;
		failed: number;
		durationSeconds: number;
		sizeBytes: number;
	};
	trash: { recordings: number; sizeBytes: number };
	jobs: { queued: number; running: number; parked: number };
	/** What is being recorded on this machine; null where the recorder does not answer. */
	recording: {
		name: string;
		state: string;
		device: string | null;
		capturedSeconds: number | null;
	}[];
	disk: DiskState;
};

/** The service at a glance; costs the same however large the library is. */
export async function serviceState({ app, startedAt, worker }: Service): Promise<ServiceState> {
	const { library, engines, config } = app;
	const recordings = {
		...{ total: 0, pending: 0, success: 0, failed: 0 },
		...{ durationSeconds: 0, sizeBytes: 0 },
	};
	const trash = { recordings: 0, sizeBytes: 0 };
	for (const count of await library.catalogue.counts()) {
		if (count.status === "deleted") {
			trash.recordings += count.recordings;
			trash.sizeBytes += count.sizeBytes;
			continue;
		}
		recordings.total += count.recordings;
		recordings[count.state] += count.recordings;
		recordings.durationSeconds += count.durationSeconds;
		recordings.sizeBytes += count.sizeBytes;
	}
	const engine = await engines.describeDefault();
	const captures = await listCaptures(library.layout);
	return {
		version: library.appVersion,
		startedAt: startedAt.toISOString(),
		uptimeSeconds: (Date.now() - startedAt.getTime()) / 1000,
		worker: worker ?? "elsewhere",
		engine: engine && { ...engine, breaker: await engines.breakerOf(engine.name) },
		recordings,
		trash,
		jobs: await countOpenJobs(library.catalogue),
		recording: captures.map(({ name, snapshot }) => ({
			name,
			state: snapshot?.state ?? "not-answering",
			device: snapshot?.device ?? null,
			capturedSeconds: snapshot?.capturedSeconds ?? null,
		})),
		disk: await diskState(library.layout.data, config.minFreeSpaceMb * 1e6),
	};
}

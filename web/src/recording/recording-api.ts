import { type QueryClient, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { EngineList } from "../../../src/server/contract/engines.ts";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import type {
	ComparisonJson,
	HeardSoFarJson,
	LayersJson,
	RecordingJobsJson,
	SpeakerListJson,
	TranscriptJson,
} from "../../../src/server/contract/transcript.ts";
import { ApiError, getJson, request, sendJson } from "../api/client.ts";
import { type Peaks, readPeaks } from "./peaks.ts";

export function addressOf(name: string, rest = ""): string {
	return `/api/v1/recordings/${encodeURIComponent(name)}${rest}`;
}

/** All that is asked about one recording; events make every key that begins with it ask again. */
export function keyOf(name: string, ...about: unknown[]): unknown[] {
	return ["recording", name, ...about];
}

export function useRecording(name: string) {
	return useQuery({
		queryKey: keyOf(name),
		queryFn: ({ signal }) => getJson<RecordingDetail>(addressOf(name), signal),
	});
}

/** A text together with what proves, when it is changed, that nobody else changed it meanwhile. */
export type ReadTranscript = TranscriptJson & { etag: string | null };

export async function readTranscript(name: string, signal?: AbortSignal): Promise<ReadTranscript> {
	const response = await request(addressOf(name, "/transcript"), signal ? { signal } : {});
	const transcript = (await response.json()) as TranscriptJson;
	return { ...transcript, etag: response.headers.get("etag") };
}

export function useTranscript(name: string, isThere: boolean) {
	return useQuery({
		queryKey: keyOf(name, "transcript"),
		queryFn: ({ signal }) => readTranscript(name, signal),
		enabled: isThere,
	});
}

/** What is settled of a text that is being written; asked for again whenever more of it is. */
export function useHeardSoFar(name: string, isAwaited: boolean, doneSeconds: number) {
	const { data, refetch } = useQuery({
		queryKey: keyOf(name, "heard"),
		queryFn: ({ signal }) => getJson<HeardSoFarJson>(addressOf(name, "/heard"), signal),
		enabled: isAwaited,
	});
	// One question at a time: where windows end faster than texts are made, the next answer has all of it.
	useEffect(() => {
		if (isAwaited && doneSeconds > 0) void refetch({ cancelRefetch: false });
	}, [isAwaited, doneSeconds, refetch]);
	return data?.text ?? null;
}

/** Null while there are none yet: they are drawn after the audio is kept. */
export function usePeaks(name: string, sha256: string) {
	return useQuery({
		queryKey: ["peaks", name, sha256],
		queryFn: async ({ signal }): Promise<Peaks | null> => {
			try {
				const headers = { accept: "application/octet-stream" };
				const response = await request(addressOf(name, "/peaks"), { headers, signal });
				return readPeaks(await response.arrayBuffer());
			} catch (error) {
				if (error instanceof ApiError && error.status === 404) return null;
				throw error;
			}
		},
		staleTime: Number.POSITIVE_INFINITY,
		retry: false,
		refetchInterval: ({ state }) => (state.data === null ? 3000 : false),
	});
}

export function useLayers(name: string, isOpen: boolean) {
	return useQuery({
		queryKey: keyOf(name, "layers"),
		queryFn: ({ signal }) => getJson<LayersJson>(addressOf(name, "/layers"), signal),
		enabled: isOpen,
	});
}

export function useComparison(
	name: string,
	wanted: { left: string; right: string; isExact: boolean } | null,
) {
	return useQuery({
		queryKey: keyOf(name, "compare", wanted),
		queryFn: ({ signal }) => {
			const { left = "", right = "", isExact = false } = wanted ?? {};
			const query = new URLSearchParams({ left, right, ...(isExact ? { exact: "1" } : {}) });
			return getJson<ComparisonJson>(addressOf(name, `/compare?${query}`), signal);
		},
		enabled: wanted !== null,
	});
}

export function useSpeakers(name: string, isOpen: boolean) {
	return useQuery({
		queryKey: keyOf(name, "speakers"),
		queryFn: ({ signal }) => getJson<SpeakerListJson>(addressOf(name, "/speakers"), signal),
		enabled: isOpen,
	});
}

/** Has the waveform drawn, where nothing else made the service do it. */
export async function askForPeaks(name: string): Promise<void> {
	await request(addressOf(name, "/peaks"), { method: "POST" });
}

export function useEngines(isOpen: boolean) {
	return useQuery({
		queryKey: ["engines"],
		queryFn: ({ signal }) => getJson<EngineList>("/api/v1/engines", signal),
		enabled: isOpen,
	});
}

export async function tellApart(name: string): Promise<void> {
	await sendJson("POST", addressOf(name, "/speakers/tell-apart"), {});
}

export function useJobs(name: string) {
	return useQuery({
		queryKey: keyOf(name, "jobs"),
		queryFn: ({ signal }) => getJson<RecordingJobsJson>(addressOf(name, "/jobs"), signal),
	});
}

export type Change = {
	title?: string;
	description?: string;
	tags?: string[];
	text?: string;
	undoEdit?: boolean;
};

/**
 * @param etag null: whatever stands there is changed
 * @throws ApiError with ERR_PRECONDITION where somebody else was first
 */
export function changeRecording(
	name: string,
	change: Change,
	etag: string | null = null,
): Promise<RecordingDetail> {
	return sendJson("PATCH", addressOf(name), change, etag === null ? {} : { "if-match": etag });
}

export type Deed =
	| "trash"
	| "restore"
	| "archive"
	| "unarchive"
	| "retry"
	| "transcribe"
	| "cancel";

export function doTo(name: string, deed: Deed, body: object = {}): Promise<RecordingDetail> {
	return sendJson("POST", addressOf(name, `/${deed}`), body);
}

export async function purge(name: string): Promise<void> {
	await request(addressOf(name, "/purge"), { method: "POST" });
}

export function nameSpeakers(name: string, names: Record<string, string | null>) {
	return sendJson<SpeakerListJson>("PATCH", addressOf(name, "/speakers"), { names });
}

/** What was answered is shown at once; the rest of the recording is asked for again. */
export function took(queries: QueryClient, name: string, recording: RecordingDetail): void {
	queries.setQueryData(keyOf(name), recording);
	void queries.invalidateQueries({ queryKey: keyOf(name) });
	void queries.invalidateQueries({ queryKey: ["recordings"] });
}

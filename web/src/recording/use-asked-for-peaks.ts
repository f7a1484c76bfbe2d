import { useEffect, useRef } from "react";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { askForPeaks } from "./recording-api.ts";

const patienceMs = 15_000;

/**
 * The waveform is drawn after the text. Where no text comes (no engine, a failure), it is asked for
 * on its own: not at once, since a recording that is being written down is about to move.
 */
export function useAskedForPeaks(
	{ name, state, createdAt }: RecordingDetail,
	{ data, dataUpdatedAt }: { data: unknown; dataUpdatedAt: number },
): void {
	const hasAsked = useRef(false);
	useEffect(() => {
		const isDue = state !== "pending" || dataUpdatedAt - Date.parse(createdAt) > patienceMs;
		if (data !== null || !isDue || hasAsked.current) return;
		hasAsked.current = true;
		// Without it there is a line to click on; whoever opens the page next asks again.
		askForPeaks(name).catch(() => {});
	}, [name, state, createdAt, data, dataUpdatedAt]);
}

import { isGone, type LocalRecording } from "./messages.ts";

const everyMs = 1000;

/** Lets other tabs watch what this one has. */
export function shareProgress(heard: (recording: LocalRecording) => void): {
	tell(recording: LocalRecording): void;
} {
	const channel = new BroadcastChannel("onwax-recordings");
	const told = new Map<string, { phase: LocalRecording["phase"]; atMs: number }>();
	channel.onmessage = ({ data }: MessageEvent<LocalRecording>) => {
		heard(isGone(data) ? data : { ...data, phase: "elsewhere" });
	};
	return {
		tell(recording) {
			const last = told.get(recording.id);
			const now = performance.now();
			if (last && last.phase === recording.phase && now - last.atMs < everyMs) return;
			told.set(recording.id, { phase: recording.phase, atMs: now });
			channel.postMessage(recording);
		},
	};
}

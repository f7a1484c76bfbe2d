import { formatDuration, formatSize } from "../design/format.ts";
import { RungList } from "../design/Ladder.tsx";
import type { LocalRecording } from "./messages.ts";

/** The rungs that come before the library's own: what is here, and how much of it has arrived. */
export function LocalLadder({ recording }: { recording: LocalRecording }) {
	const { capturedSeconds, onDiskBytes, uploadedBytes, receipt } = recording;
	return (
		<RungList
			rungs={[
				{ name: "captured", value: formatDuration(capturedSeconds) },
				{ name: "in this browser", value: onDiskBytes === 0 ? null : formatSize(onDiskBytes) },
				{ name: "uploaded", value: uploadedBytes === 0 ? null : formatSize(uploadedBytes) },
				{ name: "compared", value: receipt === null ? null : `${receipt.sha256.slice(0, 6)}…` },
			]}
		/>
	);
}

import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";

const key = "onwax.recording-format";
const usual: RecordingFormat = { sampleRate: 16_000, channels: 1 };
/** Recording begins without the service, too. */
const patienceMs = 500;

/** As the library's settings say (`record.sampleRate`, `record.channels`); without the service, as they last said. */
export async function recordingFormat(): Promise<RecordingFormat> {
	try {
		const signal = AbortSignal.timeout(patienceMs);
		const response = await fetch("/api/v1/recording-format", { signal, cache: "no-store" });
		if (!response.ok) return lastFormat();
		const { sampleRate, channels } = (await response.json()) as RecordingFormat;
		const format = { sampleRate, channels };
		localStorage.setItem(key, JSON.stringify(format));
		return format;
	} catch {
		return lastFormat();
	}
}

function lastFormat(): RecordingFormat {
	try {
		return { ...usual, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as object) };
	} catch {
		return usual;
	}
}

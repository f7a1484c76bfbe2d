import type { RecordingSummary } from "../../../src/server/contract/recording.ts";
import { formatDay, formatTime } from "../design/format.ts";
import { titleOf } from "../design/title.ts";

/** What a recording is called, whatever is known of it. */
export function calledOf(
	recording: Pick<RecordingSummary, "title" | "originalFilename" | "createdAt">,
): string {
	const { createdAt } = recording;
	return titleOf(recording) ?? `${formatDay(createdAt)}, ${formatTime(createdAt)}`;
}

const sourceNames = {
	microphone: "recorded with the microphone",
	import: "imported",
	browser: "from the browser",
	api: "sent over the API",
	remote: "from another machine",
} as const;

export function sourceWords(source: RecordingSummary["source"]): string {
	return sourceNames[source];
}

/** `de` → `German`; what is no language code stays as it is. */
export function languageName(code: string): string {
	try {
		return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
	} catch {
		return code;
	}
}

export function engineName({ engine, model }: { engine: string | null; model: string | null }) {
	if (engine === null) return "an engine that is not known any more";
	return model === null || model === "" ? engine : `${engine} (${model})`;
}

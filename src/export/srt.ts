import { cuesOf } from "./cues.ts";
import type { Exporter } from "./exporter.ts";
import { subtitleTimestamp } from "./timestamp.ts";

/** SubRip: numbered cues, times with a comma. It has no escapes, so an arrow in the text is drawn as one. */
export const srt: Exporter = {
	extension: "srt",
	mimeType: "application/x-subrip; charset=utf-8",
	render: (input) =>
		cuesOf(input)
			.map(({ startMs, endMs, lines }, index) => {
				const times = [startMs, endMs].map((timeMs) => subtitleTimestamp(timeMs, ","));
				const text = lines.map((line) => line.replaceAll("-->", "→"));
				return `${[index + 1, times.join(" --> "), ...text].join("\n")}\n`;
			})
			.join("\n"),
};

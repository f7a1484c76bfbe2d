import { cuesOf } from "./cues.ts";
import type { Exporter } from "./exporter.ts";
import { columnsOf, graphemesOf } from "./scripts.ts";
import { subtitleTimestamp } from "./timestamp.ts";

/**
 * SubRip: numbered cues, times with a comma; who speaks stands before what they begin to say. It has
 * no escapes, so an arrow in the text is drawn as one.
 */
export const srt: Exporter = {
	extension: "srt",
	mimeType: "application/x-subrip; charset=utf-8",
	render: (input) =>
		cuesOf(input, (speaker) => `${shortened(withoutMarkup(speaker))}:`)
			.map(({ startMs, endMs, lines }, index) => {
				const times = [startMs, endMs].map((timeMs) => subtitleTimestamp(timeMs, ","));
				const text = lines.map((line) => line.replaceAll("-->", "→"));
				return `${[index + 1, times.join(" --> "), ...text].join("\n")}\n`;
			})
			.join("\n"),
};

/** A name stays within half a line. */
function shortened(name: string): string {
	if (columnsOf(name) <= 20) return name;
	let short = "";
	for (const grapheme of graphemesOf(name)) {
		if (columnsOf(short + grapheme) > 19) break;
		short += grapheme;
	}
	return `${short.trimEnd()}…`;
}

/** Players take these for tags. */
function withoutMarkup(name: string): string {
	return name
		.replaceAll("-->", "→")
		.replace(/[<>{}]/g, (bracket) => (bracket === "<" || bracket === "{" ? "(" : ")"));
}

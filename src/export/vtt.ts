import { cuesOf } from "./cues.ts";
import type { Exporter } from "./exporter.ts";
import { subtitleTimestamp } from "./timestamp.ts";

/**
 * WebVTT (W3C), whose cue text is markup: `&`, `<` and `>` are escaped, and with them `-->`. Who
 * speaks is a voice span over the whole cue.
 */
export const vtt: Exporter = {
	extension: "vtt",
	mimeType: "text/vtt; charset=utf-8",
	render: (input) => {
		const cues = cuesOf(input).map(({ startMs, endMs, speaker, lines }) => {
			const times = [startMs, endMs].map((timeMs) => subtitleTimestamp(timeMs, "."));
			const voice = speaker === null ? "" : `<v ${escaped(speaker)}>`;
			return `\n${times.join(" --> ")}\n${voice}${lines.map(escaped).join("\n")}\n`;
		});
		return `WEBVTT\n${cues.join("")}`;
	},
};

function escaped(line: string): string {
	return line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

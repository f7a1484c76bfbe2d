import { OnwaxError } from "../errors.ts";
import type { Exporter, ExportInput } from "./exporter.ts";
import { json } from "./json.ts";
import { markdown } from "./markdown.ts";
import { srt } from "./srt.ts";
import { txt } from "./txt.ts";
import { vtt } from "./vtt.ts";

/** Every format by its name: a new one is a file and a line here. */
const exporters = { txt, srt, vtt, md: markdown, json } satisfies Record<string, Exporter>;

export type ExportFormat = keyof typeof exporters;

export const exportFormats = Object.keys(exporters) as ExportFormat[];

/** @throws ERR_UNSUPPORTED for a name that is no format */
export function exporterOf(format: string): Exporter {
	if (Object.hasOwn(exporters, format)) return exporters[format as ExportFormat];
	throw new OnwaxError("ERR_UNSUPPORTED", `There is no export format "${format}".`, {
		hint: `Choose one of ${exportFormats.join(", ")}.`,
	});
}

/**
 * The transcript as a text file of this format.
 *
 * @throws ERR_UNSUPPORTED for subtitles of a transcript without times whose duration is unknown
 */
export function exportTranscript(format: string, input: ExportInput): string {
	return exporterOf(format).render(input);
}

import type { Metadata } from "../recording.ts";
import type { Transcript } from "../transcript.ts";

/** What an export is made of; `transcript.text` is the text as it stands, lexicon and edits applied. */
export type ExportInput = {
	transcript: Transcript;
	metadata: Pick<Metadata, "name" | "title" | "originalFilename" | "createdAt" | "tags" | "audio">;
};

/**
 * A format that a transcript can be written in. Pure; lines end with LF, the last one too.
 * Throws ERR_UNSUPPORTED where the format needs what the transcript lacks.
 */
export type Exporter = {
	/** Without the dot. */
	extension: string;
	mimeType: string;
	render(input: ExportInput): string;
};

export function titleOf({ metadata }: ExportInput): string {
	return metadata.title ?? metadata.originalFilename ?? metadata.name;
}

/** The text with LF as its only line break and control character. */
export function plainText(text: string): string {
	return (
		text
			.replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
			// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
			.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
	);
}

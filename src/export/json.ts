import type { Exporter } from "./exporter.ts";

/** The transcript with its times, and enough about the recording to know what it is of. */
export const json: Exporter = {
	extension: "json",
	mimeType: "application/json",
	render({ transcript, metadata }) {
		const { engine, model, language, text, originalText, segments, lexicons, edit } = transcript;
		const { name, title, originalFilename, createdAt, tags, audio } = metadata;
		const document = {
			format: 1,
			name,
			title,
			originalFilename,
			createdAt,
			tags,
			durationSeconds: audio.durationSeconds,
			engine,
			model,
			language,
			text,
			originalText,
			segments,
			speakerNames: transcript.speakerNames ?? {},
			lexicons,
			editedAt: edit?.editedAt ?? null,
			coverage: transcript.coverage ?? null,
		};
		return `${JSON.stringify(document, null, 2)}\n`;
	},
};

import { type Exporter, plainText } from "./exporter.ts";

export const txt: Exporter = {
	extension: "txt",
	mimeType: "text/plain; charset=utf-8",
	render: ({ transcript }) => `${plainText(transcript.text).trim()}\n`,
};

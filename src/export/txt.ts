import { type Exporter, plainText } from "./exporter.ts";
import { saidBy } from "./said-by.ts";

/** The text as it reads; where several speak, what each of them says begins a line, with their name. */
export const txt: Exporter = {
	extension: "txt",
	mimeType: "text/plain; charset=utf-8",
	render(input) {
		const said = saidBy(input);
		if (said.every(({ speaker }) => speaker === null)) {
			return `${plainText(input.transcript.text).trim()}\n`;
		}
		return said
			.map(({ speaker, text }) => `${speaker === null ? "" : `${speaker}: `}${text}\n`)
			.join("");
	},
};

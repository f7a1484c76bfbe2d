import { type Exporter, type ExportInput, plainText, titleOf } from "./exporter.ts";
import { timedUnits } from "./timed-units.ts";
import { spokenDuration } from "./timestamp.ts";
import { endsSentence, lineOf, type Token, timedTokens } from "./tokens.ts";

/** A silence of this length begins a paragraph, */
const pauseSeconds = 2;
/** and so does the first sentence after this many characters. */
const longParagraphLength = 600;

/** Markdown (CommonMark): title, facts, and the text in paragraphs. All text is escaped: it shows as it was said. */
export const markdown: Exporter = {
	extension: "md",
	mimeType: "text/markdown; charset=utf-8",
	render(input) {
		const facts = factsOf(input).map(([name, value]) => `- ${name}: ${inline(value)}`);
		const paragraphs = paragraphsOf(input).map(inline);
		return `${[`# ${inline(titleOf(input))}`, facts.join("\n"), ...paragraphs].join("\n\n")}\n`;
	},
};

function factsOf({ transcript, metadata }: ExportInput): [string, string][] {
	const { durationSeconds } = metadata.audio;
	const { engine, model, language, edit } = transcript;
	const facts: [string, string | null][] = [
		["Recorded", metadata.createdAt],
		["Duration", durationSeconds === null ? null : spokenDuration(durationSeconds)],
		["Tags", metadata.tags.join(", ") || null],
		["Language", language],
		["Engine", model ? `${engine} (${model})` : engine],
		["Edited", edit?.editedAt ?? null],
	];
	return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

function paragraphsOf({ transcript }: ExportInput): string[] {
	const text = plainText(transcript.text).trim();
	if (text === "") return [];
	// Somebody made lines of it, or the engine did: those are the paragraphs.
	if (text.includes("\n")) return text.split(/\s*\n\s*/);
	const paragraphs: Token[][] = [];
	let length = 0;
	for (const token of timedTokens(text, timedUnits(text, transcript.segments), 1000)) {
		const current = paragraphs.at(-1);
		const last = current?.at(-1);
		const isPause = last && token.startSeconds - last.endSeconds >= pauseSeconds;
		const isLong = last && length >= longParagraphLength && endsSentence(last);
		if (current && !isPause && !isLong) current.push(token);
		else {
			paragraphs.push([token]);
			length = 0;
		}
		length += token.text.length + 1;
	}
	return paragraphs.map(lineOf);
}

/** One line of text with everything escaped that CommonMark would take for markup. */
function inline(text: string): string {
	return plainText(text)
		.replace(/\s+/g, " ")
		.trim()
		.replace(/[\\`*_[\]<>&|~$]/g, "\\$&")
		.replace(/^(#{1,6}|[-+=]+)(?=\s|$)/, "\\$1")
		.replace(/^[-+=](?=[-+=\s]*$)/, "\\$&")
		.replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2")
		.replace(/#+$/, "\\$&");
}

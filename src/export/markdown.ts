import type { DoubtKind, Transcript } from "../transcript.ts";
import { type Exporter, type ExportInput, plainText, titleOf } from "./exporter.ts";
import { type Said, saidBy } from "./said-by.ts";
import { timedUnits } from "./timed-units.ts";
import { spokenDuration } from "./timestamp.ts";
import { endsSentence, lineOf, type Token, timedTokens } from "./tokens.ts";

/** A silence of this length begins a paragraph, */
const pauseSeconds = 2;
/** and so does the first sentence after this many characters. */
const longParagraphLength = 600;

/** Markdown (CommonMark): title, facts, and the text in paragraphs, with who speaks before them. All text is escaped: it shows as it was said. */
export const markdown: Exporter = {
	extension: "md",
	mimeType: "text/markdown; charset=utf-8",
	render(input) {
		const facts = factsOf(input).map(([name, value]) => `- ${name}: ${inline(value)}`);
		const paragraphs = saidBy(input).flatMap(({ speaker, ...said }) => {
			const [first = "", ...more] = paragraphsOf(said).map(inline);
			if (first === "") return [];
			return [speaker === null ? first : `**${inline(speaker)}:** ${first}`, ...more];
		});
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
		["Speech without words", placesOf(transcript, "gap")],
		["Again and again", placesOf(transcript, "loop")],
		["Words where nobody speaks", placesOf(transcript, "unheard")],
	];
	return facts.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}

/** A text that is not whole says so: `1:23–1:30, 4:05–4:11`; null where there is nothing to say. */
function placesOf({ coverage }: Transcript, kind: DoubtKind): string | null {
	const doubts = coverage?.doubts.filter((doubt) => doubt.kind === kind) ?? [];
	const spans = doubts.map(({ startSeconds, endSeconds }) => {
		const [from, to] = [Math.floor(startSeconds), Math.ceil(endSeconds)];
		return `${spokenDuration(from)}–${spokenDuration(to)}`;
	});
	return spans.join(", ") || null;
}

function paragraphsOf({ text: said, segments }: Pick<Said, "text" | "segments">): string[] {
	const text = said.trim();
	if (text === "") return [];
	// Somebody made lines of it, or the engine did: those are the paragraphs.
	if (text.includes("\n")) return text.split(/\s*\n\s*/);
	const paragraphs: Token[][] = [];
	let length = 0;
	for (const token of timedTokens(text, timedUnits(text, segments), 1000)) {
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

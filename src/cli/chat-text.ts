import type { ChatJson } from "../app/chat.ts";
import type { ChatTask } from "../chat/chat-tasks.ts";
import type { Output } from "./output.ts";
import { count } from "./size.ts";
import { writeText } from "./text.ts";
import { visible, visibleText } from "./visible.ts";
import { formatWhen } from "./when.ts";

const headings: Record<ChatTask, string> = {
	title: "Suggested title",
	summary: "Summary",
	"clean-up": "Cleaned up",
};

/** What a chat model made of a text, with who made it, what is doubtful, and why something is missing. */
export function writeChat(output: Output, chat: ChatJson): void {
	const { out } = output;
	const texts: Record<ChatTask, string | null> = {
		title: chat.title,
		summary: chat.summary,
		"clean-up": chat.cleanedText,
	};
	for (const { task, isStale, refusal, earlier, ...newest } of chat.results) {
		const { model, madeAt, leftAsSaid } = earlier ?? newest;
		const by = out.paint("dim", `by ${visible(model)}, ${formatWhen(madeAt)}`);
		output.line(`${out.paint("bold", headings[task])}  ${by}`);
		if (isStale) output.line(out.paint("yellow", "The text has changed since."));
		const text = texts[task];
		if (text !== null) writeText(output, visibleText(text));
		if (refusal !== null) {
			const which = earlier ? "The newest answer was not used." : "Not used.";
			writeText(output, `${which} ${visible(refusal)}`, "yellow");
		}
		const [first] = leftAsSaid;
		if (first) {
			const parts = `${count(leftAsSaid.length, "part")} of ${first.of} left as said`;
			writeText(output, `${parts}. Part ${first.part}: ${visible(first.reason)}`, "yellow");
		}
	}
	if (chat.error === null) return;
	const { message, hint, givenUp } = chat.error;
	writeText(output, visible(`The chat model could not be asked: ${message}`), "red");
	if (hint !== null) writeText(output, visible(hint), "dim");
	const next = givenUp ? "`onwax summarise` tries once more" : "It is tried again later by itself";
	writeText(output, `${next}; the recording and its text are as they were.`, "dim");
}

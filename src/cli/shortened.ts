import type { RecordingErrorFacts } from "../recording.ts";

const longestSaid = 300;
const mostLines = 5;

/**
 * What went wrong, in the length that people read. An engine's error ends with what its program said
 * last, which may be anything, its whole environment too: only the end of that is shown. error.json
 * has more of it.
 */
export function shortened({
	code,
	message,
}: Pick<RecordingErrorFacts, "code" | "message">): string {
	if (code !== "ERR_ENGINE") return message;
	const at = message.indexOf(": ");
	if (at < 0) return message;
	const said = message.slice(at + 2);
	const end = said.split("\n").slice(-mostLines).join("\n").slice(-longestSaid).toWellFormed();
	return end === said ? message : `${message.slice(0, at)}: …${end}`;
}

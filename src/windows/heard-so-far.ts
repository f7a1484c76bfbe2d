import { joinTexts } from "./join-texts.ts";
import { stitch, type WindowPart } from "./stitch.ts";
import type { Said } from "./window.ts";

/** Words may be told earlier than they were spoken, and belong to the overlap all the same. */
const slackSeconds = 0.5;

/**
 * What is settled of a recording while its windows are being answered: all up to the first one without
 * an answer, but for what that one has a say in. It is how the text of all windows begins.
 *
 * @param parts all windows in their order; `output` is null where there is no answer yet
 */
export function heardSoFar(parts: readonly WindowPart[]): Said {
	const open = parts.findIndex(({ window, output }) => output === null && !window.silent);
	if (open < 0) return stitch(parts);
	// The one without an answer goes along: of several windows each one's words stay segments.
	const { segments, language } = stitch(parts.slice(0, open + 1));
	const overlapSeconds = parts[open]?.window.startSeconds ?? 0;
	const before = parts[open - 1]?.window.endSeconds ?? 0;
	const until = before > overlapSeconds ? overlapSeconds - slackSeconds : Number.POSITIVE_INFINITY;
	const at = segments.findIndex(({ endSeconds }) => endSeconds > until);
	const settled = at < 0 ? segments : segments.slice(0, at);
	return { text: joinTexts(settled.map(({ text }) => text)), segments: settled, language };
}

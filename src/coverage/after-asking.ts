import type { Coverage, Doubt, EngineOutput, Span } from "../transcript.ts";
import { hasLoop, loopWordsOf } from "./find-loops.ts";
import type { Asking } from "./gaps-to-ask.ts";
import type { Heard } from "./heard.ts";
import { judgeCoverage } from "./judge-coverage.ts";

/** What came of asking: why the engine failed, or what was changed in the output, or neither. */
export type AskedOutcome = {
	failure: string | null;
	/** Null where nothing of the answer was taken. */
	placed: { before: string; after: string } | null;
};

/** Whether a second answer says anything, and does not go round in circles as the first did. */
export function isWorthTaking({
	text,
	segments,
}: Pick<EngineOutput, "text" | "segments">): boolean {
	const said = text.trim() === "" ? segments.map((one) => one.text).join(" ") : text;
	return loopWordsOf(said).length > 0 && !hasLoop(said);
}

/**
 * The coverage after one place was asked again: what is still open is counted as asked, with the
 * reason where the engine failed, and what was changed is kept among the repairs.
 *
 * @param output as it stands now, with what was taken of the answer in it
 * @param previous the coverage before
 */
export function judgeAgain(
	heard: Heard,
	output: Pick<EngineOutput, "text" | "segments">,
	previous: Coverage,
	asking: Asking,
	{ failure, placed }: AskedOutcome,
): Coverage {
	const judged = placed === null ? previous : judgeCoverage(heard, output);
	const doubts = judged.doubts.map((doubt): Doubt => {
		const known = previous.doubts.filter((one) => one.kind === doubt.kind && overlaps(one, doubt));
		const askedBefore = Math.max(0, ...known.map((one) => one.askedAgain));
		const reasonBefore = known.find((one) => one.reason !== null)?.reason ?? doubt.reason;
		if (doubt.kind === "unheard" || !overlaps(asking, doubt))
			return { ...doubt, askedAgain: askedBefore, reason: reasonBefore };
		// An answer is newer than an earlier failure; what the judge itself said about the place still holds.
		const reason = failure ?? (askedBefore > 0 ? null : reasonBefore);
		return { ...doubt, askedAgain: askedBefore + 1, reason };
	});
	if (placed === null) return { ...judged, doubts };
	const { startSeconds, endSeconds } = asking;
	const kind = asking.doubts[0]?.kind ?? "gap";
	const repair = { startSeconds, endSeconds, kind, ...placed };
	const { before, after } = placed;
	return {
		...judged,
		doubts,
		repairs: [...previous.repairs, { ...repair, before, after }],
	};
}

function overlaps(a: Span, b: Span): boolean {
	return a.startSeconds <= b.endSeconds && b.startSeconds <= a.endSeconds;
}

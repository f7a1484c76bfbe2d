import type { CoverageFacts, FallbackFacts } from "../recording.ts";
import type { Coverage, Doubt, DoubtKind } from "../transcript.ts";
import { formatDuration } from "./duration.ts";
import { oneLine } from "./recording-row.ts";
import { shortened } from "./shortened.ts";
import { count } from "./size.ts";
import { truncate } from "./width.ts";

/** `words over 5:12 of 5:20 of speech (97 %), 2 places in doubt`. */
export function coverageInWords(coverage: CoverageFacts | null, repairs: number): string {
	if (coverage === null) return "not known: nobody compared the words with the speech";
	const { speechSeconds, coveredSeconds, gaps, loops, unheard } = coverage;
	const doubts = gaps + loops + unheard;
	const isSilent = speechSeconds < shortestTold;
	// Rounded down: what is said to be all of it is all of it.
	const percent = isSilent
		? 100
		: Math.min(100, Math.floor((coveredSeconds / speechSeconds) * 100));
	const more: string[] = [];
	if (doubts > 0) more.push(`${count(doubts, "place")} in doubt`);
	else if (percent >= goodPercent) more.push("nothing in doubt");
	if (repairs > 0) more.push(`${repairs.toLocaleString("en")} mended by asking again`);
	if (isSilent) return ["nobody speaks", ...more].join(", ");
	const speech = `${formatDuration(coveredSeconds)} of ${formatDuration(speechSeconds)} of speech`;
	return [`words over ${speech} (${percent} %)`, ...more].join(", ");
}

const shortestTold = 0.5;
/** Pauses within sentences are speech to a detector now and then; below this, nobody says that all is well. */
const goodPercent = 90;

export type DoubtsInWords = { head: string; rest: string };

/**
 * One sentence about all doubts in two parts, so that the first can be painted: `Not whole:` and
 * `2 stretches of speech without words (0:12 in all), at 1:23 and 4:05.`; null where there are none.
 *
 * @param isEdited a person's words stand above the ones that are judged
 */
export function doubtsInWords(
	{ doubts }: Pick<Coverage, "doubts">,
	isEdited = false,
): DoubtsInWords | null {
	if (doubts.length === 0) return null;
	const ofKind = (kind: DoubtKind) => doubts.filter((doubt) => doubt.kind === kind);
	const [gaps, loops, unheard] = [ofKind("gap"), ofKind("loop"), ofKind("unheard")];
	const parts: string[] = [];
	if (gaps.length > 0) parts.push(`${stretchesOf(gaps)}, at ${placesOf(gaps)}`);
	if (loops.length > 0) {
		const phrases = count(loops.length, "phrase");
		parts.push(`${phrases} again and again, at ${placesOf(loops)}`);
	}
	if (unheard.length > 0) parts.push(`words where nobody speaks, at ${placesOf(unheard)}`);
	const quality = gaps.length + loops.length > 0 ? "not whole" : "doubtful";
	const head = isEdited ? `What the engine heard is ${quality}:` : `${capitalized(quality)}:`;
	return { head, rest: `${parts.join("; ")}.` };
}

function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function stretchesOf(gaps: readonly Doubt[]): string {
	const seconds = gaps.reduce((sum, gap) => sum + gap.endSeconds - gap.startSeconds, 0);
	const length = `${formatDuration(Math.max(1, seconds))}${gaps.length > 1 ? " in all" : ""}`;
	const stretches = gaps.length === 1 ? "stretch" : "stretches";
	return `${gaps.length.toLocaleString("en")} ${stretches} of speech without words (${length})`;
}

const mostPlaces = 3;

function placesOf(doubts: readonly Doubt[]): string {
	const shown = doubts.slice(0, mostPlaces).map(({ startSeconds }) => placeOf(startSeconds));
	const others = doubts.length - shown.length;
	if (others > 0) shown.push(count(others, "other place"));
	const last = shown.pop() ?? "";
	return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/** As `onwax play --at` takes it; never after its moment. */
export function placeOf(seconds: number): string {
	return formatDuration(Math.floor(seconds));
}

/** `1:23–1:29`: all of the doubtful place lies within. */
export function spanOf({ startSeconds, endSeconds }: Doubt): string {
	return `${placeOf(startSeconds)}–${formatDuration(Math.ceil(endSeconds))}`;
}

const kindsInWords: Record<DoubtKind, string> = {
	gap: "speech without words",
	loop: "the same again and again",
	unheard: "words where nobody speaks",
};

const longestQuote = 60;

/** `speech without words; asked again twice, in vain`. */
export function doubtInWords({ kind, text, askedAgain, reason }: Doubt): string {
	const quote = truncate(oneLine(text), longestQuote);
	const what = quote === "" ? kindsInWords[kind] : `${kindsInWords[kind]}: “${quote}”`;
	const asked = askedInWords(askedAgain);
	if (reason !== null) return `${what}; ${asked}: ${reasonInWords(reason)}`;
	// Nobody asks for words that are there already.
	if (kind === "unheard" && askedAgain === 0) return what;
	return `${what}; ${asked}${askedAgain > 0 ? ", in vain" : ""}`;
}

function askedInWords(times: number): string {
	if (times === 0) return "not asked again";
	return `asked again ${times === 1 ? "once" : times === 2 ? "twice" : `${times} times`}`;
}

/** `By sphinx instead of openai: there is no network.` */
export function fallbackInWords(engine: string, { wanted, reason }: FallbackFacts): string {
	const why = reasonInWords(reason);
	return `By ${engine} instead of ${wanted}: ${why}${/[.!?…]$/.test(why) ? "" : "."}`;
}

/** An error's message, which may end with whatever a program said last. */
export function reasonInWords(reason: string): string {
	return oneLine(shortened({ code: "ERR_ENGINE", message: reason }));
}

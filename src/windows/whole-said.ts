import { wordsOf } from "../catalogue/words.ts";
import { joinTexts } from "./join-texts.ts";
import type { Said } from "./window.ts";

/**
 * An answer of which the segments say all of the text. Where they say less, its times are of a part only:
 * then it is a text without times, and no word of it is lost.
 */
export function wholeSaid(said: Said): Said {
	if (said.segments.length === 0) return said;
	const inText = wordsOf(said.text).length;
	const inSegments = wordsOf(joinTexts(said.segments.map(({ text }) => text))).length;
	return inText > inSegments ? { ...said, segments: [] } : said;
}

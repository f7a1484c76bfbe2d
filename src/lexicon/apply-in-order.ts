import type { EngineOutput, LexiconLayer, Provenance, Segment, Word } from "../transcript.ts";
import { type ApplyLexiconOptions, applyLexicon, regexTimeOf } from "./apply-lexicon.ts";
import type { Lexicon } from "./lexicon.ts";

export type AppliedLexicons = { text: string; segments: Segment[]; lexicons: LexiconLayer[] };

/**
 * Lexicons one after the other, each on the result of the one before. Always begun at what the
 * engine said: so the same lexicons give the same text however often and after what they are applied,
 * and without one of them it is as if that one had never been.
 *
 * @param onLexicon told before each one, so that what is thrown can be told of it
 * @throws ERR_LEXICON for a regular expression that is not valid or takes too long
 */
export function applyInOrder(
	lexicons: readonly Lexicon[],
	output: Pick<EngineOutput, "text" | "segments">,
	options: ApplyLexiconOptions,
	onLexicon: (name: string) => void = () => {},
): AppliedLexicons {
	let { text, segments } = output;
	const layers: LexiconLayer[] = [];
	const time = regexTimeOf(options);
	for (const lexicon of lexicons) {
		const { name, version } = lexicon;
		onLexicon(name);
		const result = applyLexicon(lexicon, { text, segments }, options, time);
		({ text, segments } = result);
		layers.push({ name, version, replacements: result.replacements });
	}
	return { text, segments: inOrder(segments, layers), lexicons: layers };
}

/**
 * Words with different pasts that become one bring their traces one word after the other: they are
 * told in the order in which the lexicons came.
 */
function inOrder(segments: Segment[], layers: readonly LexiconLayer[]): Segment[] {
	if (layers.length < 2) return segments;
	const places = new Map(layers.map(({ name }, index) => [name, index]));
	const placeOf = ({ lexicon }: Provenance) => places.get(lexicon) ?? -1;
	const sorted = (word: Word): Word => {
		if (word.provenance === undefined) return word;
		return { ...word, provenance: word.provenance.toSorted((a, b) => placeOf(a) - placeOf(b)) };
	};
	return segments.map((segment) => ({ ...segment, words: segment.words.map(sorted) }));
}

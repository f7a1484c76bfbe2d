/**
 * A text in NFC, with the way back: rules and texts may be composed (é) or decomposed (e + ´) and
 * mean the same, while what no rule touches has to stay as it was, unit by unit.
 */
export type NfcView = {
	text: string;
	/** Offset in the original where the character at this offset of `text` starts. */
	startInOriginal(offset: number): number;
	/** Offset in the original where a stretch that ends at this offset of `text` ends. */
	endInOriginal(offset: number): number;
};

export function nfcView(original: string): NfcView {
	const text = original.normalize("NFC");
	if (text === original) {
		return { text, startInOriginal: (offset) => offset, endInOriginal: (offset) => offset };
	}
	let composed = "";
	const starts: number[] = [];
	const ends: number[] = [];
	for (const { segment, index } of new Intl.Segmenter("en").segment(original)) {
		const cluster = segment.normalize("NFC");
		for (let unit = 0; unit < cluster.length; unit++) {
			const isSame = cluster === segment;
			starts.push(isSame ? index + unit : index);
			ends.push(isSame ? index + unit + 1 : index + segment.length);
		}
		composed += cluster;
	}
	return {
		text: composed,
		startInOriginal: (offset) => starts[offset] ?? original.length,
		endInOriginal: (offset) => (offset === 0 ? 0 : (ends[offset - 1] ?? original.length)),
	};
}

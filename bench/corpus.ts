/**
 * Text that behaves like language where it matters for a search index: words by Zipf's law with
 * Mandelbrot's shift, the common ones short, and the same text for the same seed on every machine.
 */
export type Corpus = {
	words: readonly string[];
	/** A number from 0 up to 1, the next of a fixed sequence (Mulberry32). */
	random(): number;
	/** As often as language would use it. */
	anyWord(): string;
	text(words: number): string;
};

const onsets = "b c d f g h j k l m n p r s t v w z ch sh th st tr br pl gr".split(" ");
const vowels = "a e i o u ai ea ou oo y".split(" ");
const endings = ["", "", "", "n", "r", "s", "t", "l", "m", "d", "ck", "ng"];

export function zipfCorpus(vocabulary: number, seed: number): Corpus {
	const words = makeWords(vocabulary);
	const upTo = new Float64Array(vocabulary);
	let sum = 0;
	for (let rank = 0; rank < vocabulary; rank += 1) {
		sum += 1 / (rank + 2.7);
		upTo[rank] = sum;
	}
	const random = mulberry32(seed);
	const anyWord = () => {
		const wanted = random() * sum;
		let low = 0;
		let high = vocabulary - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((upTo[middle] ?? 0) < wanted) low = middle + 1;
			else high = middle;
		}
		return words[low] ?? "";
	};
	const text = (count: number) => Array.from({ length: count }, anyWord).join(" ");
	return { words, random, anyWord, text };
}

function makeWords(count: number): string[] {
	const random = mulberry32(7);
	const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
	const words = new Set<string>();
	while (words.size < count) {
		const common = words.size < 200;
		const syllables = common ? 1 + Math.floor(random() * 2) : 2 + Math.floor(random() * 3);
		let word = "";
		for (let i = 0; i < syllables; i += 1) word += pick(onsets) + pick(vowels) + pick(endings);
		words.add(word);
	}
	return [...words];
}

function mulberry32(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

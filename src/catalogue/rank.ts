import { type SearchableFields, searchableFields } from "./search-words.ts";
import type { TermCounter } from "./term-count.ts";

/** BM25's usual constants. */
const saturation = 1.2;
const lengthInfluence = 0.75;

/** A word in the title says more about a recording than one of thousands in its text. */
const fieldWeights: SearchableFields extends Record<infer Field, string>
	? Record<Field, number>
	: never = { title: 5, description: 2, tags: 4, transcript: 1 };

export type RankedTerm = {
	counter: TermCounter;
	/** Recordings that have it, exactly or estimated. */
	documents: number;
};

/**
 * Orders the candidates by BM25F: BM25 over weighted counts of the fields together (Robertson and
 * Zaragoza, “The Probabilistic Relevance Framework: BM25 and Beyond”, 2009). Lengths are compared
 * among the candidates, in characters. Of equals the earlier candidate stays first.
 *
 * @param total recordings in all
 * @returns the candidates' positions, best first
 */
export function rank(
	candidates: readonly SearchableFields[],
	terms: readonly RankedTerm[],
	total: number,
): number[] {
	const lengths = candidates.map((fields) => {
		let length = 1;
		for (const field of searchableFields) length += fieldWeights[field] * fields[field].length;
		return length;
	});
	const meanLength = lengths.reduce((sum, length) => sum + length, 0) / (lengths.length || 1);
	const scores = candidates.map((fields, i) => {
		const norm = 1 - lengthInfluence + (lengthInfluence * (lengths[i] ?? 1)) / meanLength;
		let score = 0;
		for (const { counter, documents } of terms) {
			let frequency = 0;
			for (const field of searchableFields) {
				if (fields[field] === "") continue;
				frequency += fieldWeights[field] * counter.count(fields[field]);
			}
			const rarity = Math.log(1 + (Math.max(0, total - documents) + 0.5) / (documents + 0.5));
			score += (rarity * frequency * (saturation + 1)) / (frequency + saturation * norm);
		}
		return score;
	});
	return candidates.map((_, i) => i).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
}

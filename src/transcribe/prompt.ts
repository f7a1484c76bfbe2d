/**
 * What OpenAI's transcription reads of a prompt is its last 224 tokens; with names and other rare
 * words a token is some three or four letters
 * (https://platform.openai.com/docs/guides/speech-to-text#prompting).
 */
export const longestPrompt = 800;

/**
 * The prompt of a request: the words to expect, then what the configuration says. As the service
 * keeps the end of what is too long, what is wanted most stands last.
 *
 * @param vocabulary most wanted first; as many as there is room for
 * @returns null where there is nothing to say
 */
export function promptOf(configured: string | null, vocabulary: readonly string[]): string | null {
	let room = longestPrompt - (configured?.length ?? 0);
	const words: string[] = [];
	for (const word of new Set(vocabulary)) {
		const length = word.length + ", ".length;
		// Not the first that does not fit: a shorter one after it may.
		if (word.trim() === "" || length > room) continue;
		room -= length;
		words.push(word);
	}
	const parts = [
		...(words.length === 0 ? [] : [words.reverse().join(", ")]),
		...(configured === null ? [] : [configured]),
	];
	return parts.length === 0 ? null : parts.join(". ");
}

/** Marks that turn the direction of writing around: what stands after a name would be turned too. */
const directionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What leaves nothing to see, among it letters that are blank: Hangul's fillers, Braille's empty cell. */
const onlyInvisible = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/** Names may come from a file that anybody wrote: one line, in its own direction; "" where none is seen. */
export function plainName(name: string): string {
	const plain = name
		.toWellFormed()
		.replace(directionMarks, "")
		.replace(/[\s\p{Cc}]+/gu, " ")
		.trim();
	return onlyInvisible.test(plain) ? "" : plain;
}

/** Whether a name reads like the label of a speaker, `S2`, in whatever kind of letters and digits. */
export function looksLikeLabel(name: string): boolean {
	const bare = name.normalize("NFKC").replace(/[\s\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "");
	return /^s\p{Nd}+$/iu.test(bare);
}

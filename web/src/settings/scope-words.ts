/** What each scope of a token lets a program do. Each stands for itself. */
export const scopeWords = {
	read: { label: "Read", words: "List, search, play and fetch recordings and texts." },
	upload: { label: "Add", words: "Send recordings in, and ask how far they are." },
	write: { label: "Change", words: "Edit, tag, transcribe again, move to the trash and back." },
	admin: { label: "Administer", words: "Settings, tokens, models, cleanup, destroying for good." },
} as const;

export type ScopeName = keyof typeof scopeWords;
export const scopeNames = Object.keys(scopeWords) as ScopeName[];

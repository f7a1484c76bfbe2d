let codesByName: Map<string, string> | null = null;

/**
 * A BCP 47 tag for what an engine or a person calls a language: `en`, `en_US` and also `english`,
 * which is how Whisper's verbose JSON says it. Null where it is not a language: tags go into Intl
 * later on, which throws for anything malformed.
 */
export function languageTag(language: string | null): string | null {
	const trimmed = language?.trim().replaceAll("_", "-") ?? "";
	if (trimmed === "" || trimmed.length > 35 || trimmed.toLowerCase() === "auto") return null;
	if (/^[a-z]{2,3}(-|$)/i.test(trimmed)) {
		try {
			return Intl.getCanonicalLocales(trimmed)[0] ?? null;
		} catch {
			return null;
		}
	}
	codesByName ??= readNames();
	return codesByName.get(trimmed.toLowerCase()) ?? null;
}

/** The primary subtag, which is all that Whisper-like services take: `pt-BR` → `pt`. */
export function primaryLanguage(language: string | null): string | null {
	return languageTag(language)?.split("-")[0] ?? null;
}

/** English names of all languages with a two- or three-letter code that Intl knows. */
function readNames(): Map<string, string> {
	const names = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
	const letters = [..."abcdefghijklmnopqrstuvwxyz"];
	// Names that Whisper uses and Unicode spells differently.
	const codes = new Map([
		["haitian creole", "ht"],
		["nynorsk", "nn"],
		["myanmar", "my"],
		["cantonese", "yue"],
		["hawaiian", "haw"],
	]);
	for (const first of letters)
		for (const second of letters) {
			const code = first + second;
			const name = names.of(code)?.toLowerCase();
			// The first code wins where two are one language (`iw` is what `he` was called).
			const canonical = Intl.getCanonicalLocales(code)[0];
			if (name && canonical === code && !codes.has(name)) codes.set(name, code);
		}
	return codes;
}

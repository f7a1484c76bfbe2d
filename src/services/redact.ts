/**
 * Takes known secrets out of a text from outside: services repeat a key that they refuse, programs
 * print what they were given. Longest first, so that no rest of a longer secret stays.
 */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
	const known = secrets.filter((secret) => secret !== undefined && secret.trim().length >= 4);
	known.sort((a, b) => (b?.length ?? 0) - (a?.length ?? 0));
	let redacted = text;
	for (const secret of known)
		for (const spelling of spellings(secret ?? "")) redacted = redacted.replaceAll(spelling, "***");
	return redacted;
}

function spellings(secret: string): string[] {
	return [
		secret,
		encodeURIComponent(secret),
		JSON.stringify(secret).slice(1, -1),
		Buffer.from(secret).toString("base64"),
	];
}

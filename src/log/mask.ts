/*
 * What must not reach a log, an error or a screen: secrets, and the personal half of an e-mail
 * address (D1.11, D1.15). Everything here is pure and never throws.
 */

const secretKey =
	/apikey|authorization|passw(or)?d|passphrase|secret|token|cookie|credential|privatekey/;

/** The program's own names come again with every line; others are forgotten with them when they are many. */
const knownKeys = new Map<string, { isSecret: boolean; masked: string }>();
const mostKnownKeys = 1000;

function knownKey(key: string): { isSecret: boolean; masked: string } {
	const known = knownKeys.get(key);
	if (known !== undefined) return known;
	const made = { isSecret: isSecretKey(key), masked: maskText(key) };
	if (knownKeys.size >= mostKnownKeys) knownKeys.clear();
	knownKeys.set(key, made);
	return made;
}

/** True for `apiKey`, `X-Auth-Token`, `client_secret`; false for `apiKeyEnv`, which only names a variable. */
export function isSecretKey(key: string): boolean {
	const plain = key.toLowerCase().replace(/[^a-z0-9]/g, "");
	return secretKey.test(plain) && !plain.endsWith("env");
}

/** Longer texts are cut: a log line is no place for a transcript, and matching stays quick. */
const longestText = 8192;
const deepest = 8;
const mostItems = 200;

// Each pattern is bounded, so that no text makes it slow.
const secretsInText: readonly [RegExp, string][] = [
	[/\b(Bearer|Basic)\s{1,8}[A-Za-z0-9._~+/=-]{6,4096}/gi, "$1 ***"],
	[/\b(sk|pk|rk)[-_][A-Za-z0-9_-]{8,512}/g, "$1-***"],
	[/\b(gh[pousr]_|github_pat_|xox[abprs]-|AKIA|AIza|ya29\.)[A-Za-z0-9_.-]{8,512}/g, "$1***"],
	[/\bonwax_[A-Za-z0-9_-]{40,64}/g, "onwax_***"],
	[/\beyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{0,4096}/g, "***"],
	[/(:\/\/)[^\s/@]{1,512}@/g, "$1***@"],
	[
		/((?:api[-_]?key|authorization|access[-_]?key|password|passwd|secret|token)["']?\s{0,4}[:=]\s{0,4}["']?)(?!\*\*\*|(?:Bearer|Basic) )[^\s"'&,;}]{1,4096}/gi,
		"$1***",
	],
];
const email =
	/([\p{L}\p{N}])[\p{L}\p{M}\p{N}._%+-]{0,63}@([\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8})/gu;

/** The text with secrets as `***` and e-mail addresses as `j***@example.org`. */
export function maskText(text: string): string {
	let masked = text.length > longestText ? `${text.slice(0, longestText)}…` : text;
	for (const [pattern, replacement] of secretsInText) masked = masked.replace(pattern, replacement);
	return masked.includes("@") ? masked.replace(email, "$1***@$2") : masked;
}

/**
 * A copy of any value that is safe to write as JSON: secrets masked by key and in every text,
 * errors as plain objects, cycles and endless depth cut, binary data as its size.
 */
export function maskValue(value: unknown): unknown {
	return copy(value, [], 0);
}

function copy(value: unknown, above: readonly object[], depth: number): unknown {
	if (typeof value === "string") return maskText(value);
	if (typeof value === "bigint" || typeof value === "symbol") return String(value);
	if (typeof value === "function") return "[function]";
	if (typeof value !== "object" || value === null) return value;
	if (above.includes(value)) return "[circular]";
	if (depth >= deepest) return "[deep]";
	if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
	try {
		const inside = [...above, value];
		if (value instanceof Date) return value.toISOString();
		if (value instanceof URL) return maskText(value.href);
		if (Array.isArray(value)) {
			return value.slice(0, mostItems).map((item) => copy(item, inside, depth + 1));
		}
		if (value instanceof Map) return copy(Object.fromEntries(value), inside, depth);
		if (value instanceof Set) return copy([...value], inside, depth);
		return copyFields(value, inside, depth);
	} catch {
		// A getter of somebody else's object threw: a log line is not worth failing for.
		return "[unreadable]";
	}
}

function copyFields(value: object, inside: readonly object[], depth: number): unknown {
	const fields: [string, unknown][] = [];
	if (value instanceof Error) {
		// These four are not enumerable, and the first ones to be read.
		for (const key of ["name", "message", "stack", "cause"] as const) {
			if (value[key] !== undefined) fields.push([key, copy(value[key], inside, depth + 1)]);
		}
	}
	for (const [key, item] of Object.entries(value).slice(0, mostItems)) {
		const { isSecret, masked } = knownKey(key);
		const secret = isSecret && item !== null && item !== undefined && item !== false;
		fields.push([masked, secret ? "***" : copy(item, inside, depth + 1)]);
	}
	return Object.fromEntries(fields);
}

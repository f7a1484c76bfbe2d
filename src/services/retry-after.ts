/** Longer than this is taken for a mistake of the service, not for advice. */
export const longestRetryAfterSeconds = 24 * 60 * 60;

/**
 * How long a service asks to be left alone, from the `Retry-After` header (RFC 9110, 10.2.3):
 * seconds, also with a fraction, or an HTTP date. Null where there is no header or it makes no
 * sense: negative, in the past, more than a day away, or unreadable.
 */
export function parseRetryAfter(header: string | null | undefined, nowMs: number): number | null {
	const value = header?.trim() ?? "";
	const seconds = /^\d+(\.\d+)?$/.test(value)
		? Number(value)
		: // Date.parse takes far more than HTTP dates ("2", "-5"): only what names a month is one.
			/^[A-Za-z]{3,9},? .*\d/.test(value)
			? (Date.parse(value) - nowMs) / 1000
			: Number.NaN;
	return seconds >= 0 && seconds <= longestRetryAfterSeconds ? seconds : null;
}

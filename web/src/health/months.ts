type Month = { month: string; recordings: number; sizeBytes: number; durationSeconds: number };

/** The newest `count` months up to the last one there is, with empty ones between them. */
export function lastMonths(all: readonly Month[], count: number): Month[] {
	const last = all.at(-1);
	if (last === undefined) return [];
	const known = new Map(all.map((one) => [one.month, one]));
	const [year = 0, month = 1] = last.month.split("-").map(Number);
	return Array.from({ length: count }, (_, index) => {
		const date = new Date(Date.UTC(year, month - 1 - (count - 1 - index), 1));
		const name = date.toISOString().slice(0, 7);
		return known.get(name) ?? { month: name, recordings: 0, sizeBytes: 0, durationSeconds: 0 };
	});
}

/** `2026-11` in the reader's language; `long` with the year. */
export function monthName(month: string, style: "long" | "narrow"): string {
	return new Intl.DateTimeFormat(undefined, {
		month: style,
		...(style === "long" ? { year: "numeric" as const } : {}),
		timeZone: "UTC",
	}).format(new Date(`${month}-01T00:00:00Z`));
}

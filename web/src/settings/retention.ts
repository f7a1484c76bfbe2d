export type RetentionKind = "keep" | "dictation" | "service" | "own";

/** What stands in the form; ages as they are typed, in days, empty for good. */
export type RetentionDraft = {
	kind: RetentionKind;
	successDays: string;
	failedDays: string;
	trashDays: string;
};

const noAges = { successDays: "", failedDays: "", trashDays: "" };

/** Of the setting's value. */
export function choiceOf(value: unknown): RetentionDraft {
	if (value === "keep" || value === "dictation" || value === "service") {
		return { kind: value, ...noAges };
	}
	const { successDays, failedDays, trashDays, hours } = (value ?? {}) as Record<string, unknown>;
	const shared = typeof hours === "number" ? hours / 24 : undefined;
	const typed = (days: unknown) => (days === undefined ? "" : String(days));
	return {
		kind: "own",
		successDays: typed(successDays ?? shared),
		failedDays: typed(failedDays ?? shared),
		trashDays: typed(trashDays),
	};
}

export type RetentionValue =
	| {
			error: null;
			/** The value of the setting. */
			retention: string | Record<string, number>;
			/** The age at which the first recordings go; null: none goes by its age. */
			shortestDays: number | null;
	  }
	| { error: string };

/** What the form means, or what is wrong with it. */
export function meaningOf(draft: RetentionDraft): RetentionValue {
	if (draft.kind === "keep") return { error: null, retention: "keep", shortestDays: null };
	if (draft.kind === "dictation") return { error: null, retention: "dictation", shortestDays: 7 };
	if (draft.kind === "service") return { error: null, retention: "service", shortestDays: 1 };
	const rule: { successDays?: number; failedDays?: number; trashDays?: number } = {};
	for (const key of ["successDays", "failedDays", "trashDays"] as const) {
		const text = draft[key].trim();
		if (text === "") continue;
		const days = Number(text);
		if (!(days >= 0) || !Number.isFinite(days)) {
			return { error: `“${text}” is no number of days. Leave it empty to keep for good.` };
		}
		rule[key] = days;
	}
	const { successDays, failedDays } = rule;
	const ages = [successDays, failedDays].filter((days) => days !== undefined);
	return {
		error: null,
		retention: rule,
		shortestDays: ages.length > 0 ? Math.min(...ages) : null,
	};
}

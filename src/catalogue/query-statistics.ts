import type { Logger } from "../logger.ts";

export type VerbStatistics = { count: number; totalMs: number; maxMs: number };

/** Counts statements by verb, and tells the log about slow ones (D4.5). */
export type QueryStatistics = {
	/** `sql` is logged when slow, so it must carry placeholders, never values. */
	note(sql: string, durationMs: number): void;
	/** By first word of the statement, in lower case: `select`, `insert`, … */
	byVerb(): Record<string, VerbStatistics>;
};

export function queryStatistics(slowQueryMs: number, log: Logger): QueryStatistics {
	const verbs = new Map<string, VerbStatistics>();
	return {
		note(sql, durationMs) {
			const verb = /^\s*(\w+)/.exec(sql)?.[1]?.toLowerCase() ?? "other";
			const known = verbs.get(verb);
			if (known) {
				known.count += 1;
				known.totalMs += durationMs;
				if (durationMs > known.maxMs) known.maxMs = durationMs;
			} else {
				verbs.set(verb, { count: 1, totalMs: durationMs, maxMs: durationMs });
			}
			if (durationMs >= slowQueryMs) {
				log.warn({ sql, durationMs: Math.round(durationMs) }, "slow statement in the catalogue");
			}
		},
		byVerb: () => Object.fromEntries([...verbs].map(([verb, facts]) => [verb, { ...facts }])),
	};
}

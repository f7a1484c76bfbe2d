import type { LabelledTurn } from "./speaker-turns.ts";

/**
 * The names of speakers who were told apart anew: each goes to the label that now stands where the
 * old one stood for longest. Of two names for one label the one heard for longer stays; a name
 * whose speaker is not heard any more goes.
 */
export function carryNames(
	names: Readonly<Record<string, string>>,
	before: readonly LabelledTurn[],
	after: readonly LabelledTurn[],
): Record<string, string> {
	const claims: { from: string; to: string; seconds: number }[] = [];
	for (const from of Object.keys(names)) {
		const seconds = sharedSeconds(
			before.filter(({ speaker }) => speaker === from),
			after,
		);
		const [best] = [...seconds].sort(([, a], [, b]) => b - a);
		if (best) claims.push({ from, to: best[0], seconds: best[1] });
	}
	claims.sort((a, b) => b.seconds - a.seconds);
	const carried: Record<string, string> = {};
	for (const { from, to } of claims) carried[to] ??= names[from] ?? "";
	return Object.fromEntries(Object.entries(carried).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** For how long each label stands where one of these turns does; labels that never do are left out. */
function sharedSeconds(
	own: readonly LabelledTurn[],
	others: readonly LabelledTurn[],
): Map<string, number> {
	const seconds = new Map<string, number>();
	for (const turn of own) {
		for (const other of others) {
			const startSeconds = Math.max(turn.startSeconds, other.startSeconds);
			const shared = Math.min(turn.endSeconds, other.endSeconds) - startSeconds;
			if (shared <= 0) continue;
			seconds.set(other.speaker, (seconds.get(other.speaker) ?? 0) + shared);
		}
	}
	return seconds;
}

/** One place where two texts differ, in words, with a few words on either side. */
export type WordChange = { context: string; removed: string; added: string; following: string };

const wordsAround = 3;
/** How far ahead the texts are searched for where they agree again. */
const reach = 60;

/**
 * Where `after` differs from `before`. Corrections are few and short, so the texts are walked side
 * by side and the nearest place where they agree again is looked for; it need not be the smallest
 * difference there is.
 */
export function wordDifference(before: string, after: string): WordChange[] {
	const old = before.split(/\s+/).filter(Boolean);
	const now = after.split(/\s+/).filter(Boolean);
	const changes: WordChange[] = [];
	let i = 0;
	let j = 0;
	while (i < old.length || j < now.length) {
		if (i < old.length && j < now.length && old[i] === now[j]) {
			i += 1;
			j += 1;
			continue;
		}
		const [skipOld, skipNow] = nextAgreement(old, i, now, j);
		changes.push({
			context: now.slice(Math.max(0, j - wordsAround), j).join(" "),
			removed: old.slice(i, i + skipOld).join(" "),
			added: now.slice(j, j + skipNow).join(" "),
			following: now.slice(j + skipNow, j + skipNow + wordsAround).join(" "),
		});
		i += skipOld;
		j += skipNow;
	}
	return changes;
}

function nextAgreement(old: string[], i: number, now: string[], j: number): [number, number] {
	for (let distance = 1; distance <= reach * 2; distance += 1) {
		for (let skipOld = 0; skipOld <= distance; skipOld += 1) {
			const a = i + skipOld;
			const b = j + distance - skipOld;
			if (a >= old.length && b >= now.length) return [old.length - i, now.length - j];
			if (a < old.length && b < now.length && old[a] === now[b])
				return [skipOld, distance - skipOld];
		}
	}
	return [old.length - i, now.length - j];
}

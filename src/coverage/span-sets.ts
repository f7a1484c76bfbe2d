import type { Span } from "../transcript.ts";

/** Spans in order, those joined that touch or have at most `pauseSeconds` between them. */
export function joined(spans: readonly Span[], pauseSeconds = 0): Span[] {
	const sorted = spans.toSorted((a, b) => a.startSeconds - b.startSeconds);
	const result: Span[] = [];
	for (const { startSeconds, endSeconds } of sorted) {
		const last = result.at(-1);
		if (last && startSeconds - last.endSeconds <= pauseSeconds)
			last.endSeconds = Math.max(last.endSeconds, endSeconds);
		else result.push({ startSeconds, endSeconds });
	}
	return result;
}

/** Each span longer by so much on both sides; what then touches is one. */
export function widened(spans: readonly Span[], bySeconds: number): Span[] {
	return joined(
		spans.map(({ startSeconds, endSeconds }) => ({
			startSeconds: startSeconds - bySeconds,
			endSeconds: endSeconds + bySeconds,
		})),
	);
}

/** What lies in both; both in order and none touching another. */
export function common(a: readonly Span[], b: readonly Span[]): Span[] {
	const result: Span[] = [];
	let i = 0;
	let j = 0;
	while (i < a.length && j < b.length) {
		const [one, other] = [a[i] as Span, b[j] as Span];
		const startSeconds = Math.max(one.startSeconds, other.startSeconds);
		const endSeconds = Math.min(one.endSeconds, other.endSeconds);
		if (endSeconds > startSeconds) result.push({ startSeconds, endSeconds });
		if (one.endSeconds < other.endSeconds) i++;
		else j++;
	}
	return result;
}

/** What lies in `a` and not in `b`; both in order and none touching another. */
export function without(a: readonly Span[], b: readonly Span[]): Span[] {
	const result: Span[] = [];
	let first = 0;
	for (const { startSeconds, endSeconds } of a) {
		while ((b[first]?.endSeconds ?? Infinity) <= startSeconds) first++;
		let from = startSeconds;
		for (let j = first; (b[j]?.startSeconds ?? Infinity) < endSeconds; j++) {
			const taken = b[j] as Span;
			if (taken.startSeconds > from)
				result.push({ startSeconds: from, endSeconds: taken.startSeconds });
			from = Math.max(from, taken.endSeconds);
		}
		if (from < endSeconds) result.push({ startSeconds: from, endSeconds });
	}
	return result;
}

export function secondsOf(spans: readonly Span[]): number {
	return spans.reduce((sum, one) => sum + one.endSeconds - one.startSeconds, 0);
}

/** The part of `spans` (in order, none touching another) that lies within one; found without reading all of them. */
export function within(spans: readonly Span[], { startSeconds, endSeconds }: Span): Span[] {
	let low = 0;
	let high = spans.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((spans[middle] as Span).endSeconds <= startSeconds) low = middle + 1;
		else high = middle;
	}
	const result: Span[] = [];
	for (let index = low; (spans[index]?.startSeconds ?? Infinity) < endSeconds; index++) {
		const one = spans[index] as Span;
		result.push({
			startSeconds: Math.max(one.startSeconds, startSeconds),
			endSeconds: Math.min(one.endSeconds, endSeconds),
		});
	}
	return result;
}

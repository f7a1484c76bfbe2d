/** First come, first served: who `take`s waits until everybody before has `give`n. */
export type Turns = { take(): Promise<void>; give(): void };

export function takingTurns(): Turns {
	const waiting: (() => void)[] = [];
	let taken = false;
	return {
		async take() {
			if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
			taken = true;
		},
		give() {
			const next = waiting.shift();
			// The turn passes on without ever being free, so that nobody can slip in between.
			if (next) next();
			else taken = false;
		},
	};
}

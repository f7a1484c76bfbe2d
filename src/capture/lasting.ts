export type Lasting = {
	/**
	 * Something held, or did not, for the next `seconds`; it is to hold `neededSeconds` in a row before it
	 * is called lasting.
	 */
	update(holds: boolean, seconds: number, neededSeconds: number): "begins" | "ends" | null;
	/** How long it has been holding, or did until it ended. */
	heldSeconds(): number;
	isActive(): boolean;
	reset(): void;
};

/** A condition without flicker: it begins after a while, and ends only when it has been over for `clearSeconds`. */
export function createLasting(clearSeconds: number): Lasting {
	let isActive = false;
	let heldSeconds = 0;
	let clearForSeconds = 0;
	return {
		update: (holds, seconds, neededSeconds) => {
			if (!isActive) {
				heldSeconds = holds ? heldSeconds + seconds : 0;
				if (heldSeconds < neededSeconds - 1e-6) return null;
				isActive = true;
				clearForSeconds = 0;
				return "begins";
			}
			if (holds) {
				heldSeconds += clearForSeconds + seconds;
				clearForSeconds = 0;
				return null;
			}
			clearForSeconds += seconds;
			if (clearForSeconds < clearSeconds - 1e-6) return null;
			isActive = false;
			return "ends";
		},
		heldSeconds: () => heldSeconds,
		isActive: () => isActive,
		reset: () => {
			isActive = false;
			heldSeconds = 0;
		},
	};
}

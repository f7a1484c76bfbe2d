/** A duration for a sentence: `0.35 s`, `3.2 s`, `12 s`, `5 min 3 s`, `2 h 5 min`. */
export function inWords(seconds: number): string {
	if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
	if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) return joined(`${minutes} min`, whole % 60, "s");
	return joined(`${Math.floor(minutes / 60)} h`, minutes % 60, "min");
}

function joined(large: string, small: number, unit: string): string {
	return small === 0 ? large : `${large} ${small} ${unit}`;
}

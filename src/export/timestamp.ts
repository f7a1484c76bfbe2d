/** `01:02:03,004` and, past a hundred hours, `100:00:00,000`: as SubRip and WebVTT write times. */
export function subtitleTimestamp(timeMs: number, decimalMark: "," | "."): string {
	const pad = (value: number, digits: number) => String(value).padStart(digits, "0");
	const totalSeconds = Math.floor(timeMs / 1000);
	const hours = pad(Math.floor(totalSeconds / 3600), 2);
	const minutes = pad(Math.floor(totalSeconds / 60) % 60, 2);
	const seconds = pad(totalSeconds % 60, 2);
	return `${hours}:${minutes}:${seconds}${decimalMark}${pad(timeMs % 1000, 3)}`;
}

/** `1:02:03` or `2:03`: as people write durations. */
export function spokenDuration(durationSeconds: number): string {
	const total = Math.round(durationSeconds);
	const seconds = String(total % 60).padStart(2, "0");
	const minutes = Math.floor(total / 60) % 60;
	const hours = Math.floor(total / 3600);
	return hours > 0
		? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`
		: `${minutes}:${seconds}`;
}

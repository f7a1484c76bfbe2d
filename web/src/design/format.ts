/** `83.4` → `1:23`, `3725` → `1:02:05` */
export function formatDuration(seconds: number): string {
	const whole = Math.floor(seconds);
	const two = (value: number) => String(value).padStart(2, "0");
	const hours = Math.floor(whole / 3600);
	const minutes = Math.floor(whole / 60) % 60;
	return hours > 0
		? `${hours}:${two(minutes)}:${two(whole % 60)}`
		: `${minutes}:${two(whole % 60)}`;
}

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `2_100_000` → `2.1 MB`; powers of a thousand, as disks are sold. */
export function formatSize(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit += 1;
	}
	const digits = unit === 0 || value >= 99.95 ? 0 : 1;
	return `${value.toFixed(digits)} ${units[unit]}`;
}

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const dayOfYear = new Intl.DateTimeFormat(undefined, {
	day: "numeric",
	month: "long",
	year: "numeric",
});
const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/** `today`, `yesterday`, `12 March`, `12 March 2024` */
export function formatDay(iso: string, now = new Date()): string {
	const date = new Date(iso);
	const midnight = (of: Date) => new Date(of.getFullYear(), of.getMonth(), of.getDate()).getTime();
	const daysAgo = Math.round((midnight(now) - midnight(date)) / 86_400_000);
	if (daysAgo === 0) return "Today";
	if (daysAgo === 1) return "Yesterday";
	return (date.getFullYear() === now.getFullYear() ? day : dayOfYear).format(date);
}

export function formatTime(iso: string): string {
	return time.format(new Date(iso));
}

const number = new Intl.NumberFormat();

/** `5,003`, as it is written where the person is */
export function formatCount(count: number): string {
	return number.format(count);
}

/** For sums, in words: `40 s`, `4 min`, `23 h 58 min` */
export function formatHours(seconds: number): string {
	if (seconds < 60) return `${Math.round(seconds)} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const weekdays = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const dayMs = 86_400_000;

/** When something happened, as one says it, in local time: at most fifteen characters. */
export function formatWhen(iso: string, now = new Date()): string {
	const then = new Date(iso);
	const agoMs = now.getTime() - then.getTime();
	const time = clock(then);
	if (agoMs >= 0 && agoMs < 60_000) return "just now";
	if (agoMs >= 0 && agoMs < 3_600_000) return `${Math.trunc(agoMs / 60_000)} min ago`;
	const days = Math.round((startOfDay(now) - startOfDay(then)) / dayMs);
	if (days === 0) return `today ${time}`;
	if (days === 1) return `yesterday ${time}`;
	if (days > 1 && days < 7) return `${weekdays[then.getDay()]} ${time}`;
	if (then.getFullYear() === now.getFullYear()) return `${dayAndMonth(then)} ${time}`;
	return `${dayAndMonth(then)} ${then.getFullYear()}`;
}

/** The whole of it: `20 Nov 2026, 19:03`. */
export function formatDate(iso: string): string {
	const then = new Date(iso);
	return `${dayAndMonth(then)} ${then.getFullYear()}, ${clock(then)}`;
}

function dayAndMonth(date: Date): string {
	return `${date.getDate()} ${months[date.getMonth()]}`;
}

function clock(date: Date): string {
	return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}

function startOfDay(date: Date): number {
	return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

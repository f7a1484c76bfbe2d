/** The one way a length of time is written: `0:07`, `12:34`, `1:02:03`. A dash where it is unknown. */
export function formatDuration(seconds: number | null): string {
	if (seconds === null || !Number.isFinite(seconds)) return "–";
	const whole = Math.max(0, Math.round(seconds));
	const hours = Math.trunc(whole / 3600);
	const minutes = Math.trunc((whole % 3600) / 60);
	const rest = String(whole % 60).padStart(2, "0");
	return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** A length of time in words, rounded, for a sentence: `34 s`, `34 min`, `5 h 12 min`. */
export function formatAbout(seconds: number): string {
	if (seconds < 59.5) return `${Math.round(seconds)} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 60) return `${minutes} min`;
	const rest = minutes % 60;
	return `${Math.trunc(minutes / 60)} h${rest > 0 ? ` ${rest} min` : ""}`;
}

/** A length of time as exactly as it was asked for: `0.1 s`, `1 min 35 s`, `2 h`. */
export function formatExact(seconds: number): string {
	const thousandths = Math.round(seconds * 1000);
	const hours = Math.trunc(thousandths / 3_600_000);
	const minutes = Math.trunc(thousandths / 60_000) % 60;
	const rest = (thousandths % 60_000) / 1000;
	const parts = [
		hours > 0 ? `${hours} h` : "",
		minutes > 0 ? `${minutes} min` : "",
		rest > 0 || thousandths < 60_000 ? `${rest} s` : "",
	];
	return parts.filter((part) => part !== "").join(" ");
}

/**
 * Seconds of a place in a recording or of a length of time: `83`, `1:23`, `1:02:03.5`, `30s`, `5m`,
 * `2h`, `500ms`, `.5s`. Null where the text is none.
 */
export function parseSeconds(text: string): number | null {
	const clock = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)$/.exec(text);
	if (clock) {
		const [, hours = "0", minutes = "", seconds = ""] = clock;
		return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
	}
	const plain = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|sec|m|min|h)?$/.exec(text);
	if (!plain) return null;
	const [, number, unit = "s"] = plain;
	if (unit === "ms") return Number(number) / 1000;
	return Number(number) * (unit === "h" ? 3600 : unit.startsWith("m") ? 60 : 1);
}

/** Days of an age: `7`, `7d`, `36h`, `2w`. Null where the text is none. */
export function parseDays(text: string): number | null {
	const match = /^(\d+(?:\.\d+)?)\s*(h|d|w)?$/.exec(text);
	if (!match) return null;
	const count = Number(match[1]);
	return match[2] === "h" ? count / 24 : match[2] === "w" ? count * 7 : count;
}

/** The running time of something that goes on: `0:07.4`, `1:02:03.4`. Never ahead of it. */
export function formatClock(seconds: number): string {
	const tenths = Math.max(0, Math.trunc(seconds * 10));
	return `${formatDuration(Math.trunc(tenths / 10))}.${tenths % 10}`;
}

/** How long something lasts: `3 d 4 h`, `5 h 12 min`, `34 min`, `50 s`; the larger, the coarser. */
export function formatLeft(seconds: number): string {
	const days = seconds / 86_400;
	if (days >= 10) return `${Math.trunc(Math.min(days, 9999))} d`;
	const hours = Math.trunc(seconds / 3600);
	const rest = hours % 24;
	if (days >= 1) return `${Math.trunc(days)} d${rest > 0 ? ` ${rest} h` : ""}`;
	if (hours >= 10) return `${hours} h`;
	return formatAbout(hours >= 1 ? Math.trunc(seconds / 60) * 60 : seconds);
}

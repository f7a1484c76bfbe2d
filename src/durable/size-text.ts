/**
 * A size in words, rounded so that what is there never looks like more (`down`), and what is wanted never
 * like less (`up`): `740 bytes`, `3.4 MB`, `12 GB`.
 */
export function sizeText(bytes: number, direction: "up" | "down"): string {
	const steps = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
	const value = bytes / 1000 ** steps;
	const factor = steps > 0 && value < 10 ? 10 : 1;
	const rounded = direction === "up" ? Math.ceil(value * factor) : Math.floor(value * factor);
	return `${rounded / factor} ${["bytes", "kB", "MB", "GB"][steps]}`;
}

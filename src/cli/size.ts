const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** A size for people, in powers of 1000 as disks are sold: `740 B`, `3.4 MB`, `12 GB`. */
export function formatSize(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit += 1;
	}
	const digits = unit > 0 && value < 9.95 ? 1 : 0;
	return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `1 recording`, `2 recordings`. */
export function count(n: number, one: string, many = `${one}s`): string {
	return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

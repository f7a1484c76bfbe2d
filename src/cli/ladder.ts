import { formatDuration } from "./duration.ts";
import type { Sheet } from "./output.ts";
import { formatSize } from "./size.ts";

/** What is already true of a recording; null is not true yet. */
export type Rungs = {
	capturedSeconds: number;
	/** On disk, synced. */
	onDiskBytes: number | null;
	sha256: string | null;
};

const shownDigits = 6;

/**
 * `captured 1:23 ✓  on disk 2.1 MB ✓  hashed 3f9a12… ✓`: how safe a recording is by now, one rung
 * after the other. A rung that is not reached has no tick.
 */
export function ladder(rungs: Rungs, { sheet, tick }: { sheet: Sheet; tick: string }): string {
	const { capturedSeconds, onDiskBytes, sha256 } = rungs;
	const rung = (name: string, value: string, isReached: boolean) =>
		isReached
			? `${sheet.paint("dim", name)} ${value} ${sheet.paint("green", tick)}`
			: sheet.paint("dim", `${name} ${value}`.trimEnd());
	const short = (digest: string) => (tick === "✓" ? `${digest}…` : digest);
	return [
		rung("captured", formatDuration(capturedSeconds), true),
		rung("on disk", onDiskBytes === null ? "" : formatSize(onDiskBytes), onDiskBytes !== null),
		rung("hashed", sha256 === null ? "" : short(sha256.slice(0, shownDigits)), sha256 !== null),
	].join("  ");
}

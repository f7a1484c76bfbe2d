import type { CoverageFacts } from "../recording.ts";

/** Something was said that the text does not have, or a loop stands where it should be. */
export function isIncomplete(coverage: CoverageFacts | null | undefined): boolean {
	return coverage ? coverage.gaps > 0 || coverage.loops > 0 : false;
}

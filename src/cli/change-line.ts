import type { TextChange } from "../layers/text-changes.ts";
import { formatDuration } from "./duration.ts";
import type { Sheet } from "./output.ts";
import { oneLine } from "./recording-row.ts";
import { visible } from "./visible.ts";

/** One place where two texts differ: `1:23  …today we use [-cooper netties-] {+Kubernetes+} for all of…` */
export function changeLine(out: Sheet, change: TextChange, withTime: boolean): string {
	const { context, removed, added, following, startSeconds } = change;
	const words = [
		context && out.paint("dim", `…${shown(context)}`),
		removed && out.paint("red", `[-${shown(removed)}-]`),
		added && out.paint("green", `{+${shown(added)}+}`),
		following && out.paint("dim", `${shown(following)}…`),
	];
	const time = startSeconds === null ? "" : formatDuration(Math.trunc(startSeconds));
	const place = withTime ? `${out.paint("dim", time.padStart(8))}  ` : "  ";
	return `${place}${words.filter(Boolean).join(" ")}`;
}

function shown(text: string): string {
	return visible(oneLine(text));
}

import type { Notice } from "../capture/capture.ts";
import { formatDuration } from "./duration.ts";
import type { Sheet, Style } from "./output.ts";
import type { Glyphs } from "./record-meter.ts";
import { visible } from "./visible.ts";
import { wrap } from "./width.ts";

const bell = "\u0007";

/**
 * What the guard has to say, as lines above the meter: where in the recording, and the sentence.
 * Serious in red and with a bell, when it begins; what has ended is dim.
 */
export function noticeLines(
	notice: Notice,
	{ glyphs, sheet }: { glyphs: Glyphs; sheet: Sheet },
): string[] {
	const { severity, phase, positionSeconds, message } = notice;
	const isNew = phase !== "ends";
	const style: Style =
		isNew && severity === "serious"
			? ["bold", "red"]
			: isNew && severity === "warning"
				? "yellow"
				: "dim";
	const mark = isNew && severity !== "info" ? glyphs.warning : glyphs.dot;
	const position = formatDuration(positionSeconds).padStart(6);
	const indent = " ".repeat(position.length + 4);
	const [first = "", ...more] = wrap(visible(message), sheet.width - indent.length - 1);
	const rings = isNew && severity === "serious" && sheet.isTerminal ? bell : "";
	return [
		`${rings}${sheet.paint("dim", position)}  ${sheet.paint(style, `${mark} ${first}`)}`,
		...more.map((line) => `${indent}${sheet.paint(style, line)}`),
	];
}

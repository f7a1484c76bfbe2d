import type { Notice, Snapshot } from "../capture/capture.ts";
import type { Output, Sheet, Style } from "./output.ts";
import { isInForeground } from "./record-keys.ts";
import { recordLine } from "./record-line.ts";
import { type Glyphs, moveNeedle, type Needle } from "./record-meter.ts";
import { noticeLines } from "./record-notices.ts";

export type Screen = {
	/** Draws again what may have been overwritten. */
	show(): void;
	/** Draws nothing until `show`. */
	hide(): void;
	notice(notice: Notice): void;
	close(): void;
};

const drawMs = 100;

/** The live line and the notices above it; on anything but a terminal, nothing. */
export function openScreen(output: Output, glyphs: Glyphs, snapshot: () => Snapshot): Screen {
	if (!isLive(output)) return { show() {}, hide() {}, notice() {}, close() {} };
	const sheet = quickly(output.err);
	let needle: Needle | null = null;
	let hidden = !isInForeground();

	function draw(): void {
		if (hidden) return;
		const now = snapshot();
		needle = moveNeedle(needle, now.level, performance.now());
		const look = { glyphs, sheet, width: Math.max(0, sheet.columns - 1) };
		const { plain, painted } = recordLine(now, needle, look);
		output.progress(plain, painted);
	}

	const drawing = setInterval(draw, drawMs);
	drawing.unref();
	draw();
	return {
		show() {
			hidden = false;
			output.progress(null);
			draw();
		},
		hide() {
			hidden = true;
			output.progress(null);
		},
		notice(notice) {
			if (hidden) return;
			for (const line of noticeLines(notice, { glyphs, sheet: output.err })) output.note(line);
			draw();
		},
		close() {
			clearInterval(drawing);
			output.progress(null);
		},
	};
}

/**
 * The same paint ten times a second for as long as somebody talks: asking the terminal and the
 * environment anew for each word (styleText does) costs more than all the rest of the line.
 */
function quickly(sheet: Sheet): Sheet {
	const around = new Map<Style, [before: string, after: string]>();
	return {
		isTerminal: sheet.isTerminal,
		get width() {
			return sheet.width;
		},
		get columns() {
			return sheet.columns;
		},
		paint(style, text) {
			if (text === "") return "";
			let found = around.get(style);
			if (found === undefined) {
				const [before = "", after = ""] = sheet.paint(style, "|").split("|");
				found = [before, after];
				around.set(style, found);
			}
			return found[0] + text + found[1];
		},
	};
}

/** A terminal that can go back to the beginning of a line. */
export function isLive({ err }: Output): boolean {
	return err.isTerminal && process.env.TERM !== "dumb";
}

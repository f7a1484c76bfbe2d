import type { Level } from "../capture/capture.ts";
import type { Sheet } from "./output.ts";

/** What a terminal can draw with. */
export type Glyphs = {
	recording: string;
	waiting: string;
	paused: string;
	stopping: string;
	warning: string;
	tick: string;
	/** The meter's ends, and its cells filled from nothing to whole. */
	left: string;
	right: string;
	cells: readonly string[];
	peak: string;
	minus: string;
	ellipsis: string;
	dot: string;
};

export const unicodeGlyphs: Glyphs = {
	recording: "●",
	waiting: "○",
	paused: "❚❚",
	stopping: "■",
	warning: "▲",
	tick: "✓",
	left: "▕",
	right: "▏",
	cells: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
	peak: "▏",
	minus: "−",
	ellipsis: "…",
	dot: "·",
};

export const asciiGlyphs: Glyphs = {
	recording: "*",
	waiting: "o",
	paused: "||",
	stopping: "#",
	warning: "!",
	tick: "ok",
	left: "[",
	right: "]",
	cells: [" ", "#"],
	peak: "|",
	minus: "-",
	ellipsis: "...",
	dot: "-",
};

/**
 * What the locale says a terminal understands (POSIX: LC_ALL before LC_CTYPE before LANG). The
 * Linux console has letters of all kinds, and no eighths of a block.
 */
export function glyphsFor(env: NodeJS.ProcessEnv, platform = process.platform): Glyphs {
	if (env.TERM === "linux" || env.TERM === "dumb") return asciiGlyphs;
	if (platform === "win32") return env.WT_SESSION || env.TERM_PROGRAM ? unicodeGlyphs : asciiGlyphs;
	const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || (platform === "darwin" ? "UTF-8" : "C");
	return /utf-?8/i.test(locale) ? unicodeGlyphs : asciiGlyphs;
}

/** The quietest that moves the meter. */
const floorDbfs = -54;
/** From here on speech is loud enough to be careful, and from here on it is cut off. */
const loudDbfs = -12;
const tooLoudDbfs = -3;
const fallPerSecondDb = 24;
const holdMs = 1500;

/** What the meter shows: it rises at once, falls slowly, and the highest of late stays as a mark. */
export type Needle = { dbfs: number; heldDbfs: number; heldAtMs: number; atMs: number };

export function moveNeedle(before: Needle | null, level: Level | null, atMs: number): Needle {
	const dbfs = Math.max(floorDbfs, level?.peakDbfs ?? floorDbfs);
	if (before === null) return { dbfs, heldDbfs: dbfs, heldAtMs: atMs, atMs };
	const fallen = before.dbfs - ((atMs - before.atMs) / 1000) * fallPerSecondDb;
	const shown = Math.max(dbfs, fallen);
	const holds = dbfs < before.heldDbfs && atMs - before.heldAtMs < holdMs;
	return {
		dbfs: shown,
		heldDbfs: holds ? before.heldDbfs : shown,
		heldAtMs: holds ? before.heldAtMs : atMs,
		atMs,
	};
}

/**
 * `▕██████▊   ▏  ▏`, `width` cells between its ends.
 *
 * @returns the same twice: plain, and in green, yellow and red
 */
export function drawMeter(
	needle: Needle | null,
	width: number,
	{ glyphs, sheet }: { glyphs: Glyphs; sheet: Sheet },
): { plain: string; painted: string } {
	const { cells } = glyphs;
	const cellDb = -floorDbfs / width;
	const steps = cells.length - 1;
	const filled = needle === null ? 0 : ((needle.dbfs - floorDbfs) / cellDb) * steps;
	const heldCell =
		needle === null || needle.heldDbfs <= floorDbfs
			? -1
			: Math.min(width - 1, Math.trunc((needle.heldDbfs - floorDbfs) / cellDb));
	const parts = { green: "", yellow: "", red: "" };
	for (let cell = 0; cell < width; cell += 1) {
		const part = Math.max(0, Math.min(steps, Math.trunc(filled - cell * steps)));
		const drawn = part === 0 && cell === heldCell ? glyphs.peak : (cells[part] ?? " ");
		const endDbfs = floorDbfs + (cell + 1) * cellDb;
		parts[endDbfs > tooLoudDbfs ? "red" : endDbfs > loudDbfs ? "yellow" : "green"] += drawn;
	}
	const { green, yellow, red } = parts;
	const bar = [
		sheet.paint("green", green),
		sheet.paint("yellow", yellow),
		sheet.paint("red", red),
	].join("");
	const [left, right] = [sheet.paint("dim", glyphs.left), sheet.paint("dim", glyphs.right)];
	return {
		plain: `${glyphs.left}${green}${yellow}${red}${glyphs.right}`,
		painted: `${left}${bar}${right}`,
	};
}

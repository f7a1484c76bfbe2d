import type { CaptureState, Snapshot } from "../capture/capture.ts";
import { formatClock, formatLeft } from "./duration.ts";
import type { Sheet, Style } from "./output.ts";
import { drawMeter, type Glyphs, type Needle } from "./record-meter.ts";
import { formatSize } from "./size.ts";

export type LineLook = { glyphs: Glyphs; sheet: Sheet; width: number };

/** A piece of the line, of characters that are one column wide each. Those of a higher rank go first where there is no room for all. */
type Piece = { text: string; style: Style | null; rank: number; joint?: string };

/** Less than this is worth a word even on a narrow terminal. */
const soonFullSeconds = 3600;
const widestMeter = 24;
const narrowestMeter = 10;
const gap = "  ";

/**
 * The line at the bottom of the terminal while something is being recorded: what it is doing, for how
 * long, how loud, how large, how long the disk lasts, and what can be pressed; less of it the
 * narrower the terminal is.
 *
 * @returns the same twice: plain, at most `width` columns, and in colours
 */
export function recordLine(
	snapshot: Snapshot,
	needle: Needle | null,
	look: LineLook,
): { plain: string; painted: string } {
	const { glyphs, sheet, width } = look;
	const { before, after, hasMeter } = piecesOf(snapshot, glyphs);
	const meterFrame = hasMeter ? gap.length + 2 : 0;
	const kept = fitting([...before, ...after], width - meterFrame - (hasMeter ? narrowestMeter : 0));
	const cells = Math.min(widestMeter, width - widthOf(kept) - meterFrame);
	let plain = "";
	let painted = "";
	const put = (text: string, shown: string, joint: string) => {
		painted += plain === "" ? shown : joint + shown;
		plain += plain === "" ? text : joint + text;
	};
	const putPiece = (piece: Piece) => {
		const { text, style, joint = gap } = piece;
		if (kept.includes(piece)) put(text, style === null ? text : sheet.paint(style, text), joint);
	};
	before.forEach(putPiece);
	if (hasMeter && cells >= narrowestMeter) {
		const meter = drawMeter(needle, cells, { glyphs, sheet });
		put(meter.plain, meter.painted, gap);
	}
	after.forEach(putPiece);
	if (plain.length <= width) return { plain, painted };
	const cut = plain.slice(0, width);
	return { plain: cut, painted: cut };
}

const markStyles: Record<CaptureState, Style> = {
	opening: "dim",
	"waiting-for-speech": "cyan",
	recording: ["bold", "red"],
	paused: "yellow",
	"waiting-for-device": "yellow",
	stopping: "dim",
};

type Pieces = { before: Piece[]; after: Piece[]; hasMeter: boolean };

function piecesOf(snapshot: Snapshot, glyphs: Glyphs): Pieces {
	const { state, level, sizeBytes, diskSecondsLeft } = snapshot;
	const mark: Piece = { text: markOf(snapshot, glyphs), style: markStyles[state], rank: 0 };
	const says = (text: string, style: Style | null): Piece => ({ text, style, rank: 0, joint: " " });
	const clock = says(formatClock(snapshot.capturedSeconds), "bold");
	const keys = keysOf(state).map(
		(text, index): Piece =>
			index === 0
				? { text, style: "dim", rank: 2 }
				: { text, style: "dim", rank: 4, joint: ` ${glyphs.dot} ` },
	);
	const size: Piece = { text: formatSize(sizeBytes), style: "dim", rank: 5 };
	const disk: Piece[] =
		diskSecondsLeft === null
			? []
			: [
					{
						text: `disk ${formatLeft(diskSecondsLeft)}`,
						style: diskSecondsLeft < soonFullSeconds ? "yellow" : "dim",
						rank: diskSecondsLeft < soonFullSeconds ? 1 : 6,
					},
				];
	const withoutMeter = (...before: Piece[]): Pieces => ({
		before: [mark, ...before],
		after: [size, ...keys],
		hasMeter: false,
	});
	switch (state) {
		case "recording": {
			const loudness: Piece = { text: decibels(level?.peakDbfs, glyphs), style: "dim", rank: 3 };
			// What stands behind it is to stand still.
			const steady = { ...size, text: size.text.padStart(6) };
			return { before: [mark, clock], after: [loudness, steady, ...disk, ...keys], hasMeter: true };
		}
		case "waiting-for-speech": {
			const then: Piece = { text: "begins when you speak", style: null, rank: 3 };
			const before = [mark, says("listening", "cyan")];
			return { before, after: [then, ...keys], hasMeter: true };
		}
		case "paused":
			return withoutMeter(clock, says("paused", "yellow"));
		case "waiting-for-device":
			return withoutMeter(clock, says("waiting for the microphone", "yellow"));
		case "opening": {
			const text = `Opening the microphone${glyphs.ellipsis}`;
			return { before: [mark, says(text, null)], after: [], hasMeter: false };
		}
		case "stopping":
			return withoutMeter(clock, says(`keeping it${glyphs.ellipsis}`, null));
	}
}

function markOf({ state, active }: Snapshot, glyphs: Glyphs): string {
	switch (state) {
		case "recording":
			return active.some(({ severity }) => severity === "serious")
				? glyphs.warning
				: glyphs.recording;
		case "waiting-for-device":
			return glyphs.warning;
		case "paused":
			return glyphs.paused;
		case "stopping":
			return glyphs.stopping;
		default:
			return glyphs.waiting;
	}
}

function keysOf(state: CaptureState): string[] {
	switch (state) {
		case "recording":
			return ["Enter ends", "p pauses"];
		case "paused":
			return ["p goes on", "Enter ends"];
		case "waiting-for-speech":
		case "waiting-for-device":
			return ["Enter ends"];
		default:
			return [];
	}
}

/** As wide for every value, so that what stands behind it stands still. */
function decibels(dbfs: number | undefined, glyphs: Glyphs): string {
	const rounded = Math.round(dbfs ?? Number.NEGATIVE_INFINITY);
	if (!Number.isFinite(rounded) || rounded < -99) return `  ${glyphs.minus}  dB`;
	const text = rounded < 0 ? `${glyphs.minus}${-rounded}` : "0";
	return `${text.padStart(3)} dB`;
}

function fitting(pieces: Piece[], width: number): Piece[] {
	let kept = pieces;
	while (kept.length > 1 && widthOf(kept) > width) {
		const worst = kept.reduce((one, other) => (other.rank >= one.rank ? other : one));
		if (worst.rank === 0) break;
		kept = kept.filter((piece) => piece !== worst);
	}
	return kept;
}

function widthOf(pieces: readonly Piece[]): number {
	return pieces.reduce(
		(sum, { text, joint = gap }, index) => sum + text.length + (index > 0 ? joint.length : 0),
		0,
	);
}

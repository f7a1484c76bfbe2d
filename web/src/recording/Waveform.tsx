import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef } from "react";
import { formatDuration } from "../design/format.ts";
import type { Doubt } from "./doubt-words.ts";
import { columnsOf, loudestOf, type Peaks } from "./peaks.ts";
import type { Player } from "./player.ts";
import { useSeconds } from "./use-player.ts";
import { useWidth } from "./use-width.ts";
import { moved, ticksOf, type ViewSpan, zoomed } from "./view-span.ts";
import styles from "./Waveform.module.css";

const height = 72;
/** A bar and the space after it. */
const pitch = 3;

type Props = {
	player: Player;
	/** Null: not made yet; then there is a line to click on. */
	peaks: Peaks | null;
	durationSeconds: number;
	doubts: readonly Doubt[];
	view: ViewSpan;
	onView: (view: ViewSpan) => void;
};

/** The recording as a line of grooves: click to hear a place, doubts are hatched. */
export function Waveform({ player, peaks, durationSeconds, doubts, view, onView }: Props) {
	const frame = useRef<HTMLDivElement>(null);
	const played = useRef<SVGSVGElement>(null);
	const head = useRef<HTMLDivElement>(null);
	const slider = useRef<HTMLDivElement>(null);
	const width = useWidth(frame);
	const hatch = useId();
	const length = view.endSeconds - view.startSeconds;
	const path = useMemo(() => barsOf(peaks, view, width), [peaks, view, width]);
	const isWhole = length >= durationSeconds - 0.01;
	const x = (seconds: number) => ((seconds - view.startSeconds) / length) * width;

	useSeconds(player, (seconds) => {
		const share = Math.max(0, Math.min(1, (seconds - view.startSeconds) / length));
		if (played.current) played.current.style.clipPath = `inset(0 ${(1 - share) * 100}% 0 0)`;
		if (head.current) {
			head.current.style.transform = `translateX(${share * width}px)`;
			head.current.hidden = seconds < view.startSeconds || seconds > view.endSeconds;
		}
		const whole = Math.floor(seconds);
		if (slider.current && slider.current.ariaValueNow !== String(whole)) {
			slider.current.ariaValueNow = String(whole);
			slider.current.ariaValueText = `${formatDuration(whole)} of ${formatDuration(durationSeconds)}`;
		}
		// The page turns when the sound leaves it.
		if (!isWhole && player.state().isPlaying && seconds > view.endSeconds) {
			onView(moved(view, seconds - view.startSeconds - length * 0.05, durationSeconds));
		}
	});

	// React listens passively to the wheel; zooming must keep the browser from zooming the page.
	useEffect(() => {
		const element = frame.current;
		if (element === null) return;
		const onWheel = (event: WheelEvent) => {
			const box = element.getBoundingClientRect();
			const at = view.startSeconds + ((event.clientX - box.left) / box.width) * length;
			if (event.ctrlKey || event.metaKey) {
				event.preventDefault();
				onView(zoomed(view, event.deltaY > 0 ? 1.25 : 0.8, at, durationSeconds));
			} else if (!isWhole && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
				event.preventDefault();
				onView(moved(view, (event.deltaX / box.width) * length, durationSeconds));
			}
		};
		element.addEventListener("wheel", onWheel, { passive: false });
		return () => element.removeEventListener("wheel", onWheel);
	}, [view, length, isWhole, durationSeconds, onView]);

	const jump = ({ clientX, currentTarget }: PointerEvent<HTMLElement>) => {
		const box = currentTarget.getBoundingClientRect();
		const share = Math.max(0, Math.min(1, (clientX - box.left) / box.width));
		player.jumpTo(view.startSeconds + share * length);
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const to = { Home: 0, End: durationSeconds }[event.key];
		const arrow = event.shiftKey ? 30 : 5;
		const steps = { ArrowUp: arrow, ArrowRight: arrow, ArrowDown: -arrow, ArrowLeft: -arrow };
		const by = { ...steps, PageUp: 30, PageDown: -30 }[event.key];
		if (to !== undefined) player.jumpTo(to);
		else if (by !== undefined) player.jumpBy(by);
		else if (event.key === " ") player.toggle();
		else return;
		event.preventDefault();
	};
	const shown = doubts.filter(
		({ startSeconds, endSeconds }) =>
			endSeconds > view.startSeconds && startSeconds < view.endSeconds,
	);
	return (
		<div className={styles.waveform}>
			<div
				ref={(element) => {
					frame.current = element;
					slider.current = element;
				}}
				className={styles.frame}
				role="slider"
				tabIndex={0}
				aria-label="Position in the recording"
				aria-valuemin={0}
				aria-valuemax={Math.floor(durationSeconds)}
				aria-valuenow={0}
				aria-valuetext={`0:00 of ${formatDuration(durationSeconds)}`}
				onKeyDown={onKeyDown}
				onPointerDown={(event) => {
					if (event.button !== 0) return;
					event.currentTarget.setPointerCapture(event.pointerId);
					jump(event);
				}}
				onPointerMove={(event) => {
					if (event.currentTarget.hasPointerCapture(event.pointerId)) jump(event);
				}}
			>
				<svg
					className={styles.bars}
					viewBox={`0 0 ${Math.max(1, width)} ${height}`}
					preserveAspectRatio="none"
					aria-hidden="true"
				>
					<defs>
						<pattern
							id={hatch}
							width="6"
							height="6"
							patternUnits="userSpaceOnUse"
							patternTransform="rotate(45)"
						>
							<line x1="0" y1="0" x2="0" y2="6" className={styles.hatchLine} />
						</pattern>
					</defs>
					{shown.map((doubt) => (
						<rect
							key={`${doubt.kind}${doubt.startSeconds}`}
							x={x(doubt.startSeconds)}
							width={Math.max(3, x(doubt.endSeconds) - x(doubt.startSeconds))}
							y="0"
							height={height}
							fill={`url(#${hatch})`}
							className={styles.doubt}
						/>
					))}
					<path d={path} />
				</svg>
				<svg
					ref={played}
					className={`${styles.bars} ${styles.played}`}
					viewBox={`0 0 ${Math.max(1, width)} ${height}`}
					preserveAspectRatio="none"
					aria-hidden="true"
				>
					<path d={path} />
				</svg>
				<div ref={head} className={styles.head} />
			</div>
			<div className={styles.ticks} aria-hidden="true">
				{ticksOf(view, Math.max(2, Math.floor(width / 90)))
					.filter((seconds) => x(seconds) < width - 28)
					.map((seconds) => (
						<span key={seconds} style={{ left: x(seconds) }}>
							{tickText(seconds)}
						</span>
					))}
			</div>
		</div>
	);
}

function tickText(seconds: number): string {
	const whole = formatDuration(seconds);
	return Number.isInteger(seconds) ? whole : `${whole}.5`;
}

/** One groove for each column; where there are no peaks yet, a thin line. */
function barsOf(peaks: Peaks | null, view: ViewSpan, width: number): string {
	if (width < pitch) return "";
	const middle = height / 2;
	if (peaks === null) return `M0 ${middle - 0.5}h${width}v1h${-width}z`;
	// Near enough that there are fewer values than room, the grooves stand wider apart.
	const known = Math.ceil((view.endSeconds - view.startSeconds) * peaks.bucketsPerSecond);
	const count = Math.max(1, Math.min(Math.floor(width / pitch), known));
	const step = width / count;
	const thick = Math.min(step * 0.67, 6).toFixed(1);
	const columns = columnsOf(peaks, view, count);
	const scale = (middle - 2) / Math.max(0.05, loudestOf(peaks));
	let path = "";
	for (let index = 0; index < count; index++) {
		const top = Math.max(0.75, (columns[index * 2 + 1] as number) * scale);
		const bottom = Math.max(0.75, -(columns[index * 2] as number) * scale);
		path += `M${(index * step).toFixed(1)} ${(middle - top).toFixed(1)}h${thick}v${(top + bottom).toFixed(1)}h-${thick}z`;
	}
	return path;
}

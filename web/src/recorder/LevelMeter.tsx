import { useEffect, useRef } from "react";
import styles from "./LevelMeter.module.css";
import { onLevel } from "./recorder.ts";

const lowestDbfs = -60;
/** How fast it falls: slow enough that the eye follows. */
const fallDbPerSecond = 24;
const holdMs = 1500;

/** The level as it is. It rises at once, falls slowly, and is drawn past React. */
export function LevelMeter({ isOpen, isPaused }: { isOpen: boolean; isPaused: boolean }) {
	const bar = useRef<HTMLDivElement>(null);
	const peak = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (!isOpen) return;
		let heard = lowestDbfs;
		let shown = lowestDbfs;
		let held = lowestDbfs;
		let heldAtMs = 0;
		let lastMs = performance.now();
		let frame = 0;
		const draw = (nowMs: number) => {
			const fallen = ((nowMs - lastMs) / 1000) * fallDbPerSecond;
			lastMs = nowMs;
			shown = Math.max(heard, shown - fallen, lowestDbfs);
			heard = lowestDbfs;
			if (shown >= held || nowMs - heldAtMs > holdMs) {
				held = shown;
				heldAtMs = nowMs;
			}
			if (bar.current) bar.current.style.transform = `scaleX(${share(shown)})`;
			if (peak.current) peak.current.style.left = `${share(held) * 100}%`;
			frame = requestAnimationFrame(draw);
		};
		frame = requestAnimationFrame(draw);
		const end = onLevel(({ peakDbfs }) => {
			heard = Math.max(heard, peakDbfs);
		});
		return () => {
			end();
			cancelAnimationFrame(frame);
			if (bar.current) bar.current.style.transform = "scaleX(0)";
			if (peak.current) peak.current.style.left = "0";
		};
	}, [isOpen]);
	return (
		<div
			className={`${styles.meter} ${isPaused ? styles.paused : ""} ${isOpen ? "" : styles.closed}`}
			aria-hidden="true"
		>
			<div ref={bar} className={styles.bar} />
			<div ref={peak} className={styles.peak} />
			<div className={styles.loud} />
		</div>
	);
}

function share(dbfs: number): number {
	return Math.max(0, Math.min(1, 1 - dbfs / lowestDbfs));
}

import styles from "./Meter.module.css";

/** How much of something is used: a fact, not a movement. */
export function Meter({
	label,
	value,
	max,
	text,
	tone = "amber",
	hideLabel = false,
}: {
	label: string;
	value: number;
	max: number;
	/** The value in words: `3.1 GB of 20 GB`. */
	text: string;
	tone?: "amber" | "warn" | "bad";
	hideLabel?: boolean;
}) {
	return (
		<div className={styles.meter}>
			<Head label={label} text={text} isHidden={hideLabel} />
			{/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn alike in every browser */}
			<div
				role="meter"
				aria-label={label}
				aria-valuemin={0}
				aria-valuemax={max}
				aria-valuenow={value}
				aria-valuetext={text}
				className={`${styles.track} ${styles[tone]}`}
			>
				<div className={styles.fill} style={{ width: `${share(value, max)}%` }} />
			</div>
		</div>
	);
}

/** How far something is. `max` null: it goes on, and nobody knows how long. */
export function Progress({
	label,
	value,
	max,
	text,
	hideLabel = false,
}: {
	label: string;
	value: number;
	max: number | null;
	text?: string;
	hideLabel?: boolean;
}) {
	return (
		<div className={styles.meter}>
			<Head label={label} text={text ?? ""} isHidden={hideLabel} />
			<div
				role="progressbar"
				aria-label={label}
				aria-valuemin={0}
				aria-valuemax={max ?? undefined}
				aria-valuenow={max === null ? undefined : Math.min(value, max)}
				aria-valuetext={text}
				className={`${styles.track} ${styles.amber} ${max === null ? styles.unknown : ""}`}
			>
				<div
					className={styles.fill}
					style={{ width: max === null ? "30%" : `${share(value, max)}%` }}
				/>
			</div>
		</div>
	);
}

function Head({ label, text, isHidden }: { label: string; text: string; isHidden: boolean }) {
	if (isHidden) return null;
	return (
		<p className={styles.head} aria-hidden="true">
			<span>{label}</span>
			<span>{text}</span>
		</p>
	);
}

function share(value: number, max: number): number {
	return max <= 0 ? 0 : Math.max(0, Math.min(100, (value / max) * 100));
}

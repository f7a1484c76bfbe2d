import type { Ladder as Rungs } from "../../../src/server/contract/recording.ts";
import { formatDuration, formatSize } from "./format.ts";
import styles from "./Ladder.module.css";

export type Rung = { name: string; value: string | null };

/** The same words as in the terminal (src/cli/ladder.ts). */
export function rungsOf({ capturedSeconds, onDiskBytes, sha256, copies }: Rungs): Rung[] {
	return [
		{ name: "captured", value: capturedSeconds === null ? null : formatDuration(capturedSeconds) },
		{ name: "on disk", value: onDiskBytes === null ? null : formatSize(onDiskBytes) },
		{ name: "hashed", value: sha256 === null ? null : `${sha256.slice(0, 6)}…` },
		...copies.map(({ remote }, index) => ({ name: `copy ${index + 1}`, value: remote })),
	];
}

/** How safe a recording is by now: the signature of Onwax, the same wherever it stands. */
export function Ladder({ rungs, filling = 0 }: { rungs: Rungs; filling?: number }) {
	return <RungList rungs={rungsOf(rungs)} filling={filling} />;
}

/** For what has not reached the library yet, and has rungs of its own. */
export function RungList({
	rungs,
	filling = 0,
}: {
	rungs: readonly Rung[];
	/** How full the first groove is that is not reached yet, from 0 to 1. */
	filling?: number;
}) {
	const next = rungs.findIndex(({ value }) => value === null);
	const shareOf = ({ value }: Rung, index: number) => {
		if (value !== null) return 1;
		return index === next ? Math.min(1, Math.max(0, filling)) : 0;
	};
	return (
		<ol className={styles.ladder} aria-label="How safe it is">
			{rungs.map((rung, index) => {
				const { name, value } = rung;
				return (
					<li
						key={name}
						className={`${styles.rung} ${value === null ? styles.waiting : styles.reached}`}
					>
						<span className={styles.groove} aria-hidden="true">
							<span
								className={styles.wax}
								style={{
									width: `${shareOf(rung, index) * 100}%`,
									// One after the other, as it happens.
									transitionDelay: value === null ? "0ms" : `${index * 180}ms`,
								}}
							/>
						</span>
						{name} {value !== null && <span className={styles.value}>{value}</span>}
						<span className="visually-hidden">{value === null ? "not yet" : "done"}</span>
					</li>
				);
			})}
		</ol>
	);
}

/** For a row of a list: the grooves alone, in words for who cannot see them. */
export function SmallLadder({ rungs }: { rungs: Rungs }) {
	const all = rungsOf(rungs);
	const done = all.filter(({ value }) => value !== null).map(({ name }) => name);
	return (
		<span
			className={styles.small}
			role="img"
			aria-label={done.join(", ") || "not safe yet"}
			title={done.join(" · ")}
		>
			{all.map(({ name, value }) => (
				<span key={name} className={value === null ? "" : styles.reached}>
					<span className={styles.groove} />
				</span>
			))}
		</span>
	);
}

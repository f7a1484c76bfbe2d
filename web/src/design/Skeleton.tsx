import styles from "./Skeleton.module.css";

/** Holds the place of text that is on its way. `width` as in CSS. */
export function Skeleton({ width = "100%", lines = 1 }: { width?: string; lines?: number }) {
	return (
		<span className={styles.skeleton} aria-hidden="true">
			{Array.from({ length: lines }, (_, line) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
				<span key={line} style={{ width: line === lines - 1 ? width : "100%" }} />
			))}
		</span>
	);
}

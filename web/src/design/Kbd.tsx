import styles from "./Kbd.module.css";

/** `Ctrl+K` → two keys. */
export function Kbd({ keys }: { keys: string }) {
	return (
		<span className={styles.keys}>
			{keys.split("+").map((key) => (
				<kbd key={key}>{key}</kbd>
			))}
		</span>
	);
}

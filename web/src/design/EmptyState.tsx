import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

/** A place with nothing in it yet teaches what could be there. */
export function EmptyState({
	title,
	children,
	actions,
}: {
	title: string;
	children: ReactNode;
	actions?: ReactNode;
}) {
	return (
		<div className={styles.empty}>
			<h2>{title}</h2>
			<div className={styles.text}>{children}</div>
			{actions && <div className={styles.actions}>{actions}</div>}
		</div>
	);
}

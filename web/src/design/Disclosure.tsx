import type { ReactNode } from "react";
import styles from "./Disclosure.module.css";
import { Icon } from "./icons.tsx";

/** More about it, for who wants it. */
export function Disclosure({
	summary,
	children,
	isOpen = false,
}: {
	summary: ReactNode;
	children: ReactNode;
	/** At first. */
	isOpen?: boolean;
}) {
	return (
		<details className={styles.disclosure} open={isOpen}>
			<summary>
				<Icon name="right" size={16} />
				{summary}
			</summary>
			<div className={styles.content}>{children}</div>
		</details>
	);
}

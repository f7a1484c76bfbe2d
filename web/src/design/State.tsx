import type { ReactNode } from "react";
import { Icon, type IconName } from "./icons.tsx";
import styles from "./State.module.css";

export type Tone = "neutral" | "good" | "warn" | "bad" | "amber";

const icons: Record<Tone, IconName> = {
	neutral: "waiting",
	good: "check",
	warn: "warning",
	bad: "failed",
	amber: "waiting",
};

/** How something stands: always a sign and words, never a colour alone. */
export function State({
	tone,
	icon,
	children,
}: {
	tone: Tone;
	icon?: IconName;
	children: ReactNode;
}) {
	return (
		<span className={`${styles.state} ${styles[tone]}`}>
			<Icon name={icon ?? icons[tone]} size={16} />
			<span>{children}</span>
		</span>
	);
}

/** A word that stands for a property: a tag, a number of something. */
export function Badge({ children }: { children: ReactNode }) {
	return <span className={styles.badge}>{children}</span>;
}

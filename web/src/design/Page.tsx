import { type ReactNode, useEffect } from "react";
import styles from "./Page.module.css";

/** What every page begins with: its one h1, what can be done, and then its content in one column. */
export function Page({
	title,
	heading,
	lead,
	actions,
	children,
	isWide = false,
}: {
	/** Of the page and of the window. */
	title: string;
	/** Where the h1 is more than the title in words (a field to edit it in). */
	heading?: ReactNode;
	/** A quiet line below the title. */
	lead?: ReactNode;
	actions?: ReactNode;
	children: ReactNode;
	/** As wide as there is room; else a column that reads well. */
	isWide?: boolean;
}) {
	useEffect(() => {
		document.title = title === "Onwax" ? title : `${title} · Onwax`;
	}, [title]);
	return (
		<div className={`${styles.page} ${isWide ? styles.wide : ""}`}>
			<header className={styles.header}>
				<div className={styles.words}>
					{heading ?? <h1>{title}</h1>}
					{lead && <div className={styles.lead}>{lead}</div>}
				</div>
				{actions && <div className={styles.actions}>{actions}</div>}
			</header>
			{children}
		</div>
	);
}

/** A part of a page, under a heading of the second rank. */
export function Section({
	title,
	lead,
	actions,
	children,
}: {
	title: string;
	lead?: ReactNode;
	actions?: ReactNode;
	children: ReactNode;
}) {
	return (
		<section className={styles.section}>
			<header className={styles.header}>
				<div className={styles.words}>
					<h2>{title}</h2>
					{lead && <div className={styles.lead}>{lead}</div>}
				</div>
				{actions && <div className={styles.actions}>{actions}</div>}
			</header>
			{children}
		</section>
	);
}

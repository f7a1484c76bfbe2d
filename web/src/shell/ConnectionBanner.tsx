import { useEffect, useState } from "react";
import { useConnection } from "../api/connection.ts";
import { Icon } from "../design/icons.tsx";
import styles from "./Shell.module.css";

const words = {
	offline: [
		"This device is offline.",
		"What you record is kept in this browser and goes on its way when the network is back. What Onwax has already is safe.",
	],
	gone: [
		"Onwax does not answer.",
		"It may be restarting. What it has is safe on its disk; uploads go on by themselves when it is back.",
	],
} as const;

const graceMs = 1500;

/** Calm: a service that is restarted within a moment is nobody's business. */
export function ConnectionBanner() {
	const connection = useConnection();
	const [isShown, setShown] = useState(false);
	const isAway = connection === "offline" || connection === "gone";
	useEffect(() => {
		if (!isAway) {
			setShown(false);
			return;
		}
		const timer = setTimeout(() => setShown(true), graceMs);
		return () => clearTimeout(timer);
	}, [isAway]);
	const shown = isAway && isShown ? words[connection] : null;
	return (
		<div role="status" className={styles.status}>
			{shown && (
				<p className={styles.banner}>
					<Icon name="offline" />
					<span>
						<strong>{shown[0]}</strong> {shown[1]}
					</span>
				</p>
			)}
		</div>
	);
}

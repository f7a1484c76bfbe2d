import { Skeleton } from "../design/Skeleton.tsx";
import styles from "./Shell.module.css";

/** Holds the place of a page whose program is on its way; on a usual way nobody sees it. */
export function Loading() {
	return (
		<div className={styles.loading}>
			<Skeleton lines={4} width="40%" />
		</div>
	);
}

import type { Storage } from "../../../src/server/contract/storage.ts";
import { formatSize } from "../design/format.ts";
import { State } from "../design/State.tsx";
import { WithCode } from "../design/WithCode.tsx";
import styles from "./DiskBar.module.css";

type Part = { name: string; bytes: number; shade: string | undefined };

/** The disk as one bar: what of it is ours, what is others', what is free. */
export function DiskBar({ storage }: { storage: Storage }) {
	const { disk, total, trash, others, forecast } = storage;
	const beside =
		others.catalogueBytes + others.backupBytes + others.logBytes + others.unfinishedBytes;
	const ours: Part[] = [
		{ name: "Recordings", bytes: total.sizeBytes, shade: styles.recordings },
		{ name: "Trash", bytes: trash.sizeBytes, shade: styles.trash },
		{ name: "Models", bytes: others.modelBytes, shade: styles.models },
		{ name: "Catalogue and logs", bytes: beside, shade: styles.beside },
	];
	const used = disk.totalBytes - disk.freeBytes;
	const known = ours.reduce((sum, { bytes }) => sum + bytes, 0);
	const parts: Part[] = [
		...ours,
		{ name: "Others' files", bytes: Math.max(0, used - known), shade: styles.others },
		{ name: "Free", bytes: disk.freeBytes, shade: styles.free },
	];
	return (
		<div className={styles.disk}>
			<div className={styles.bar} aria-hidden="true">
				{parts.map(({ name, bytes, shade }) => (
					<div key={name} className={shade} style={{ flexGrow: bytes / disk.totalBytes }} />
				))}
			</div>
			<dl className={styles.legend}>
				{parts.map(({ name, bytes, shade }) => (
					<div key={name}>
						<dt>
							<span className={`${styles.dot} ${shade}`} aria-hidden="true" />
							{name}
						</dt>
						<dd>{formatSize(bytes)}</dd>
					</div>
				))}
			</dl>
			{disk.level !== "ok" && (
				<State tone={disk.level === "low" ? "warn" : "bad"}>
					<WithCode>{disk.hint ?? "There is little room left."}</WithCode>
				</State>
			)}
			<p className={styles.quiet}>
				{disk.reserveBytes > 0 &&
					`${formatSize(disk.reserveBytes)} always stay free, so that what is being recorded can end well.`}
				{forecast.daysLeft !== null &&
					forecast.daysLeft < 3650 &&
					` At the pace of the last 30 days there is room for ${Math.floor(forecast.daysLeft)} more days.`}
			</p>
		</div>
	);
}

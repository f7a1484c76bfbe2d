import type { Storage } from "../../../src/server/contract/storage.ts";
import { Disclosure } from "../design/Disclosure.tsx";
import { formatDuration, formatSize } from "../design/format.ts";
import styles from "./MonthChart.module.css";
import { lastMonths, monthName } from "./months.ts";

const shown = 12;
const width = 24;
const gap = 8;
const height = 96;

/** What was kept in each of the last twelve months, as bars; the table behind it says the same. */
export function MonthChart({ months: all }: { months: Storage["byMonth"] }) {
	if (all.length === 0) return null;
	const months = lastMonths(all, shown);
	const most = Math.max(...months.map(({ sizeBytes }) => sizeBytes), 1);
	return (
		<figure className={styles.chart}>
			<figcaption>Kept by month</figcaption>
			<svg
				viewBox={`0 -16 ${shown * (width + gap) - gap} ${height + 36}`}
				aria-hidden="true"
				className={styles.bars}
			>
				{months.map(({ month, sizeBytes }, index) => {
					const tall = sizeBytes === 0 ? 0 : Math.max(2, (sizeBytes / most) * height);
					const x = index * (width + gap);
					return (
						<g key={month}>
							<rect
								x={x}
								y={height - tall}
								width={width}
								height={tall}
								rx={2}
								className={styles.bar}
							>
								<title>{`${monthName(month, "long")}: ${formatSize(sizeBytes)}`}</title>
							</rect>
							{sizeBytes === most && (
								<text x={x + width / 2} y={height - tall - 5} className={styles.most}>
									{formatSize(sizeBytes)}
								</text>
							)}
							<text x={x + width / 2} y={height + 15} className={styles.label}>
								{monthName(month, "narrow")}
							</text>
						</g>
					);
				})}
				<line
					x1={0}
					x2={shown * (width + gap) - gap}
					y1={height}
					y2={height}
					className={styles.axis}
				/>
			</svg>
			<Disclosure summary="As a table">
				<table className={styles.table}>
					<thead>
						<tr>
							<th scope="col">Month</th>
							<th scope="col">Recordings</th>
							<th scope="col">Sound</th>
							<th scope="col">Size</th>
						</tr>
					</thead>
					<tbody>
						{months.map(({ month, recordings, durationSeconds, sizeBytes }) => (
							<tr key={month}>
								<th scope="row">{monthName(month, "long")}</th>
								<td>{recordings}</td>
								<td>{formatDuration(durationSeconds)}</td>
								<td>{formatSize(sizeBytes)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</Disclosure>
		</figure>
	);
}

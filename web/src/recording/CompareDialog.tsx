import { useEffect, useState } from "react";
import type { ComparisonJson } from "../../../src/server/contract/transcript.ts";
import { Checkbox } from "../design/Checkbox.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatDuration } from "../design/format.ts";
import { Select } from "../design/Select.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import styles from "./CompareDialog.module.css";
import { engineName } from "./names.ts";
import { useComparison, useLayers } from "./recording-api.ts";

const mostChanges = 300;

/** Two of the texts that this recording has, side by side, where they differ. */
export function CompareDialog({
	name,
	left: firstLeft,
	isOpen,
	onClose,
	onListen,
}: {
	name: string;
	/** What to begin with on the left side; null: whatever there is. */
	left: string | null;
	isOpen: boolean;
	onClose: () => void;
	onListen: (seconds: number) => void;
}) {
	const layers = useLayers(name, isOpen);
	const [left, setLeft] = useState("original");
	const [right, setRight] = useState("text");
	const [isExact, setExact] = useState(false);
	useEffect(() => {
		if (!isOpen) return;
		setLeft(firstLeft ?? "original");
		setRight("text");
	}, [isOpen, firstLeft]);
	const { data, error, refetch } = useComparison(name, isOpen ? { left, right, isExact } : null);
	const options = [
		{ id: "text", label: "The text as it reads now" },
		...(layers.data?.engines ?? []).toReversed().map((engine) => ({
			id: engine.isCurrent ? "original" : engine.file,
			label: `What ${engineName(engine)} said`,
		})),
	];
	const current = layers.data?.engines.find(({ isCurrent }) => isCurrent)?.file;
	const known = (id: string) => (id === current ? "original" : id);
	return (
		<Dialog title="Compare two texts" isOpen={isOpen} onClose={onClose} isWide>
			<div className={styles.compare}>
				<div className={styles.sides}>
					<Select label="Left" value={known(left)} options={options} onChange={setLeft} />
					<Select label="Right" value={known(right)} options={options} onChange={setRight} />
				</div>
				<Checkbox isSelected={isExact} onChange={setExact}>
					Capitals and punctuation count
				</Checkbox>
				{error ? (
					<ErrorNotice error={error} onRetry={() => void refetch()} />
				) : data ? (
					<Differences comparison={data} onListen={onListen} />
				) : (
					<Skeleton lines={6} />
				)}
			</div>
		</Dialog>
	);
}

function Differences({
	comparison,
	onListen,
}: {
	comparison: ComparisonJson;
	onListen: (seconds: number) => void;
}) {
	const { changes, errors, left, right } = comparison;
	const hasTimes = changes.some(({ startSeconds }) => startSeconds !== null);
	const { substitutions, deletions, insertions, words, rate } = errors;
	return (
		<>
			<p role="status" className={styles.sum}>
				{changes.length === 0
					? "They say the same."
					: `${changes.length} ${changes.length === 1 ? "difference" : "differences"}`}
				{changes.length > 0 && rate !== null && (
					<span className={styles.soft}>
						{" "}
						· of {words} words {substitutions} other, {deletions} only left, {insertions} only right
						({(rate * 100).toFixed(1)} %)
					</span>
				)}
			</p>
			{changes.length > 0 && (
				<div className={styles.scroll}>
					<table className={styles.table}>
						<thead>
							<tr>
								{hasTimes && <th scope="col">At</th>}
								<th scope="col">Left</th>
								<th scope="col">Right</th>
							</tr>
						</thead>
						<tbody>
							{changes.slice(0, mostChanges).map((change, index) => (
								// biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
								<tr key={index}>
									{hasTimes && (
										<td className={styles.at}>
											{change.startSeconds !== null && (
												<button
													type="button"
													className={styles.time}
													onClick={() => onListen(change.startSeconds ?? 0)}
													aria-label={`Listen from ${formatDuration(change.startSeconds)}`}
												>
													{formatDuration(change.startSeconds)}
												</button>
											)}
										</td>
									)}
									<td className={styles.said}>
										{change.context} <del>{change.removed}</del> {change.following}
									</td>
									<td className={styles.said}>
										{change.context} <ins>{change.added}</ins> {change.following}
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
			{changes.length > mostChanges && (
				<p className={styles.soft}>The first {mostChanges} are shown.</p>
			)}
			<Disclosure summary="Both texts, whole">
				<div className={styles.sides}>
					<p className={styles.whole}>{left.text}</p>
					<p className={styles.whole}>{right.text}</p>
				</div>
			</Disclosure>
		</>
	);
}

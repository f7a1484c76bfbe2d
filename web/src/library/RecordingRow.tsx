import { memo } from "react";
import { Link } from "wouter";
import type { RecordingSummary } from "../../../src/server/contract/recording.ts";
import { useTranscribing } from "../api/transcribing.ts";
import { Button } from "../design/Button.tsx";
import { formatDuration, formatTime } from "../design/format.ts";
import { SmallLadder } from "../design/Ladder.tsx";
import { Progress } from "../design/Meter.tsx";
import { Badge, State } from "../design/State.tsx";
import { titleOf } from "../design/title.ts";
import { Highlighted } from "./Highlighted.tsx";
import styles from "./RecordingRow.module.css";
import type { Found } from "./rows.ts";
import { doubtsOf, withoutPoint } from "./state-words.ts";

export type RowProps = {
	recording: RecordingSummary;
	found: Found | null;
	index: number;
	isSelected: boolean;
	onToggle: (index: number, isRange: boolean) => void;
	onRetry: (name: string) => void;
	onFocus: (index: number) => void;
};

export const RecordingRow = memo(function RecordingRow(props: RowProps) {
	const { recording, found, index, isSelected, onToggle } = props;
	const { name, createdAt, durationSeconds, ladder, tags } = recording;
	const title = titleOf(recording);
	const text = recording.textStart?.trim() ?? "";
	const spoken = title ?? (text || `Recording at ${formatTime(createdAt)}`);
	const inTitle = found?.field === "title" && title !== null;
	const excerpt = found !== null && !inTitle ? found.snippet : null;
	return (
		<article
			className={`${styles.row} ${isSelected ? styles.selected : ""}`}
			onFocus={() => props.onFocus(index)}
			aria-label={spoken.slice(0, 120)}
		>
			<label className={styles.pick}>
				<input
					type="checkbox"
					checked={isSelected}
					aria-label={`Select ${spoken.slice(0, 80)}`}
					onClick={(event) => onToggle(index, event.shiftKey)}
					onChange={() => {}}
				/>
			</label>
			<time className={styles.time} dateTime={createdAt}>
				{formatTime(createdAt)}
			</time>
			<div className={styles.words}>
				<h3 className={title === null && text !== "" ? styles.begins : styles.title} dir="auto">
					<Link href={addressOf(name, found)} className={styles.link}>
						{inTitle ? (
							<Highlighted text={found.snippet.text} highlights={found.snippet.highlights} />
						) : (
							spoken
						)}
					</Link>
				</h3>
				{excerpt ? (
					<p className={styles.text} dir="auto">
						<Highlighted text={excerpt.text} highlights={excerpt.highlights} />
					</p>
				) : (
					title !== null &&
					text !== "" && (
						<p className={styles.text} dir="auto">
							{text}
						</p>
					)
				)}
				<Standing {...props} />
				{tags.length > 0 && (
					<ul className={styles.tags} aria-label="Tags">
						{tags.map((tag) => (
							<li key={tag}>
								<Badge>{tag}</Badge>
							</li>
						))}
					</ul>
				)}
			</div>
			<div className={styles.facts}>
				<span className={styles.duration}>
					{durationSeconds === null ? "–:––" : formatDuration(durationSeconds)}
				</span>
				<SmallLadder rungs={ladder} />
			</div>
		</article>
	);
});

/** Who comes by a word of the text is led to it. */
function addressOf(name: string, found: Found | null): string {
	const address = `/recordings/${encodeURIComponent(name)}`;
	const [first] = found?.field === "transcript" ? found.snippet.highlights : [];
	if (found === null || first === undefined) return address;
	const said = found.snippet.text.slice(first[0], first[1]);
	return `${address}?find=${encodeURIComponent(said)}`;
}

/** How its text is; nothing where all is well, since then the text says it. */
function Standing({ recording, onRetry }: RowProps) {
	const { name, state, status, error } = recording;
	const progress = useTranscribing(name);
	if (state === "pending" && progress !== null) {
		const share = Math.round((progress.doneSeconds / Math.max(progress.durationSeconds, 1)) * 100);
		return (
			<div className={styles.progress}>
				<Progress
					label="Writing the text"
					value={progress.doneSeconds}
					max={progress.durationSeconds}
					text={`${Math.min(share, 100)} %`}
				/>
			</div>
		);
	}
	if (state === "pending") {
		return (
			<State tone="neutral">
				{error === null
					? "Waiting for its text"
					: `Waiting for its text: ${withoutPoint(error.message)}`}
			</State>
		);
	}
	if (state === "failed") {
		return (
			<div className={styles.failed}>
				{error?.code === "ERR_CANCELLED" ? (
					<State tone="neutral" icon="stop">
						No text: cancelled by you
					</State>
				) : (
					<State tone="bad">No text: {withoutPoint(error?.message ?? "no reason is known")}</State>
				)}
				{status !== "deleted" && (
					<Button kind="quiet" icon="retry" onPress={() => onRetry(name)}>
						Try again
					</Button>
				)}
			</div>
		);
	}
	const doubts = doubtsOf(recording);
	if (doubts !== null) {
		return <State tone="warn">{doubts}</State>;
	}
	if ((recording.textStart ?? "").trim() === "")
		return (
			<State tone="neutral" icon="gap">
				No words heard
			</State>
		);
	return null;
}

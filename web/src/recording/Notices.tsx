import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import type { TranscriptJson } from "../../../src/server/contract/transcript.ts";
import { useStatus } from "../api/status.ts";
import { Button, ButtonLink } from "../design/Button.tsx";
import { ConfirmDialog } from "../design/Dialog.tsx";
import { formatDuration } from "../design/format.ts";
import { Icon, type IconName } from "../design/icons.tsx";
import { Progress } from "../design/Meter.tsx";
import { WithCode } from "../design/WithCode.tsx";
import { act } from "./act.ts";
import { coverageWords } from "./doubt-words.ts";
import styles from "./Notices.module.css";
import { calledOf, engineName } from "./names.ts";
import { doTo, purge, took, useJobs } from "./recording-api.ts";

type Props = {
	recording: RecordingDetail;
	transcript: TranscriptJson | null;
	/** How far the engine is; null: nobody said yet. */
	progress: { doneSeconds: number; durationSeconds: number } | null;
	onAskAgain: () => void;
	onPurged: () => void;
};

/** Everything about this recording that its owner must not overlook, in sentences. */
export function Notices({ recording, transcript, progress, onAskAgain, onPurged }: Props) {
	const coverage = recording.coverage ? coverageWords(recording.coverage) : null;
	const fallback = recording.transcript?.fallback ?? null;
	return (
		<>
			{recording.status === "deleted" && <InTrash recording={recording} onPurged={onPurged} />}
			<Work recording={recording} progress={progress} />
			{recording.error && <Failure recording={recording} error={recording.error} />}
			{fallback && (
				<Notice icon="warning" tone="warn">
					<p>
						{fallback.wanted} was to write this text, and{" "}
						{engineName(recording.transcript ?? nobody)} did: {fallback.reason}
					</p>
				</Notice>
			)}
			{coverage && (
				<Notice
					icon="gap"
					tone="warn"
					action={
						<Button icon="retry" onPress={onAskAgain}>
							Write the text anew…
						</Button>
					}
				>
					<p>Not all of this text can be relied on: {coverage}</p>
					<p className={styles.more}>
						The places are hatched on the waveform and marked in the text. The audio is whole.
					</p>
				</Notice>
			)}
			{transcript?.lexiconError && (
				<Notice icon="warning" tone="warn">
					<p>The lexicon could not be applied, so the engine’s text stands as it is.</p>
					<p className={styles.more}>{transcript.lexiconError}</p>
				</Notice>
			)}
		</>
	);
}

const nobody = { engine: null, model: null };

function Notice({
	icon,
	tone,
	action,
	children,
}: {
	icon: IconName;
	tone: "plain" | "warn" | "bad";
	action?: ReactNode;
	children: ReactNode;
}) {
	return (
		<div className={`${styles.notice} ${styles[tone]}`}>
			<Icon name={icon} />
			<div className={styles.words}>{children}</div>
			{action && <div className={styles.action}>{action}</div>}
		</div>
	);
}

function Failure({
	recording: { name, transcript },
	error,
}: {
	recording: RecordingDetail;
	error: NonNullable<RecordingDetail["error"]>;
}) {
	const queries = useQueryClient();
	const [busy, setBusy] = useState(false);
	const isCancelled = error.code === "ERR_CANCELLED";
	const retry = async () => {
		setBusy(true);
		await act(async () => took(queries, name, await doTo(name, "retry")));
		setBusy(false);
	};
	return (
		<Notice
			icon={isCancelled ? "stop" : "failed"}
			tone={isCancelled ? "plain" : "bad"}
			action={
				<Button icon="retry" busy={busy} onPress={() => void retry()}>
					{isCancelled ? "Write it after all" : "Try again"}
				</Button>
			}
		>
			<p>
				{isCancelled
					? "You cancelled the writing of its text. What was heard so far is kept."
					: `${transcript === null ? "There is no text" : "The last try for a new text failed"}: ${error.message}`}
			</p>
			{error.hint && !isCancelled && (
				<p className={styles.more}>
					<WithCode>{error.hint}</WithCode>
				</p>
			)}
			<p className={styles.more}>The audio is kept, whole.</p>
		</Notice>
	);
}

/** What is being done for it now, or waits for its turn. */
function Work({ recording, progress }: Pick<Props, "recording" | "progress">) {
	const { name, state, transcript } = recording;
	const { data } = useJobs(name);
	const status = useStatus();
	const queries = useQueryClient();
	const cancel = () => act(async () => took(queries, name, await doTo(name, "cancel")));
	const job = data?.jobs.find(
		({ kind, state: at }) => kind === "transcribe" && (at === "queued" || at === "running"),
	);
	if (!job && (state !== "pending" || recording.error !== null)) return null;
	if (job?.state !== "running" && status.data && status.data.engine === null) {
		return (
			<Notice
				icon="waiting"
				tone="plain"
				action={
					<ButtonLink href="/settings" icon="settings">
						Settings
					</ButtonLink>
				}
			>
				<p>No engine is set up here, so the text waits. The audio is kept, whole.</p>
				<p className={styles.more}>
					As soon as there is one, the text is written by itself; Settings say how to get one.
				</p>
			</Notice>
		);
	}
	const last = job?.attempts.at(-1);
	const isRunning = job?.state === "running";
	const doing = workWords(isRunning, transcript !== null, job !== undefined);
	return (
		<div className={styles.work}>
			<p className="visually-hidden" role="status">
				{doing}
			</p>
			<Progress
				label={doing}
				value={progress?.doneSeconds ?? 0}
				max={isRunning ? (progress?.durationSeconds ?? null) : 1}
				{...(isRunning && progress
					? {
							text: `${formatDuration(progress.doneSeconds)} of ${formatDuration(progress.durationSeconds)}`,
						}
					: {})}
			/>
			{job && (
				<div>
					<Button icon="close" onPress={() => void cancel()}>
						Cancel
					</Button>
				</div>
			)}
			{last && (
				<p className={styles.more}>
					The last try failed: {last.message}
					{job?.dueAt && !isRunning ? " The next one comes by itself." : ""}
				</p>
			)}
		</div>
	);
}

function workWords(isRunning: boolean, hasText: boolean, hasJob: boolean): string {
	if (isRunning) return hasText ? "A new text is being written" : "The text is being written";
	if (!hasJob) return "No text yet";
	return hasText ? "Waits for its turn to be written anew" : "Waits for its turn to be written";
}

function InTrash({ recording, onPurged }: { recording: RecordingDetail; onPurged: () => void }) {
	const queries = useQueryClient();
	const [asks, setAsks] = useState(false);
	const { name } = recording;
	return (
		<Notice
			icon="trash"
			tone="plain"
			action={
				<>
					<Button
						icon="restore"
						onPress={() => void act(async () => took(queries, name, await doTo(name, "restore")))}
					>
						Restore
					</Button>
					<Button kind="danger" onPress={() => setAsks(true)}>
						Delete for good
					</Button>
				</>
			}
		>
			<p>This recording is in the trash.</p>
			<ConfirmDialog
				title="Delete this recording for good"
				isOpen={asks}
				onClose={() => setAsks(false)}
				confirm="Delete for good"
				onConfirm={async () => {
					await purge(name);
					void queries.invalidateQueries({ queryKey: ["recordings"] });
					onPurged();
				}}
			>
				<p>
					Audio and text of “{calledOf(recording)}” go from this computer. Nothing brings them back
					but a copy elsewhere.
				</p>
			</ConfirmDialog>
		</Notice>
	);
}

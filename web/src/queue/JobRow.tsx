import { type ComponentProps, useState } from "react";
import { Link } from "wouter";
import type { Job } from "../../../src/server/contract/jobs.ts";
import { useTranscribing } from "../api/transcribing.ts";
import { Button } from "../design/Button.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { formatDay, formatDuration, formatTime } from "../design/format.ts";
import { Progress } from "../design/Meter.tsx";
import { titleOf } from "../design/title.ts";
import styles from "./JobRow.module.css";
import { canEnd, isCancelled, whenOf, workOf } from "./job-words.ts";
import { useJobDeeds } from "./queue-api.ts";

/** One piece of work on one recording: what, how far, and why not. */
export function JobRow({ job, now }: { job: Job; now: number }) {
	const { name, state, durationSeconds } = job;
	const deeds = useJobDeeds();
	const called = titleOf(job) ?? name;
	return (
		<li className={styles.row}>
			<div className={styles.words}>
				<Link href={`/recordings/${name}`} className={styles.title} dir="auto">
					{called}
				</Link>
				<p className={styles.work}>
					{workOf(job)}
					{durationSeconds !== null && ` · ${formatDuration(durationSeconds)}`}
					{job.engine !== null && ` · ${job.engine}`}
					{state === "queued" && ` · ${whenOf(job, now)}`}
				</p>
				{state === "running" && <RunningProgress job={job} />}
				{job.reason && !isCancelled(job) && <p className={styles.reason}>{job.reason.message}</p>}
				{job.attempts.length > 0 && <Attempts attempts={job.attempts} />}
			</div>
			{state === "parked" && (
				<DeedButton icon="retry" onPress={() => deeds.one(job)}>
					Try again
				</DeedButton>
			)}
			{canEnd(job) && (
				<DeedButton kind="quiet" icon="close" onPress={() => deeds.cancel(job)}>
					Cancel<span className="visually-hidden"> the work on {called}</span>
				</DeedButton>
			)}
		</li>
	);
}

function RunningProgress({ job }: { job: Job }) {
	const live = useTranscribing(job.name) ?? job.progress;
	const text = live
		? `${formatDuration(live.doneSeconds)} of ${formatDuration(live.durationSeconds)}`
		: "";
	return (
		<div className={styles.progress}>
			<Progress
				label={workOf(job)}
				value={live?.doneSeconds ?? 0}
				max={live?.durationSeconds ?? null}
				text={text}
				hideLabel={live === null}
			/>
		</div>
	);
}

function Attempts({ attempts }: Pick<Job, "attempts">) {
	const summary =
		attempts.length === 1 ? "One attempt that failed" : `${attempts.length} attempts that failed`;
	return (
		<Disclosure summary={summary}>
			<ol className={styles.attempts}>
				{attempts.map(({ at, engine, message }) => (
					<li key={at}>
						<span>
							{formatDay(at)} {formatTime(at)}
							{engine !== null && ` · ${engine}`}
						</span>
						{message}
					</li>
				))}
			</ol>
		</Disclosure>
	);
}

/** Cannot be pressed again until the service has answered. */
function DeedButton({
	onPress,
	...props
}: Omit<ComponentProps<typeof Button>, "onPress"> & { onPress: () => Promise<void> }) {
	const [busy, setBusy] = useState(false);
	const press = async () => {
		setBusy(true);
		await onPress();
		setBusy(false);
	};
	return <Button {...props} busy={busy} onPress={() => void press()} />;
}

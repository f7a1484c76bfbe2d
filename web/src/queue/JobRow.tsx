import { useState } from "react";
import { Link } from "wouter";
import type { Job } from "../../../src/server/contract/jobs.ts";
import { useTranscribing } from "../api/transcribing.ts";
import { Button } from "../design/Button.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { formatDay, formatDuration, formatTime } from "../design/format.ts";
import { Progress } from "../design/Meter.tsx";
import styles from "./JobRow.module.css";
import { whenOf, workOf } from "./job-words.ts";
import { useRetry } from "./queue-api.ts";

/** One piece of work on one recording: what, how far, and why not. */
export function JobRow({ job, now }: { job: Job; now: number }) {
	const { name, title, state, durationSeconds } = job;
	return (
		<li className={styles.row}>
			<div className={styles.words}>
				<Link href={`/recordings/${name}`} className={styles.title}>
					{title ?? name}
				</Link>
				<p className={styles.work}>
					{workOf(job)}
					{durationSeconds !== null && ` · ${formatDuration(durationSeconds)}`}
					{job.engine !== null && ` · ${job.engine}`}
					{state === "queued" && ` · ${whenOf(job, now)}`}
				</p>
				{state === "running" && <RunningProgress job={job} />}
				{job.reason && <p className={styles.reason}>{job.reason.message}</p>}
				{job.attempts.length > 0 && <Attempts attempts={job.attempts} />}
			</div>
			{state === "parked" && <RetryButton job={job} />}
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

function RetryButton({ job }: { job: Job }) {
	const retry = useRetry();
	const [busy, setBusy] = useState(false);
	const press = async () => {
		setBusy(true);
		await retry.one(job);
		setBusy(false);
	};
	return (
		<Button icon="retry" busy={busy} onPress={() => void press()}>
			Try again
		</Button>
	);
}

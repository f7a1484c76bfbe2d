import { type ReactNode, useEffect, useState } from "react";
import type { Job } from "../../../src/server/contract/jobs.ts";
import { useStatus } from "../api/status.ts";
import { Button, ButtonLink } from "../design/Button.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Page, Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { JobRow } from "./JobRow.tsx";
import { isCancelled } from "./job-words.ts";
import { useJobDeeds, useJobs } from "./queue-api.ts";

const states = ["parked", "running", "queued"] as const;

const titles: Record<Job["state"], string> = {
	parked: "Needs you",
	running: "Being done",
	queued: "Waits",
};

/** What is done, what waits, and what failed: with its reason, and one way to try again. */
export default function QueuePage() {
	const status = useStatus();
	const jobs = {
		parked: useJobs("parked"),
		running: useJobs("running"),
		queued: useJobs("queued"),
	};
	const now = useNow();
	const failure = states.map((state) => jobs[state].error).find((error) => error !== null);
	const isLoading = states.some((state) => jobs[state].isPending);
	const jobsOf = (state: Job["state"]) =>
		jobs[state].data?.pages.flatMap((page) => page.jobs) ?? [];
	const isEmpty = !isLoading && !failure && states.every((state) => jobsOf(state).length === 0);
	const cancelled = jobsOf("parked").filter(isCancelled);
	return (
		<Page title="Queue" lead="The audio is safe already. This is the work on it.">
			{failure && (
				<ErrorNotice
					error={failure}
					safe="Your recordings are not touched by this."
					onRetry={() => states.forEach((state) => void jobs[state].refetch())}
				/>
			)}
			{status.data?.worker === "stopped" && (
				<p>The work stands still at this moment; it goes on when the service has started anew.</p>
			)}
			{status.data?.engine === null && (
				<p>
					No engine turns audio into text yet, so texts wait.{" "}
					<ButtonLink href="/settings/engine">Choose one</ButtonLink>
				</p>
			)}
			{isLoading && !failure && <Skeleton lines={3} width="60%" />}
			{isEmpty && (
				<EmptyState
					title="Nothing waits"
					actions={<ButtonLink href="/record">Record something</ButtonLink>}
				>
					<p>
						Every recording has what it can have. What is recorded, dropped or sent from now on
						shows up here while it is turned into text.
					</p>
				</EmptyState>
			)}
			{states.map((state) => {
				const list = jobsOf(state).filter((job) => !isCancelled(job));
				// All that came so far may be cancelled, and what failed be on the next page.
				if (list.length === 0 && !jobs[state].hasNextPage) return null;
				const count = jobs[state].data?.pages[0]?.counts[state] ?? list.length;
				return (
					<Section
						key={state}
						title={`${titles[state]} · ${count}`}
						lead={state === "parked" ? "Tried and given up. The audio is kept." : undefined}
						actions={state === "parked" && count > 1 && <RetryAll />}
					>
						<ul>
							{list.map((job) => (
								<JobRow key={job.id} job={job} now={now} />
							))}
						</ul>
						{jobs[state].hasNextPage && (
							<More onPress={() => void jobs[state].fetchNextPage()}>Show more</More>
						)}
					</Section>
				);
			})}
			{cancelled.length > 0 && (
				<Section
					title="Cancelled"
					lead="Ended by you. The audio is kept, and what was heard so far."
				>
					<ul>
						{cancelled.map((job) => (
							<JobRow key={job.id} job={job} now={now} />
						))}
					</ul>
				</Section>
			)}
		</Page>
	);
}

function RetryAll() {
	const deeds = useJobDeeds();
	const [busy, setBusy] = useState(false);
	const press = async () => {
		setBusy(true);
		await deeds.all();
		setBusy(false);
	};
	return (
		<Button kind="primary" icon="retry" busy={busy} onPress={() => void press()}>
			Try all again
		</Button>
	);
}

function More({ onPress, children }: { onPress: () => void; children: ReactNode }) {
	return (
		<p>
			<Button kind="quiet" onPress={onPress}>
				{children}
			</Button>
		</p>
	);
}

/** The time, for what says how long something still waits. */
function useNow(): number {
	const [now, setNow] = useState(() => Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 5000);
		return () => clearInterval(timer);
	}, []);
	return now;
}

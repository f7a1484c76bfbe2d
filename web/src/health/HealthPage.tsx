import { useStatus } from "../api/status.ts";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatCount, formatHours } from "../design/format.ts";
import { Page, Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { State, type Tone } from "../design/State.tsx";
import { WithCode } from "../design/WithCode.tsx";
import { Cleanup } from "./Cleanup.tsx";
import { DiskBar } from "./DiskBar.tsx";
import styles from "./HealthPage.module.css";
import { History } from "./History.tsx";
import { useChecks, useStorage } from "./health-api.ts";
import { MonthChart } from "./MonthChart.tsx";

/** Whether everything is well: the program, the disk, what has happened. */
export default function HealthPage() {
	const status = useStatus();
	const storage = useStorage();
	return (
		<Page title="Health" lead={status.data && <Verdict />}>
			{status.error && <ErrorNotice error={status.error} onRetry={() => void status.refetch()} />}
			<Section title="Checks">
				<ListOfChecks />
			</Section>
			<Section title="Storage">
				{storage.error && (
					<ErrorNotice error={storage.error} onRetry={() => void storage.refetch()} />
				)}
				{storage.isPending && <Skeleton lines={3} />}
				{storage.data && (
					<>
						<DiskBar storage={storage.data} />
						<MonthChart months={storage.data.byMonth} />
					</>
				)}
				<Cleanup />
			</Section>
			<Section
				title="What happened"
				lead="Who came, and what was added, taken along, changed and deleted."
			>
				<History />
			</Section>
			{status.data && (
				<p className={styles.quiet}>
					Onwax {status.data.version}, running for {formatHours(status.data.uptimeSeconds)}.{" "}
					{status.data.engine
						? `Texts by ${status.data.engine.name}: ${status.data.engine.why}.`
						: "No engine turns audio into text yet."}
				</p>
			)}
		</Page>
	);
}

function Verdict() {
	const { data } = useStatus();
	const checks = useChecks();
	if (data === undefined) return <>Looking…</>;
	const { total, durationSeconds } = data.recordings;
	const kept = `${total === 1 ? "One recording" : `${formatCount(total)} recordings`}, ${formatHours(durationSeconds)} of sound, on disk and hashed.`;
	// The checks start programs and read disks: what is known is said meanwhile.
	if (checks.data === undefined) return <>{kept}</>;
	const problems = checks.data.checks.filter(({ state }) => state === "problem").length;
	if (problems > 0 || data.disk.level === "critical") {
		return <State tone="bad">{kept} Something below needs you.</State>;
	}
	return <State tone="good">{kept}</State>;
}

const tones: Record<"ok" | "warning" | "problem", Tone> = {
	ok: "good",
	warning: "warn",
	problem: "bad",
};
const words = { ok: "Well", warning: "Could be better", problem: "Needs you" };
const ranks = { problem: 0, warning: 1, ok: 2 };

function ListOfChecks() {
	const { data, error, refetch, isPending } = useChecks();
	if (isPending) return <Skeleton lines={4} />;
	if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
	const checks = [...data.checks].sort((a, b) => ranks[a.state] - ranks[b.state]);
	return (
		<ul className={styles.checks}>
			{checks.map(({ name, state, message, hint }) => (
				<li key={name}>
					<State tone={tones[state]}>
						<span className="visually-hidden">{words[state]}: </span>
						{name}
					</State>
					<p>{message}</p>
					{hint && (
						<p className={styles.quiet}>
							<WithCode>{hint}</WithCode>
						</p>
					)}
				</li>
			))}
		</ul>
	);
}

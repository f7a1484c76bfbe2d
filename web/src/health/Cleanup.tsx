import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { CleanupReport } from "../../../src/server/contract/storage.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatSize } from "../design/format.ts";
import { showToast } from "../design/toast.ts";
import styles from "./Cleanup.module.css";
import { cleanUp } from "./health-api.ts";

/** What the retention would let go of: first shown, then done. */
export function Cleanup() {
	const queries = useQueryClient();
	const [preview, setPreview] = useState<CleanupReport | null>(null);
	const [busy, setBusy] = useState(false);
	const [failure, setFailure] = useState<unknown>(null);
	const run = async (dryRun: boolean) => {
		setBusy(true);
		setFailure(null);
		try {
			const report = await cleanUp(dryRun);
			setPreview(dryRun ? report : null);
			if (!dryRun) {
				showToast({
					text: `${report.trashed.length} moved to the trash, ${report.purged.length} deleted for good; ${formatSize(report.bytesFreed)} freed.`,
				});
				await queries.invalidateQueries();
			}
		} catch (error) {
			setFailure(error);
		} finally {
			setBusy(false);
		}
	};
	return (
		<div className={styles.cleanup}>
			<div className={styles.actions}>
				<Button icon="search" busy={busy && preview === null} onPress={() => void run(true)}>
					What would cleaning up remove?
				</Button>
				<Link href="/settings/retention">How long things are kept</Link>
			</div>
			<div aria-live="polite">
				{failure !== null && <ErrorNotice error={failure} safe="Nothing was removed." />}
				{preview && <Preview report={preview} busy={busy} onConfirm={() => void run(false)} />}
			</div>
		</div>
	);
}

function Preview({
	report: { trashed, purged },
	busy,
	onConfirm,
}: {
	report: CleanupReport;
	busy: boolean;
	onConfirm: () => void;
}) {
	if (trashed.length + purged.length === 0) return <p>Nothing. Everything stays.</p>;
	const all = [
		...trashed.map((one) => ({ ...one, what: "to the trash" })),
		...purged.map((one) => ({ ...one, what: "deleted for good" })),
	];
	return (
		<>
			<ul className={styles.list}>
				{all.slice(0, 20).map(({ name, reason, what }) => (
					<li key={name}>
						<Link href={`/recordings/${name}`}>{name}</Link> {what}: {reason}
					</li>
				))}
				{all.length > 20 && <li>and {all.length - 20} more</li>}
			</ul>
			<Button kind={purged.length > 0 ? "danger" : "plain"} busy={busy} onPress={onConfirm}>
				{purged.length > 0
					? `Move ${trashed.length} to the trash, delete ${purged.length} for good`
					: `Move ${trashed.length} to the trash`}
			</Button>
		</>
	);
}

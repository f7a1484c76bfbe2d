import { Link } from "wouter";
import type { AuditEntryJson } from "../../../src/server/contract/access.ts";
import { formatDay, formatTime } from "../design/format.ts";
import { Skeleton } from "../design/Skeleton.tsx";
import { titleOf } from "../design/title.ts";
import { auditWords } from "./audit-words.ts";
import styles from "./HealthPage.module.css";
import { useAudit, useNamed } from "./health-api.ts";

/** The end of the audit log, in words. */
export function History() {
	const { data, error } = useAudit();
	// Only who may administrate is told.
	if (error) return <p className={styles.quiet}>Only an administrator sees this.</p>;
	if (data === undefined) return <Skeleton lines={3} />;
	if (data.entries.length === 0) return <p className={styles.quiet}>Nothing yet.</p>;
	return (
		<ol className={styles.history}>
			{data.entries.map((entry) => (
				<li key={entry.number}>
					<time dateTime={entry.at}>
						{formatDay(entry.at)} {formatTime(entry.at)}
					</time>
					<span>
						{auditWords(entry.action)}
						{entry.recording !== null && (
							<>
								: <RecordingName name={entry.recording} />
							</>
						)}
					</span>
					<span className={styles.quiet}>{whoOf(entry)}</span>
				</li>
			))}
		</ol>
	);
}

function RecordingName({ name }: { name: string }) {
	const { data, error } = useNamed(name);
	if (error) return name;
	return (
		<Link href={`/recordings/${encodeURIComponent(name)}`}>
			<bdi>{(data && titleOf(data)) ?? name}</bdi>
		</Link>
	);
}

const thisComputer = /^(127\.|::1$|::ffff:127\.)/;

/** `browser (link)`, `phone, 192.168.1.7` */
function whoOf({ caller, address }: AuditEntryJson): string {
	const isElsewhere = address !== null && !thisComputer.test(address);
	return [caller?.name ?? "nobody known", ...(isElsewhere ? [address] : [])].join(", ");
}

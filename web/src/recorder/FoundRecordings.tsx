import { Link } from "wouter";
import { IconButton } from "../design/Button.tsx";
import { formatDay, formatDuration, formatTime } from "../design/format.ts";
import { Section } from "../design/Page.tsx";
import { LocalLadder } from "./LocalLadder.tsx";
import type { LocalRecording } from "./messages.ts";
import styles from "./RecorderPage.module.css";
import { dismiss } from "./recorder.ts";
import { TroubleNotice } from "./TroubleNotice.tsx";

/** What lies in this browser besides the recording that is going on. */
export function FoundRecordings({ found }: { found: LocalRecording[] }) {
	if (found.length === 0) return null;
	return (
		<Section title="In this browser">
			<ul className={styles.found}>
				{found.map((recording) => (
					<li key={recording.id}>
						<div className={styles.row}>
							<p className={styles.words}>
								<Described recording={recording} />{" "}
								{recording.receipt && (
									<Link href={`/recordings/${encodeURIComponent(recording.receipt.name)}`}>
										Open it
									</Link>
								)}
							</p>
							{recording.phase === "kept" && (
								<IconButton label="Hide this" icon="close" onPress={() => dismiss(recording.id)} />
							)}
						</div>
						{recording.phase !== "kept" && <LocalLadder recording={recording} />}
						<TroubleNotice recording={recording} />
					</li>
				))}
			</ul>
		</Section>
	);
}

/** `A recording of 12:31 from yesterday, 14:02, that was cut short: it is safe now.` */
export function Described({ recording }: { recording: LocalRecording }) {
	const { capturedSeconds, startedAt, phase, endedBecause, title } = recording;
	const day = formatDay(startedAt);
	const when = `${/^(Today|Yesterday)$/.test(day) ? day.toLowerCase() : day}, ${formatTime(startedAt)}`;
	const named = title === "" ? "A recording" : `“${title}”,`;
	const what = `${named} of ${formatDuration(capturedSeconds)} from ${when}`;
	const cut = phase === "cut" || endedBecause === "cut" ? ", that was cut short" : "";
	const words =
		phase === "elsewhere"
			? "another tab has it."
			: phase === "kept"
				? "it is safe now."
				: "it is kept here, and on its way.";
	// Its length changes while another tab records it: only what has become of it is read out.
	return (
		<>
			{what}
			{cut}: <span role="status">{words}</span>
		</>
	);
}

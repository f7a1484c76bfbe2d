import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import { formatDuration } from "../design/format.ts";
import { Described } from "./FoundRecordings.tsx";
import { isGone } from "./messages.ts";
import { dismiss, isRecording, lookForUnfinished, useRecorder } from "./recorder.ts";
import styles from "./Unfinished.module.css";

/** On every page: the recording that is going on, and what was found unfinished in this browser. */
export default function Unfinished() {
	const { current, found } = useRecorder();
	const [location] = useLocation();
	useEffect(() => {
		void mayHaveRecordings().then((may) => {
			if (may) lookForUnfinished();
		});
	}, []);
	if (location === "/record") return null;
	const isOn = isRecording();
	const waiting = current !== null && !isOn && !isGone(current);
	const shown = found.filter(({ phase }) => phase !== "elsewhere");
	if (!isOn && !waiting && shown.length === 0) return null;
	return (
		<aside className={styles.bar} aria-label="Recordings in this browser">
			{isOn && current && (
				<p>
					<span className={styles.dot} aria-hidden="true" />
					{current.phase === "paused" ? "Paused at" : "Recording"}{" "}
					{formatDuration(current.capturedSeconds)}. <Link href="/record">Go to the recorder</Link>
				</p>
			)}
			{waiting && (
				<p>
					<Described recording={current} /> <Link href="/record">Look at it</Link>
				</p>
			)}
			{shown.map((recording) => (
				<p key={recording.id}>
					<Described recording={recording} />{" "}
					{recording.receipt ? (
						<Link
							href={`/recordings/${encodeURIComponent(recording.receipt.name)}`}
							onClick={() => dismiss(recording.id)}
						>
							Open it
						</Link>
					) : (
						<Link href="/record">Look at it</Link>
					)}
				</p>
			))}
		</aside>
	);
}

/** So that the recorder is not loaded for nothing; what cannot be told counts as yes. */
async function mayHaveRecordings(): Promise<boolean> {
	try {
		const root = await navigator.storage.getDirectory();
		const folder = await root.getDirectoryHandle("recordings");
		for await (const _ of folder.keys()) return true;
	} catch (error) {
		if (!(error instanceof DOMException) || error.name !== "NotFoundError") return true;
	}
	const databases = await indexedDB.databases?.().catch(() => null);
	return databases?.some(({ name }) => name === "onwax-recordings") ?? true;
}

import { Link } from "wouter";
import type { Ladder as Rungs } from "../../../src/server/contract/recording.ts";
import { Button, IconButton } from "../design/Button.tsx";
import { formatSize } from "../design/format.ts";
import { Ladder } from "../design/Ladder.tsx";
import { State } from "../design/State.tsx";
import styles from "./UploadRows.module.css";
import { dismissUpload, retryUpload, type Upload, useUploads } from "./uploads.ts";

/** So many that wait, and so many that are kept, are shown one by one. */
const mostAlike = 2;

const nothing: Rungs = { capturedSeconds: null, onDiskBytes: null, sha256: null, copies: [] };

/** Files on their way in: each becomes a recording of the list when its receipt has come. */
export function UploadRows() {
	const uploads = useUploads();
	if (uploads.length === 0) return null;
	const shown = shownOf(uploads);
	return (
		<section aria-label="Files on their way" className={styles.section}>
			<ul>
				{shown.map((upload) => (
					<UploadRow key={upload.id} upload={upload} />
				))}
			</ul>
			{shown.length < uploads.length && (
				<p className={styles.rest} role="status">
					{restWords(uploads.filter((upload) => !shown.includes(upload)))}
				</p>
			)}
		</section>
	);
}

/** Of many, those that something happens to: the library below stays in sight. */
function shownOf(uploads: readonly Upload[]): Upload[] {
	let waiting = 0;
	let kept = uploads.filter(({ state }) => state === "kept").length;
	return uploads.filter(({ state }) => {
		if (state === "waiting") return ++waiting <= mostAlike;
		if (state === "kept") return kept-- <= mostAlike;
		return true;
	});
}

/** `40 more wait their turn, 2 are kept` */
function restWords(rest: readonly Upload[]): string {
	const waiting = rest.filter(({ state }) => state === "waiting").length;
	const kept = rest.length - waiting;
	const parts = [
		...(waiting > 0 ? [`${waiting} more ${waiting === 1 ? "waits its" : "wait their"} turn`] : []),
		...(kept > 0 ? [`${kept} more ${kept === 1 ? "is" : "are"} kept`] : []),
	];
	return parts.join(", ");
}

function UploadRow({ upload }: { upload: Upload }) {
	const { id, file, state, sentBytes, reason, isHopeless, receipt } = upload;
	const share = file.size === 0 ? 1 : sentBytes / file.size;
	return (
		<li className={styles.row}>
			<div className={styles.words}>
				<p className={styles.name} dir="auto">
					{receipt ? (
						<Link href={`/recordings/${encodeURIComponent(receipt.name)}`}>{file.name}</Link>
					) : (
						file.name
					)}
				</p>
				{state === "failed" ? (
					<State tone="bad">{reason}</State>
				) : (
					<Ladder rungs={receipt?.ladder ?? nothing} filling={share} />
				)}
			</div>
			{/* Bytes are counted several times a second: that is not said aloud. */}
			<div
				className={styles.facts}
				role="status"
				aria-live={state === "sending" ? "off" : "polite"}
			>
				{wordsOf(upload)}
			</div>
			<div className={styles.actions}>
				{state === "failed" && !isHopeless && (
					<Button icon="retry" onPress={() => retryUpload(id)}>
						Try again
					</Button>
				)}
				<IconButton
					icon="close"
					label={
						state === "failed" || state === "kept"
							? `Take ${file.name} off this list`
							: `Stop sending ${file.name}`
					}
					onPress={() => dismissUpload(id)}
				/>
			</div>
		</li>
	);
}

function wordsOf({ state, file, sentBytes, reason, receipt }: Upload): string {
	switch (state) {
		case "waiting":
			return "Waits its turn";
		case "sending":
			return reason ?? `${formatSize(sentBytes)} of ${formatSize(file.size)}`;
		case "finishing":
			return "Syncing and hashing";
		case "kept":
			if (receipt?.inTrash) return "Was here already: it lies in the trash";
			return receipt?.known ? "Was here already: the same audio" : "Kept. This file may go";
		case "failed":
			return "";
	}
}

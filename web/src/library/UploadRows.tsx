import { Link } from "wouter";
import type { Ladder as Rungs } from "../../../src/server/contract/recording.ts";
import { Button, IconButton } from "../design/Button.tsx";
import { formatSize } from "../design/format.ts";
import { Ladder } from "../design/Ladder.tsx";
import { State } from "../design/State.tsx";
import styles from "./UploadRows.module.css";
import { dismissUpload, retryUpload, type Upload, useUploads } from "./uploads.ts";

const nothing: Rungs = { capturedSeconds: null, onDiskBytes: null, sha256: null, copies: [] };

/** Files on their way in: each becomes a recording of the list when its receipt has come. */
export function UploadRows() {
	const uploads = useUploads();
	if (uploads.length === 0) return null;
	return (
		<section aria-label="Files on their way" className={styles.section}>
			<ul>
				{uploads.map((upload) => (
					<UploadRow key={upload.id} upload={upload} />
				))}
			</ul>
		</section>
	);
}

function UploadRow({ upload }: { upload: Upload }) {
	const { id, file, state, sentBytes, reason, receipt } = upload;
	const share = file.size === 0 ? 1 : sentBytes / file.size;
	return (
		<li className={styles.row}>
			<div className={styles.words}>
				<p className={styles.name}>
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
			<div className={styles.facts} role="status">
				{wordsOf(upload)}
			</div>
			<div className={styles.actions}>
				{state === "failed" && (
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

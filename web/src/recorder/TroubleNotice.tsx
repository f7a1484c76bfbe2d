import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { ConfirmDialog } from "../design/Dialog.tsx";
import { Icon } from "../design/icons.tsx";
import type { LocalRecording } from "./messages.ts";
import styles from "./RecorderPage.module.css";
import { forget, saveToFile, tryNow } from "./recorder.ts";

/** Why it has not arrived yet, what is safe nevertheless, and what can be done. */
export function TroubleNotice({ recording }: { recording: LocalRecording }) {
	const { id, trouble, phase } = recording;
	const [isAsking, setAsking] = useState(false);
	if (trouble === null) return null;
	const isOver = phase === "ended" || phase === "cut";
	return (
		<div className={styles.notice} role="status">
			<Icon name={trouble.kind === "unreachable" ? "offline" : "waiting"} />
			<div className={styles.words}>
				<p className={styles.strong}>{trouble.message}</p>
				<p>
					{trouble.hint ??
						"What you recorded is kept in this browser; it is tried again by itself."}
				</p>
				{isOver && (
					<div className={styles.row}>
						<Button icon="retry" onPress={tryNow}>
							Try now
						</Button>
						<Button kind="quiet" icon="download" onPress={() => saveToFile(id)}>
							Save to a file
						</Button>
						{trouble.kind === "refused" && (
							<Button kind="quiet" icon="trash" onPress={() => setAsking(true)}>
								Remove from this browser
							</Button>
						)}
					</div>
				)}
			</div>
			<ConfirmDialog
				title="Remove this recording from the browser?"
				isOpen={isAsking}
				onClose={() => setAsking(false)}
				onConfirm={() => {
					setAsking(false);
					forget(id);
				}}
				confirm="Remove for good"
			>
				It has not arrived in the library: this is the only place where it is. Save it to a file
				first if you may need it.
			</ConfirmDialog>
		</div>
	);
}

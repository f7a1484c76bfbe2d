import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { showToast } from "../design/toast.ts";
import { doTo, took, useEngines } from "./recording-api.ts";
import styles from "./TranscribeDialog.module.css";

/** Has the text written anew; what there is now stays in the history. */
export function TranscribeDialog({
	name,
	isOpen,
	onClose,
}: {
	name: string;
	isOpen: boolean;
	onClose: () => void;
}) {
	const queries = useQueryClient();
	const { data, error, refetch } = useEngines(isOpen);
	const [engine, setEngine] = useState("");
	const [busy, setBusy] = useState(false);
	const [failure, setFailure] = useState<unknown>(null);
	const group = useId();
	const start = async () => {
		setBusy(true);
		setFailure(null);
		try {
			took(queries, name, await doTo(name, "transcribe", engine === "" ? {} : { engine }));
			onClose();
			showToast({ text: "The text is written anew. The one there is stays until then." });
		} catch (thrown) {
			setFailure(thrown);
		} finally {
			setBusy(false);
		}
	};
	const rows = (data?.engines ?? []).map((one) => ({
		id: one.name,
		label: one.model === null ? one.name : `${one.name} (${one.model})`,
		more: [
			one.check.ok ? null : one.check.message,
			one.leftOut === null ? null : `not asked by itself: ${one.leftOut}`,
			one.isDefault ? "asked first" : null,
		]
			.filter((text) => text !== null)
			.join(" · "),
		isReady: one.check.ok,
	}));
	return (
		<Dialog
			title="Write the text anew"
			isOpen={isOpen}
			onClose={onClose}
			actions={
				<>
					<Button onPress={onClose}>Cancel</Button>
					<Button
						kind="primary"
						busy={busy}
						isDisabled={rows.length === 0}
						onPress={() => void start()}
					>
						Write it anew
					</Button>
				</>
			}
		>
			{error ? (
				<ErrorNotice error={error} onRetry={() => void refetch()} />
			) : !data ? (
				<Skeleton lines={3} />
			) : rows.length === 0 ? (
				<p>
					No engine is set up here. Settings, under Engines, say how to get one; the audio waits.
				</p>
			) : (
				<fieldset className={styles.engines}>
					<legend>Which engine is to listen?</legend>
					{[{ id: "", label: "Whichever is first", more: "", isReady: true }, ...rows].map(
						(row) => (
							<label key={row.id} className={styles.engine}>
								<input
									type="radio"
									name={group}
									value={row.id}
									checked={engine === row.id}
									disabled={!row.isReady}
									onChange={() => setEngine(row.id)}
								/>
								<span>
									{row.label}
									{row.more !== "" && <span className={styles.more}>{row.more}</span>}
								</span>
							</label>
						),
					)}
				</fieldset>
			)}
			<p className={styles.more}>
				What this text is now, and your edits, stay in the history and can be compared with the new
				one.
			</p>
			{failure !== null && <ErrorNotice error={failure} safe="Nothing was changed." />}
		</Dialog>
	);
}

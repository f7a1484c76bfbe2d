import { type KeyboardEvent, type ReactNode, useState } from "react";
import { messageOf } from "../api/client.ts";
import { Button, IconButton } from "../design/Button.tsx";
import { TextField } from "../design/TextField.tsx";
import styles from "./EditInPlace.module.css";

/** What stands there, with a pen beside it; Enter saves, Escape leaves it as it was. */
export function EditInPlace({
	label,
	value,
	children,
	lines = 1,
	description,
	isDisabled = false,
	onSave,
}: {
	/** `title`: the pen is then named "Edit the title". */
	label: string;
	value: string;
	/** How it looks while it is not edited. */
	children: ReactNode;
	lines?: number;
	description?: string;
	isDisabled?: boolean;
	/** @throws what is then said below the field, where what was typed stays */
	onSave: (value: string) => Promise<unknown>;
}) {
	const [typed, setTyped] = useState<string | null>(null);
	const [error, setError] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const close = () => {
		setTyped(null);
		setError(null);
	};
	const save = async () => {
		if (typed === null || typed.trim() === value.trim()) return close();
		setBusy(true);
		try {
			await onSave(typed.trim());
			close();
		} catch (thrown) {
			setError(messageOf(thrown));
		} finally {
			setBusy(false);
		}
	};
	if (typed === null) {
		return (
			<div className={styles.shown}>
				{children}
				{!isDisabled && (
					<IconButton label={`Edit the ${label}`} icon="edit" onPress={() => setTyped(value)} />
				)}
			</div>
		);
	}
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key === "Escape") close();
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: Escape and Ctrl-Enter work as in every field
		<div className={styles.field} onKeyDown={onKeyDown}>
			<TextField
				label={label.charAt(0).toUpperCase() + label.slice(1)}
				value={typed}
				onChange={setTyped}
				onSubmit={() => void save()}
				error={error}
				lines={lines}
				autoFocus
				{...(description ? { description } : {})}
			/>
			<div className={styles.buttons}>
				<Button kind="primary" busy={busy} onPress={() => void save()}>
					Save
				</Button>
				<Button kind="quiet" onPress={close}>
					Cancel
				</Button>
			</div>
		</div>
	);
}

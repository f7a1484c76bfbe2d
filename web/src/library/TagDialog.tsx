import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { TextField } from "../design/TextField.tsx";
import { changeTags, counted } from "./bulk.ts";

export function TagDialog({
	names,
	isOpen,
	onClose,
}: {
	names: string[];
	isOpen: boolean;
	onClose: () => void;
}) {
	const queries = useQueryClient();
	const [typed, setTyped] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const tags = typed.split(",").flatMap((tag) => tag.trim() || []);
	const order = async (action: "tag" | "untag") => {
		if (tags.length === 0) return;
		setBusy(true);
		setError(null);
		try {
			await changeTags(queries, names, action, tags);
			setTyped("");
			onClose();
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(false);
		}
	};
	return (
		<Dialog
			title={`Tag ${counted(names.length)}`}
			isOpen={isOpen}
			onClose={onClose}
			actions={
				<>
					<Button isDisabled={tags.length === 0} onPress={() => order("untag")}>
						Take off
					</Button>
					<Button
						kind="primary"
						busy={busy}
						isDisabled={tags.length === 0}
						onPress={() => order("tag")}
					>
						Add
					</Button>
				</>
			}
		>
			<TextField
				label="Tags"
				description="Several with commas between them."
				value={typed}
				onChange={setTyped}
				onSubmit={() => order("tag")}
				autoFocus
			/>
			{error !== null && <ErrorNotice error={error} />}
		</Dialog>
	);
}

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../api/client.ts";
import { Button, IconButton } from "../design/Button.tsx";
import { ConfirmDialog } from "../design/Dialog.tsx";
import { Menu } from "../design/Menu.tsx";
import { showToast } from "../design/toast.ts";
import { archive, counted, purge, restore, retry, trash, unarchive } from "./bulk.ts";
import { type ExportFormat, exportFormats, exportMany } from "./export-many.ts";
import type { Show } from "./filters.ts";
import styles from "./SelectionBar.module.css";
import type { Selection } from "./selection.ts";
import { TagDialog } from "./TagDialog.tsx";

const formatWords: Record<ExportFormat, string> = {
	txt: "Text",
	md: "Markdown",
	json: "JSON, with times and words",
	srt: "Subtitles (srt)",
	vtt: "Subtitles (vtt)",
};

/** What can be done with the recordings that are selected. */
export function SelectionBar({
	selection,
	show,
	isTagging,
	onTagging,
}: {
	selection: Selection;
	show: Show;
	isTagging: boolean;
	onTagging: (isTagging: boolean) => void;
}) {
	const queries = useQueryClient();
	const [isPurging, setPurging] = useState(false);
	const [isExporting, setExporting] = useState(false);
	const names = [...selection.names];
	const run = (action: typeof trash) => () => {
		selection.clear();
		void action(queries, names);
	};
	const exportAs = async (format: ExportFormat) => {
		setExporting(true);
		try {
			await exportMany(names, format);
		} catch (error) {
			showToast({ text: `Nothing was exported. ${messageOf(error)}`, tone: "bad" });
		} finally {
			setExporting(false);
		}
	};
	return (
		<>
			{names.length > 0 && (
				<section className={styles.bar} aria-label="What is selected">
					<p className={styles.count} role="status">
						{names.length} selected
					</p>
					<Button kind="quiet" onPress={selection.all}>
						Select all shown
					</Button>
					<div className={styles.actions}>
						{show === "trash" ? (
							<>
								<Button icon="restore" onPress={run(restore)}>
									Restore
								</Button>
								<Button kind="danger" icon="trash" onPress={() => setPurging(true)}>
									Delete for good
								</Button>
							</>
						) : (
							<>
								<Button icon="tag" onPress={() => onTagging(true)}>
									Tag
								</Button>
								<Menu
									label="Export"
									icon="download"
									isDisabled={isExporting}
									entries={exportFormats.map((id) => ({ id, label: formatWords[id] }))}
									onAction={exportAs}
								>
									Export
								</Menu>
								<Button icon="trash" onPress={run(trash)}>
									Trash
								</Button>
								<Menu
									label="More"
									entries={[
										{ id: "retry", label: "Ask for the text again", icon: "retry" },
										show === "archived"
											? { id: "unarchive", label: "Take out of the archive", icon: "archive" }
											: { id: "archive", label: "Archive", icon: "archive" },
									]}
									onAction={(id) => run({ retry, archive, unarchive }[id])()}
								/>
							</>
						)}
					</div>
					<IconButton label="Select nothing" icon="close" onPress={selection.clear} />
				</section>
			)}
			<TagDialog names={names} isOpen={isTagging} onClose={() => onTagging(false)} />
			<ConfirmDialog
				title="Delete for good"
				isOpen={isPurging}
				onClose={() => setPurging(false)}
				confirm={`Delete ${counted(names.length)} for good`}
				onConfirm={() => purge(queries, names)}
			>
				<p>
					Audio, text and everything else about {names.length === 1 ? "it" : "them"} is removed from
					this disk. This cannot be taken back.
				</p>
			</ConfirmDialog>
		</>
	);
}

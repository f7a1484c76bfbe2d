import { useQueryClient } from "@tanstack/react-query";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { Button } from "../design/Button.tsx";
import { Menu } from "../design/Menu.tsx";
import { showToast } from "../design/toast.ts";
import { act } from "./act.ts";
import { addressOf, doTo, took } from "./recording-api.ts";

const formats = [
	{ id: "txt", label: "Plain text", description: ".txt" },
	{ id: "md", label: "Markdown", description: ".md, with title, speakers and times" },
	{ id: "srt", label: "Subtitles", description: ".srt" },
	{ id: "vtt", label: "Subtitles for the web", description: ".vtt" },
	{ id: "json", label: "Everything, for programs", description: ".json, words with their times" },
] as const;

/** What can be done with the whole of it. */
export function RecordingActions({
	recording: { name, status },
	text,
	onTranscribe,
}: {
	recording: RecordingDetail;
	text: string | null;
	onTranscribe: () => void;
}) {
	const queries = useQueryClient();
	if (status === "deleted") return null;
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text ?? "");
			showToast({ text: "The text is copied." });
		} catch {
			showToast({
				text: "This browser does not let the page copy. Export it instead.",
				tone: "bad",
			});
		}
	};
	const trash = async () => {
		const isDone = await act(async () => took(queries, name, await doTo(name, "trash")));
		if (!isDone) return;
		showToast({
			text: "The recording is in the trash.",
			action: {
				run: async () => {
					await act(async () => took(queries, name, await doTo(name, "restore")));
				},
			},
		});
	};
	const isArchived = status === "archived";
	return (
		<>
			{text !== null && (
				<Button icon="copy" onPress={() => void copy()}>
					Copy
				</Button>
			)}
			<Menu
				label="Export"
				icon="download"
				entries={[
					...(text === null ? [] : formats),
					{ id: "audio", label: "The audio", description: "as it lies here" },
				]}
				onAction={(id) =>
					download(
						id === "audio"
							? addressOf(name, "/audio?download=1")
							: addressOf(name, `/export?format=${id}`),
					)
				}
			>
				Export
			</Menu>
			<Menu
				label="More"
				entries={[
					{ id: "transcribe", label: "Write the text anew…", icon: "retry" },
					{
						id: "archive",
						label: isArchived ? "Take out of the archive" : "Archive",
						icon: "archive",
					},
					{ id: "trash", label: "Move to the trash", icon: "trash", isDanger: true },
				]}
				onAction={(id) => {
					if (id === "transcribe") onTranscribe();
					else if (id === "trash") void trash();
					else {
						const deed = isArchived ? "unarchive" : "archive";
						void act(async () => took(queries, name, await doTo(name, deed)));
					}
				}}
			/>
		</>
	);
}

/** The service says that it is an attachment, and what it is called. */
function download(address: string): void {
	const link = document.createElement("a");
	link.href = address;
	link.download = "";
	link.click();
}

import { useRef, useState } from "react";
import { Button } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useKeys } from "../shell/keys.ts";
import type { Doubt } from "./doubt-words.ts";
import { type Draft, forgetDraft, readDraft } from "./draft.ts";
import { FindWithin } from "./FindWithin.tsx";
import type { Paragraph } from "./paragraphs.ts";
import type { Player } from "./player.ts";
import styles from "./RecordingPage.module.css";
import type { ReadTranscript } from "./recording-api.ts";
import { TranscriptEditor } from "./TranscriptEditor.tsx";
import { TranscriptText } from "./TranscriptText.tsx";

type Props = {
	name: string;
	player: Player;
	/** Null: there is none, or it is on its way. */
	transcript: ReadTranscript | null;
	hasText: boolean;
	isTrashed: boolean;
	/** Why there is no text is said elsewhere. */
	hasFailed: boolean;
	/** What is settled of a text that is being written. */
	heardSoFar: string | null;
	paragraphs: readonly Paragraph[];
	doubts: readonly Doubt[];
	/** Why the text could not be read. */
	error: unknown;
	onRetry: () => void;
};

/** The text: read, looked through, edited. */
export function Reading(props: Props) {
	const { name, player, transcript, hasText, isTrashed, paragraphs, doubts, error } = props;
	const [draft, setDraft] = useState<Draft | null>(() => readDraft(name));
	const [begun, setBegun] = useState<Pick<Draft, "text" | "baseText"> | null>(null);
	// `?find=word`: who comes by a word finds it marked.
	const [sought, setSought] = useState(
		() => new URLSearchParams(location.search).get("find") ?? "",
	);
	const [finds, setFinds] = useState(sought !== "");
	const closeFind = () => {
		setSought("");
		setFinds(false);
	};
	const [showsOriginals, setShowsOriginals] = useState(false);
	const container = useRef<HTMLDivElement>(null);
	const canEdit = transcript !== null && !isTrashed;
	const edit = () => {
		if (!canEdit || begun !== null) return;
		setFinds(false);
		setBegun(draft ?? { text: transcript.text, baseText: transcript.text });
	};
	useKeys({ e: edit });
	const isCorrected = transcript?.lexicons.some(({ replacements }) => replacements > 0) ?? false;
	return (
		<section className={styles.reading} aria-label="Text">
			<div className={styles.tools}>
				{begun === null && transcript !== null && (
					<>
						{canEdit && (
							<Button icon="edit" onPress={edit}>
								{draft === null ? "Edit" : "Go on editing"}
							</Button>
						)}
						<Button kind="quiet" icon="search" onPress={finds ? closeFind : () => setFinds(true)}>
							Find
						</Button>
						{isCorrected && (
							<Checkbox isSelected={showsOriginals} onChange={setShowsOriginals}>
								Show what the engine said
							</Checkbox>
						)}
					</>
				)}
			</div>
			{draft !== null && begun === null && canEdit && (
				<p className={styles.draft}>
					There is text of yours that was not saved.{" "}
					<Button
						kind="quiet"
						onPress={() => {
							forgetDraft(name);
							setDraft(null);
						}}
					>
						Throw it away
					</Button>
				</p>
			)}
			{finds && begun === null && (
				<FindWithin {...{ paragraphs, container, sought }} onClose={closeFind} />
			)}
			{error && transcript === null && hasText ? (
				<ErrorNotice error={error} safe="The audio is kept, whole." onRetry={props.onRetry} />
			) : begun !== null && transcript !== null ? (
				<TranscriptEditor
					{...{ name, transcript, begun }}
					onClose={() => {
						setBegun(null);
						setDraft(null);
					}}
					onDraft={() => setDraft(readDraft(name))}
				/>
			) : transcript !== null && transcript.text.trim() === "" ? (
				<EmptyState title="No words were heard">
					The engine listened to all of it. Whoever hears more can write it down: Edit.
				</EmptyState>
			) : transcript !== null ? (
				<TranscriptText
					{...{ player, paragraphs, doubts, showsOriginals, container }}
					speakerNames={transcript.speakerNames}
					language={transcript.language}
					isSearched={finds}
				/>
			) : hasText ? (
				<Skeleton lines={8} />
			) : props.heardSoFar ? (
				<div className={styles.heard}>
					<p>{props.heardSoFar}</p>
					<p className={styles.draft}>
						The text so far; more of it comes while the engine listens, and words may still change.
					</p>
				</div>
			) : (
				<EmptyState title="No text yet">
					{!props.hasFailed
						? "It appears here as soon as it is written. The audio can be heard already."
						: "The audio can be heard, and trying again costs nothing."}
				</EmptyState>
			)}
			<p className="visually-hidden" role="status">
				{transcript === null ? "" : "The text is there."}
			</p>
		</section>
	);
}

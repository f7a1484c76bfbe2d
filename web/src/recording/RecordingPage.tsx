import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { ApiError } from "../api/client.ts";
import { useTranscribing } from "../api/transcribing.ts";
import { Button, ButtonLink } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Menu } from "../design/Menu.tsx";
import { Page } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { showToast } from "../design/toast.ts";
import { act } from "./act.ts";
import { CompareDialog } from "./CompareDialog.tsx";
import { type Draft, forgetDraft, readDraft } from "./draft.ts";
import { About, AudioFacts, EditableTitle, FactsLine } from "./Facts.tsx";
import { FindWithin } from "./FindWithin.tsx";
import { History } from "./History.tsx";
import { Notices } from "./Notices.tsx";
import { titleOf } from "./names.ts";
import { PlayerBar } from "./PlayerBar.tsx";
import { paragraphsOf } from "./paragraphs.ts";
import { usePlayerKeys } from "./player-keys.ts";
import styles from "./RecordingPage.module.css";
import {
	addressOf,
	askForPeaks,
	doTo,
	type ReadTranscript,
	took,
	usePeaks,
	useRecording,
	useTranscript,
} from "./recording-api.ts";
import { Speakers } from "./Speakers.tsx";
import { silencesBetween } from "./silences.ts";
import { TranscribeDialog } from "./TranscribeDialog.tsx";
import { TranscriptEditor } from "./TranscriptEditor.tsx";
import { TranscriptText } from "./TranscriptText.tsx";
import { usePlayer } from "./use-player.ts";

/** One recording: to be heard, read, corrected and taken along. */
export default function RecordingPage({ name }: { name: string }) {
	const { data, error, refetch } = useRecording(name);
	if (data) return <Shown key={data.name} recording={data} />;
	if (error instanceof ApiError && error.status === 404) {
		return (
			<Page title="There is no such recording">
				<p>It may have been deleted for good, or the address was cut short.</p>
				<div>
					<ButtonLink href="/" icon="library">
						To the library
					</ButtonLink>
				</div>
			</Page>
		);
	}
	return (
		<Page title="Recording" heading={<h1>{error ? "Recording" : "One moment"}</h1>}>
			{error ? (
				<ErrorNotice
					error={error}
					safe="The recording is not touched by this."
					onRetry={() => void refetch()}
				/>
			) : (
				<Skeleton lines={6} />
			)}
		</Page>
	);
}

const noDoubts: readonly never[] = [];

function Shown({ recording }: { recording: RecordingDetail }) {
	const { name, durationSeconds, status } = recording;
	const queries = useQueryClient();
	const [, navigate] = useLocation();
	const player = usePlayer();
	const hasText = recording.transcript !== null;
	const { data: read, error: readError, refetch } = useTranscript(name, hasText);
	const transcript = hasText ? (read ?? null) : null;
	const peaks = usePeaks(name, recording.originalSha256);
	const progress = useTranscribing(name);
	const isTrashed = status === "deleted";
	const doubts = transcript?.coverage?.doubts ?? noDoubts;

	const paragraphs = useMemo(() => shownParagraphs(transcript), [transcript]);
	const seconds = durationSeconds ?? paragraphs.at(-1)?.endSeconds ?? 0;
	const silences = useMemo(() => {
		const heard = paragraphs.flatMap(({ pieces }) => pieces.map(({ word }) => word));
		return heard.length === 0 ? [] : silencesBetween([...heard, ...doubts], seconds);
	}, [paragraphs, doubts, seconds]);
	useEffect(() => player.setSilences(silences), [player, silences]);

	// Once for each recording: `?t=83.5` begins there.
	useEffect(() => {
		const wanted = Number(new URLSearchParams(location.search).get("t"));
		if (Number.isFinite(wanted) && wanted > 0) player.jumpTo(wanted);
	}, [player]);
	useAskedForPeaks(recording, peaks);
	const [draft, setDraft] = useState<Draft | null>(() => readDraft(name));
	const [begun, setBegun] = useState<Pick<Draft, "text" | "baseText"> | null>(null);
	const [finds, setFinds] = useState(false);
	const [showsOriginals, setShowsOriginals] = useState(false);
	const [asksEngine, setAsksEngine] = useState(false);
	// The same for good, so that the text is not drawn anew.
	const askEngine = useCallback(() => setAsksEngine(true), []);
	/** Left side of the comparison; undefined: it is not open. */
	const [compared, setCompared] = useState<string | null | undefined>(undefined);
	const container = useRef<HTMLDivElement>(null);
	const canEdit = transcript !== null && !isTrashed;
	const edit = () => {
		if (!canEdit || begun !== null) return;
		setFinds(false);
		setBegun(draft ?? { text: transcript.text, baseText: transcript.text });
	};
	usePlayerKeys(player, { onEdit: edit });
	const listen = (at: number) => {
		player.jumpTo(at);
		player.play();
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
	const isCorrected = transcript?.lexicons.some(({ replacements }) => replacements > 0) ?? false;
	return (
		<Page
			title={titleOf(recording)}
			heading={<EditableTitle recording={recording} />}
			lead={<FactsLine recording={recording} />}
			isWide
			actions={
				<Actions
					recording={recording}
					text={transcript?.text ?? null}
					onTranscribe={askEngine}
					onTrash={() => void trash()}
				/>
			}
		>
			<About recording={recording} />
			<Notices
				{...{ recording, transcript, progress }}
				onAskAgain={askEngine}
				onPurged={() => navigate("/")}
			/>
			<PlayerBar
				{...{ name, player, doubts }}
				audioUrl={`${addressOf(name, "/audio")}?of=${recording.sha256.slice(0, 12)}`}
				peaks={peaks.data ?? null}
				durationSeconds={seconds}
				knowsSilence={silences.length > 0}
			/>
			<div className={styles.columns}>
				<section className={styles.reading} aria-label="Text">
					<div className={styles.tools}>
						{begun === null && transcript !== null && (
							<>
								{canEdit && (
									<Button icon="edit" onPress={edit}>
										{draft === null ? "Edit" : "Go on editing"}
									</Button>
								)}
								<Button kind="quiet" icon="search" onPress={() => setFinds(!finds)}>
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
						<FindWithin {...{ paragraphs, container }} onClose={() => setFinds(false)} />
					)}
					{readError && transcript === null && hasText ? (
						<ErrorNotice
							error={readError}
							safe="The audio is kept, whole."
							onRetry={() => void refetch()}
						/>
					) : begun !== null && transcript !== null ? (
						<TranscriptEditor
							{...{ name, transcript, begun }}
							onClose={() => {
								setBegun(null);
								setDraft(null);
							}}
							onDraft={() => setDraft(readDraft(name))}
						/>
					) : transcript !== null ? (
						<TranscriptText
							{...{ player, paragraphs, doubts, showsOriginals, container }}
							speakerNames={transcript.speakerNames}
							language={transcript.language}
							isSearched={finds}
							onAskAgain={isTrashed ? null : askEngine}
						/>
					) : hasText ? (
						<Skeleton lines={8} />
					) : (
						<EmptyState title="No text yet">
							{recording.error === null
								? "It appears here as soon as it is written. The audio can be heard already."
								: "The audio can be heard, and trying again costs nothing."}
						</EmptyState>
					)}
					<p className="visually-hidden" role="status">
						{transcript === null ? "" : "The text is there."}
					</p>
				</section>
				<aside className={styles.side} aria-label="More about this recording">
					{hasText && (
						<Disclosure summary="Layers and history">
							<History name={name} isDisabled={isTrashed} onCompare={(left) => setCompared(left)} />
						</Disclosure>
					)}
					{hasText && (
						<Disclosure summary="Speakers">
							<Speakers name={name} player={player} isDisabled={isTrashed} />
						</Disclosure>
					)}
					<Disclosure summary="The audio in detail">
						<AudioFacts recording={recording} />
					</Disclosure>
					<Disclosure summary="What happened to it">
						<ul className={styles.events}>
							{recording.events.length === 0 && <li>Nothing worth telling.</li>}
							{recording.events.map(({ at, kind, message }) => (
								<li key={at + kind}>{message}</li>
							))}
						</ul>
					</Disclosure>
				</aside>
			</div>
			<TranscribeDialog name={name} isOpen={asksEngine} onClose={() => setAsksEngine(false)} />
			<CompareDialog
				name={name}
				left={compared ?? null}
				isOpen={compared !== undefined}
				onClose={() => setCompared(undefined)}
				onListen={listen}
			/>
		</Page>
	);
}

const patienceMs = 15_000;

/**
 * The waveform is drawn after the text. Where no text comes (no engine, a failure), it is asked for
 * on its own: not at once, since a recording that is being written down is about to move.
 */
function useAskedForPeaks(
	{ name, state, createdAt }: RecordingDetail,
	{ data, dataUpdatedAt }: { data: unknown; dataUpdatedAt: number },
): void {
	const hasAsked = useRef(false);
	useEffect(() => {
		const isDue = state !== "pending" || dataUpdatedAt - Date.parse(createdAt) > patienceMs;
		if (data !== null || !isDue || hasAsked.current) return;
		hasAsked.current = true;
		// Without it there is a line to click on; whoever opens the page next asks again.
		askForPeaks(name).catch(() => {});
	}, [name, state, createdAt, data, dataUpdatedAt]);
}

/** Where the engine gave no times there is one segment of nothing but text. */
function shownParagraphs(transcript: ReadTranscript | null) {
	if (transcript === null) return [];
	if (transcript.segments.length > 0) return paragraphsOf(transcript.segments);
	const { text } = transcript;
	return paragraphsOf([{ text, startSeconds: 0, endSeconds: 0, words: [] }]);
}

const formats = [
	{ id: "txt", label: "Plain text", description: ".txt" },
	{ id: "md", label: "Markdown", description: ".md, with title, speakers and times" },
	{ id: "srt", label: "Subtitles", description: ".srt" },
	{ id: "vtt", label: "Subtitles for the web", description: ".vtt" },
	{ id: "json", label: "Everything, for programs", description: ".json, words with their times" },
] as const;

function Actions({
	recording: { name, status },
	text,
	onTranscribe,
	onTrash,
}: {
	recording: RecordingDetail;
	text: string | null;
	onTranscribe: () => void;
	onTrash: () => void;
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
					else if (id === "trash") onTrash();
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

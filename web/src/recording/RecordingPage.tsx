import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { ApiError } from "../api/client.ts";
import { useTranscribing } from "../api/transcribing.ts";
import { ButtonLink } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Page } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { CompareDialog } from "./CompareDialog.tsx";
import { About, EditableTitle, FactsLine } from "./Facts.tsx";
import { MoreAbout } from "./MoreAbout.tsx";
import { Notices } from "./Notices.tsx";
import { calledOf } from "./names.ts";
import { PlayerBar } from "./PlayerBar.tsx";
import { shownParagraphs } from "./paragraphs.ts";
import { usePlayerKeys } from "./player-keys.ts";
import { Reading } from "./Reading.tsx";
import { RecordingActions } from "./RecordingActions.tsx";
import styles from "./RecordingPage.module.css";
import {
	addressOf,
	useHeardSoFar,
	usePeaks,
	useRecording,
	useTranscript,
} from "./recording-api.ts";
import { silencesBetween } from "./silences.ts";
import { TranscribeDialog } from "./TranscribeDialog.tsx";
import { useAskedForPeaks } from "./use-asked-for-peaks.ts";
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
		<Page title="Recording" isWide heading={<h1>{error ? "Recording" : "One moment"}</h1>}>
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
	const [, navigate] = useLocation();
	const player = usePlayer();
	const hasText = recording.transcript !== null;
	const { data: read, error: readError, refetch } = useTranscript(name, hasText);
	const transcript = hasText ? (read ?? null) : null;
	const peaks = usePeaks(name, recording.originalSha256);
	const progress = useTranscribing(name);
	const isTrashed = status === "deleted";
	const isAwaited = !hasText && !isTrashed && recording.state === "pending";
	const heardSoFar = useHeardSoFar(name, isAwaited, progress?.doneSeconds ?? 0);
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
	const [asksEngine, setAsksEngine] = useState(false);
	const askEngine = () => setAsksEngine(true);
	/** Left side of the comparison; null: it is not open. */
	const [compared, setCompared] = useState<string | null>(null);
	usePlayerKeys(player);
	const listen = (at: number) => {
		player.jumpTo(at);
		player.play();
	};
	return (
		<Page
			title={calledOf(recording)}
			heading={<EditableTitle recording={recording} />}
			lead={<FactsLine recording={recording} />}
			isWide
			actions={
				<RecordingActions
					recording={recording}
					text={transcript?.text ?? null}
					onTranscribe={askEngine}
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
				<Reading
					{...{ name, player, transcript, hasText, isTrashed, paragraphs, doubts }}
					hasFailed={recording.error !== null}
					heardSoFar={isAwaited ? heardSoFar : null}
					error={readError}
					onRetry={() => void refetch()}
				/>
				<MoreAbout recording={recording} player={player} onCompare={setCompared} />
			</div>
			<TranscribeDialog name={name} isOpen={asksEngine} onClose={() => setAsksEngine(false)} />
			<CompareDialog
				name={name}
				left={compared}
				isOpen={compared !== null}
				onClose={() => setCompared(null)}
				onListen={listen}
			/>
		</Page>
	);
}

import { useQueryClient } from "@tanstack/react-query";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { formatDay, formatDuration, formatSize, formatTime } from "../design/format.ts";
import { Ladder } from "../design/Ladder.tsx";
import { Badge } from "../design/State.tsx";
import { EditInPlace } from "./EditInPlace.tsx";
import styles from "./Facts.module.css";
import { calledOf, engineName, languageName, sourceWords } from "./names.ts";
import { changeRecording, took } from "./recording-api.ts";

type Props = { recording: RecordingDetail };

/** So many letters are more of a sentence than a title. */
const longTitle = 60;

export function EditableTitle({ recording }: Props) {
	const queries = useQueryClient();
	const called = calledOf(recording);
	return (
		<EditInPlace
			label="title"
			value={recording.title ?? ""}
			isDisabled={recording.status === "deleted"}
			onSave={async (title) =>
				took(queries, recording.name, await changeRecording(recording.name, { title }))
			}
		>
			<h1 dir="auto" className={called.length > longTitle ? styles.long : undefined}>
				{called}
			</h1>
		</EditInPlace>
	);
}

/** One quiet line below the title. */
export function FactsLine({ recording }: Props) {
	const { createdAt, durationSeconds, source, transcript } = recording;
	const parts = [
		`${formatDay(createdAt)}, ${formatTime(createdAt)}`,
		durationSeconds === null ? "length not known" : formatDuration(durationSeconds),
		sourceWords(source),
	];
	if (transcript?.language) parts.push(languageName(transcript.language));
	if (transcript?.engine) parts.push(`text by ${engineName(transcript)}`);
	return <p>{parts.join(" · ")}</p>;
}

/** What people said about it, and how safe it is. */
export function About({ recording }: Props) {
	const queries = useQueryClient();
	const { name, tags, description, status } = recording;
	const isDisabled = status === "deleted";
	return (
		<div className={styles.about}>
			<Ladder rungs={recording.ladder} />
			<div className={styles.said}>
				<EditInPlace
					label="tags"
					value={tags.join(", ")}
					description="Separated by commas."
					isDisabled={isDisabled}
					onSave={async (typed) => {
						const wanted = typed.split(",").map((tag) => tag.trim());
						const change = { tags: [...new Set(wanted.filter((tag) => tag !== ""))] };
						took(queries, name, await changeRecording(name, change));
					}}
				>
					{tags.length === 0 ? (
						<p className={styles.quiet}>No tags</p>
					) : (
						<ul className={styles.tags} aria-label="Tags">
							{tags.map((tag) => (
								<li key={tag}>
									<Badge>{tag}</Badge>
								</li>
							))}
						</ul>
					)}
				</EditInPlace>
				<EditInPlace
					label="description"
					value={description ?? ""}
					lines={4}
					isDisabled={isDisabled}
					onSave={async (typed) =>
						took(queries, name, await changeRecording(name, { description: typed }))
					}
				>
					<p dir="auto" className={description ? styles.description : styles.quiet}>
						{description || "No description"}
					</p>
				</EditInPlace>
			</div>
		</div>
	);
}

/** What is known of the audio, for who wants to know exactly. */
export function AudioFacts({ recording }: Props) {
	const { codec, mimeType, sampleRate, channels, sizeBytes } = recording;
	const rows: [string, string][] = [
		["Name", recording.name],
		["Came as", recording.originalFilename ?? "—"],
		[
			"Audio",
			[codec ?? mimeType, hertz(sampleRate), channelWords(channels)].filter(Boolean).join(", "),
		],
		["Size", formatSize(sizeBytes)],
		["SHA-256 as it came", recording.originalSha256],
		["SHA-256 now", recording.sha256],
	];
	return (
		<dl className={styles.facts}>
			{rows.map(([term, value]) => (
				<div key={term}>
					<dt>{term}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}

function hertz(rate: number | null): string | null {
	return rate === null ? null : `${rate / 1000} kHz`;
}

function channelWords(channels: number | null): string | null {
	if (channels === null) return null;
	return { 1: "mono", 2: "stereo" }[channels] ?? `${channels} channels`;
}

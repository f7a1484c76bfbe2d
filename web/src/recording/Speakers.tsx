import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SpeakerListJson } from "../../../src/server/contract/transcript.ts";
import { messageOf } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { TextField } from "../design/TextField.tsx";
import { act } from "./act.ts";
import { inWords } from "./doubt-words.ts";
import type { Player } from "./player.ts";
import { keyOf, nameSpeakers, tellApart, useSpeakers } from "./recording-api.ts";
import styles from "./Speakers.module.css";

/** Who speaks, and what they are called. */
export function Speakers({
	name,
	player,
	isDisabled,
}: {
	name: string;
	player: Player;
	isDisabled: boolean;
}) {
	const { data, error, refetch } = useSpeakers(name, true);
	const [busy, setBusy] = useState(false);
	if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
	if (!data) return <Skeleton lines={2} />;
	if (!data.isToldApart) {
		return (
			<div className={styles.speakers}>
				<p className={styles.more}>
					{data.canTellApart
						? "The speakers of this recording were not told apart yet."
						: "Telling speakers apart needs two models; Settings, under Models, has them."}
				</p>
				{data.canTellApart && !isDisabled && (
					<Button
						busy={busy}
						onPress={() => {
							setBusy(true);
							void act(() => tellApart(name)).then(() => {
								setBusy(false);
								void refetch();
							});
						}}
					>
						Tell them apart
					</Button>
				)}
			</div>
		);
	}
	return (
		<ul className={styles.speakers}>
			{data.speakers.map((speaker) => (
				<SpeakerRow
					key={speaker.label}
					{...{ name, speaker, isDisabled }}
					onListen={() => {
						player.jumpTo(speaker.firstSeconds);
						player.play();
					}}
				/>
			))}
		</ul>
	);
}

function SpeakerRow({
	name,
	speaker,
	isDisabled,
	onListen,
}: {
	name: string;
	speaker: SpeakerListJson["speakers"][number];
	isDisabled: boolean;
	onListen: () => void;
}) {
	const queries = useQueryClient();
	const [typed, setTyped] = useState(speaker.name ?? "");
	const [error, setError] = useState<string | null>(null);
	const save = async () => {
		try {
			const wanted = typed.trim() === "" ? null : typed.trim();
			await nameSpeakers(name, { [speaker.label]: wanted });
			setError(null);
			await queries.invalidateQueries({ queryKey: keyOf(name) });
		} catch (thrown) {
			setError(messageOf(thrown));
		}
	};
	return (
		<li className={styles.speaker}>
			<TextField
				label={speaker.label}
				value={typed}
				placeholder="Give a name"
				onChange={setTyped}
				onSubmit={() => void save()}
				error={error}
				isDisabled={isDisabled}
				description={`speaks for ${inWords(speaker.spokenSeconds)}${speaker.firstWords === "" ? "" : `: “${speaker.firstWords.slice(0, 60)}…”`}`}
			/>
			<div className={styles.buttons}>
				<Button
					kind="quiet"
					icon="play"
					onPress={onListen}
					aria-label={`Listen to ${speaker.label}`}
				>
					Listen
				</Button>
				{typed.trim() !== (speaker.name ?? "") && (
					<Button onPress={() => void save()}>Save the name</Button>
				)}
			</div>
		</li>
	);
}

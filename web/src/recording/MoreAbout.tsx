import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { Disclosure } from "../design/Disclosure.tsx";
import { AudioFacts } from "./Facts.tsx";
import { History } from "./History.tsx";
import type { Player } from "./player.ts";
import styles from "./RecordingPage.module.css";
import { Speakers } from "./Speakers.tsx";

/** Beside the text: what it is made of, who speaks, and what is known of the audio. */
export function MoreAbout({
	recording,
	player,
	onCompare,
}: {
	recording: RecordingDetail;
	player: Player;
	/** Opens the comparison of an engine's output with the text. */
	onCompare: (left: string) => void;
}) {
	const { name, events } = recording;
	const hasText = recording.transcript !== null;
	const isTrashed = recording.status === "deleted";
	return (
		<aside className={styles.side} aria-label="More about this recording">
			{hasText && (
				<Disclosure summary="Layers and history">
					<History name={name} isDisabled={isTrashed} onCompare={onCompare} />
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
					{events.length === 0 && <li>Nothing worth telling.</li>}
					{events.map(({ at, kind, message }) => (
						<li key={at + kind}>{message}</li>
					))}
				</ul>
			</Disclosure>
		</aside>
	);
}

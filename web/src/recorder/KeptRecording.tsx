import { useQuery } from "@tanstack/react-query";
import type { Receipt } from "../../../src/server/contract/receipt.ts";
import type { RecordingDetail } from "../../../src/server/contract/recording.ts";
import { getJson } from "../api/client.ts";
import { ButtonLink } from "../design/Button.tsx";
import { Ladder } from "../design/Ladder.tsx";
import styles from "./RecorderPage.module.css";

/** After the receipt: how safe it is, and the text as soon as it is there. */
export function KeptRecording({
	receipt,
	title,
	endedBecause,
}: {
	receipt: Receipt;
	title: string;
	endedBecause: string | null;
}) {
	const { name } = receipt;
	const { data } = useQuery({
		queryKey: ["recording", name],
		queryFn: ({ signal }) =>
			getJson<RecordingDetail>(`/api/v1/recordings/${encodeURIComponent(name)}`, signal),
		// The events tell when there is a text; this is for where they do not come through.
		refetchInterval: ({ state }) => (state.data?.state === "pending" ? 5000 : false),
	});
	return (
		<section className={styles.kept} aria-label="The recording">
			<h2>{title === "" ? "Your recording" : title} is safe</h2>
			{endedBecause && <p className={styles.quiet}>{endedBecause}</p>}
			<Ladder rungs={data?.ladder ?? receipt.ladder} />
			<div role="status" className={styles.text}>
				<Words recording={data} />
			</div>
			<ButtonLink href={`/recordings/${encodeURIComponent(name)}`} icon="right">
				Open the recording
			</ButtonLink>
		</section>
	);
}

function Words({ recording }: { recording: RecordingDetail | undefined }) {
	if (recording?.transcript) {
		const { text } = recording.transcript;
		return text === "" ? <p>No words were heard in it.</p> : <p className={styles.serif}>{text}</p>;
	}
	if (recording?.state === "failed")
		return <p>{recording.error?.message ?? "There is no text yet."} The audio is safe.</p>;
	return <p className={styles.quiet}>The text appears here as soon as it is written.</p>;
}

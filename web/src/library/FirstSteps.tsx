import { useState } from "react";
import { Link } from "wouter";
import sampleUrl from "../../../samples/hello.wav?url";
import { messageOf } from "../api/client.ts";
import { useStatus } from "../api/status.ts";
import { Button, ButtonLink } from "../design/Button.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { State } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { chooseFiles } from "./choose-files.ts";
import { uploadFiles } from "./uploads.ts";

/** An empty library: what to do, and what will happen then. */
export function FirstSteps() {
	const [busy, setBusy] = useState(false);
	const trySample = async () => {
		setBusy(true);
		try {
			const response = await fetch(sampleUrl);
			if (!response.ok) throw new Error("The sample could not be loaded.");
			uploadFiles([new File([await response.blob()], "hello.wav", { type: "audio/wav" })]);
		} catch (error) {
			showToast({ text: messageOf(error), tone: "bad" });
		} finally {
			setBusy(false);
		}
	};
	return (
		<EmptyState
			title="Nothing is kept here yet"
			actions={
				<>
					<ButtonLink href="/record" kind="primary" icon="record">
						Record
					</ButtonLink>
					<Button icon="upload" onPress={chooseFiles}>
						Add files
					</Button>
					<Button kind="quiet" icon="play" busy={busy} onPress={trySample}>
						Try a sample
					</Button>
				</>
			}
		>
			<p>
				Record something, or drop audio files anywhere on this page. Whatever you say is on disk,
				synced and hashed before anything else happens to it; then its text is written, and every
				word of it can be found.
			</p>
			<WhoWrites />
		</EmptyState>
	);
}

/** Which engine will write the texts; where there is none, what to do. */
function WhoWrites() {
	const { data } = useStatus();
	if (data === undefined) return null;
	if (data.engine !== null) {
		return (
			<p>
				Texts are written by {data.engine.name}.{" "}
				<Link href="/settings/engine">The settings have other engines and models.</Link>
			</p>
		);
	}
	return (
		<div>
			<State tone="warn">Nothing here can write texts yet</State>
			<p>
				Audio is kept all the same, and its text comes by itself as soon as there is an engine.{" "}
				<Link href="/settings/engine">Choose one in the settings.</Link>
			</p>
		</div>
	);
}

import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { LayersJson } from "../../../src/server/contract/transcript.ts";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatDay, formatTime } from "../design/format.ts";
import { Skeleton } from "../design/Skeleton.tsx";
import { showToast } from "../design/toast.ts";
import { act } from "./act.ts";
import styles from "./History.module.css";
import { engineName } from "./names.ts";
import { changeRecording, took, useLayers } from "./recording-api.ts";

type Layer = { key: string; title: string; more: string; text: string; isNow: boolean };

/** Everything that this text is made of, the newest first; each can be looked at, and gone back to. */
export function History({
	name,
	isDisabled,
	onCompare,
}: {
	name: string;
	isDisabled: boolean;
	/** Opens the comparison of an engine's output with the text. */
	onCompare: (left: string) => void;
}) {
	const queries = useQueryClient();
	const { data, error, refetch } = useLayers(name, true);
	const [shown, setShown] = useState<Layer | null>(null);
	if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
	if (!data) return <Skeleton lines={4} />;
	const layers = layersOf(data);
	const goBack = async ({ text }: Layer) => {
		const done = await act(async () => took(queries, name, await changeRecording(name, { text })));
		if (!done) return;
		setShown(null);
		showToast({
			text: "This text stands now. The one before is in the history.",
			action: { run: () => undo() },
		});
	};
	const undo = async () => {
		await act(async () => took(queries, name, await changeRecording(name, { undoEdit: true })));
	};
	return (
		<div className={styles.history}>
			{data.edits.length > 0 && !isDisabled && (
				<Button icon="restore" onPress={() => void undo()}>
					Undo the last edit
				</Button>
			)}
			<ol className={styles.layers}>
				{layers.map((layer) => (
					<LayerRow key={layer.key} layer={layer} onLook={() => setShown(layer)}>
						{layer.key.startsWith("engine.") && (
							<Button kind="quiet" onPress={() => onCompare(layer.key)}>
								Compare
							</Button>
						)}
					</LayerRow>
				))}
			</ol>
			<Dialog
				title={shown?.title ?? ""}
				isOpen={shown !== null}
				onClose={() => setShown(null)}
				isWide
				actions={
					shown &&
					!isDisabled && (
						<Button
							icon="restore"
							isDisabled={shown.text === data.text}
							onPress={() => void goBack(shown)}
						>
							{shown.text === data.text ? "This is the text now" : "Go back to this text"}
						</Button>
					)
				}
			>
				<p className={styles.more}>{shown?.more}</p>
				<div className={styles.whole}>{shown?.text}</div>
			</Dialog>
		</div>
	);
}

function LayerRow({
	layer: { title, more, isNow },
	onLook,
	children,
}: {
	layer: Layer;
	onLook: () => void;
	children: ReactNode;
}) {
	return (
		<li className={styles.layer}>
			<div className={styles.words}>
				<p className={styles.title}>
					{title}
					{isNow && <span className={styles.now}> · as it reads now</span>}
				</p>
				<p className={styles.more}>{more}</p>
			</div>
			<div className={styles.buttons}>
				<Button kind="quiet" onPress={onLook} aria-label={`Look at: ${title}`}>
					Look
				</Button>
				{children}
			</div>
		</li>
	);
}

function layersOf({ edits, corrected, engines, text }: LayersJson): Layer[] {
	const layers: Layer[] = edits.map((edit, index) => ({
		key: `edit${index}`,
		title: `Edited ${formatDay(edit.editedAt).toLowerCase()}, ${formatTime(edit.editedAt)}`,
		more: wordsIn(edit.text),
		text: edit.text,
		isNow: index === 0,
	}));
	if (corrected?.lexicons.some(({ replacements }) => replacements > 0)) {
		layers.push({
			key: "lexicons",
			title: "Corrected by the lexicon",
			more: corrected.lexicons
				.map(({ name, version, replacements }) => `${name}, version ${version}: ${replacements}`)
				.join(" · "),
			text: corrected.text,
			isNow: edits.length === 0,
		});
	}
	const isNone = layers.length === 0;
	for (const engine of engines.toReversed()) {
		const doubts = engine.doubts ?? 0;
		layers.push({
			key: engine.file,
			title: `What ${engineName(engine)} said`,
			more: [
				wordsIn(engine.text),
				...(doubts > 0 ? [`${doubts} doubtful ${doubts === 1 ? "place" : "places"}`] : []),
				...(engine.isCurrent ? [] : ["not what the text is made from"]),
			].join(", "),
			text: engine.text,
			isNow: isNone && engine.isCurrent && engine.text === text,
		});
	}
	return layers;
}

function wordsIn(text: string): string {
	const words = text.split(/\s+/).filter(Boolean).length;
	return `${words} ${words === 1 ? "word" : "words"}`;
}

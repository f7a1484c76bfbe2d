import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useId, useRef, useState } from "react";
import { ApiError, messageOf } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { showToast } from "../design/toast.ts";
import { act } from "./act.ts";
import { forgetDraft, keepDraft } from "./draft.ts";
import { changeRecording, type ReadTranscript, readTranscript, took } from "./recording-api.ts";
import styles from "./TranscriptEditor.module.css";

const keepAfterMs = 300;

type Props = {
	name: string;
	/** The text as it is now; it may change while somebody types. */
	transcript: ReadTranscript;
	/** What the typing began with, and what was typed: of an edit that was cut short, or the text itself. */
	begun: { text: string; baseText: string };
	onClose: () => void;
	/** A draft was kept after all, when the field was closed already. */
	onDraft: () => void;
};

/**
 * The whole text in one field. What is typed is kept in this browser until the service has it; a
 * change that somebody else made meanwhile is shown beside it, and neither is lost.
 */
export function TranscriptEditor({ name, transcript, begun, onClose, onDraft }: Props) {
	const queries = useQueryClient();
	const [text, setText] = useState(begun.text);
	const [isKept, setKept] = useState(true);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const [other, setOther] = useState<ReadTranscript | null>(null);
	/** What the typed text may take the place of without asking. */
	const baseText = useRef(begun.baseText);
	const typed = useRef(begun.text);
	const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
	const isDone = useRef(false);
	const id = useId();

	const keepNow = useCallback(() => {
		if (timer.current !== null) clearTimeout(timer.current);
		timer.current = null;
		if (isDone.current) return;
		if (typed.current === baseText.current) return forgetDraft(name);
		const draft = { text: typed.current, baseText: baseText.current };
		setKept(keepDraft(name, { ...draft, typedAt: new Date().toISOString() }));
	}, [name]);
	useEffect(() => {
		addEventListener("pagehide", keepNow);
		return () => {
			removeEventListener("pagehide", keepNow);
			keepNow();
		};
	}, [keepNow]);

	const type = (next: string) => {
		setText(next);
		typed.current = next;
		timer.current ??= setTimeout(keepNow, keepAfterMs);
	};
	const finish = () => {
		isDone.current = true;
		if (timer.current !== null) clearTimeout(timer.current);
		forgetDraft(name);
		onClose();
	};
	const saved = () => {
		finish();
		showToast({
			text: "The text is saved.",
			action: {
				label: "Undo",
				run: async () => {
					await act(async () =>
						took(queries, name, await changeRecording(name, { undoEdit: true })),
					);
				},
			},
		});
	};
	/**
	 * Puts the typed text over the one that `over` is, and over no other.
	 *
	 * @returns the text that stands there instead; null: the typed one is saved
	 */
	const put = async (over: ReadTranscript): Promise<ReadTranscript | null> => {
		try {
			took(queries, name, await changeRecording(name, { text }, over.etag));
			return null;
		} catch (thrown) {
			if (!(thrown instanceof ApiError) || thrown.status !== 412) throw thrown;
			const now = await readTranscript(name);
			// A reply that was lost: it is saved already.
			if (now.text === text.trim()) return null;
			// A tag or the audio's file changed; the text that this one goes over still stands.
			return now.text === over.text ? put(now) : now;
		}
	};
	const saveOver = async (over: ReadTranscript): Promise<void> => {
		const now = await put(over);
		if (now === null) saved();
		else setOther(now);
	};
	const attempt = async (deed: () => Promise<void>) => {
		keepNow();
		setBusy(true);
		setError(null);
		try {
			await deed();
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(false);
		}
	};
	const save = () =>
		attempt(async () => {
			if (text.trim() === transcript.text) return finish();
			if (transcript.text !== baseText.current) setOther(transcript);
			else await saveOver(transcript);
		});
	const takeMine = (theirs: ReadTranscript) =>
		attempt(async () => {
			baseText.current = theirs.text;
			setOther(null);
			await saveOver(theirs);
		});
	/** Mine goes into the history below theirs, so that it can be had back. */
	const takeTheirs = (theirs: ReadTranscript) =>
		attempt(async () => {
			const now = await put(theirs);
			if (now !== null) return setOther(now);
			took(queries, name, await changeRecording(name, { text: theirs.text }));
			finish();
			showToast({ text: "Your text is in the history, below the other one." });
		});

	return (
		<div className={styles.editor}>
			{other && (
				<div className={styles.conflict} role="alert">
					<h3>Somebody changed this text while you were typing</h3>
					<p>Neither is lost: the one that you do not choose stays in the history.</p>
					<div className={styles.theirs}>{other.text}</div>
					<div className={styles.buttons}>
						<Button kind="primary" busy={busy} onPress={() => void takeMine(other)}>
							Use mine
						</Button>
						<Button busy={busy} onPress={() => void takeTheirs(other)}>
							Use the other one
						</Button>
					</div>
				</div>
			)}
			<label htmlFor={id} className="visually-hidden">
				The whole text
			</label>
			<textarea
				id={id}
				className={styles.field}
				value={text}
				// biome-ignore lint/a11y/noAutofocus: it was just asked for
				autoFocus
				spellCheck
				lang={transcript.language ?? undefined}
				rows={14}
				onChange={({ target }) => type(target.value)}
				onKeyDown={(event) => {
					if ((event.ctrlKey || event.metaKey) && (event.key === "Enter" || event.key === "s")) {
						event.preventDefault();
						void save();
					}
				}}
			/>
			{error !== null && (
				<ErrorNotice
					error={error instanceof Error ? error : new Error(messageOf(error))}
					safe={
						isKept
							? "What you typed is kept in this browser."
							: "Copy your text before you leave this page."
					}
					onRetry={() => void save()}
				/>
			)}
			{!isKept && (
				<p className={styles.warning}>
					This browser has no room to keep what you type. Save soon, and leave this page open until
					then.
				</p>
			)}
			<div className={styles.buttons}>
				{!other && (
					<Button kind="primary" busy={busy} onPress={() => void save()}>
						Save
					</Button>
				)}
				<Button
					kind="quiet"
					onPress={() => {
						const lost = text;
						finish();
						if (lost.trim() === transcript.text) return;
						showToast({
							text: "Your changes are thrown away.",
							action: {
								label: "Keep them",
								run: () => {
									const draft = { text: lost, baseText: baseText.current };
									keepDraft(name, { ...draft, typedAt: new Date().toISOString() });
									onDraft();
								},
							},
						});
					}}
				>
					Throw my changes away
				</Button>
				<p className={styles.hint}>
					Ctrl+Enter saves. Words that stay keep their times, and what the engine said stays in the
					history.
				</p>
			</div>
		</div>
	);
}

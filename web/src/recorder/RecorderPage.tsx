import { useEffect, useState } from "react";
import { Button } from "../design/Button.tsx";
import { formatDuration } from "../design/format.ts";
import { Icon } from "../design/icons.tsx";
import { Kbd } from "../design/Kbd.tsx";
import { Page } from "../design/Page.tsx";
import { TextField } from "../design/TextField.tsx";
import { WithCode } from "../design/WithCode.tsx";
import { FoundRecordings } from "./FoundRecordings.tsx";
import type { Notice } from "./guard.ts";
import { InputChoice } from "./InputChoice.tsx";
import { KeptRecording } from "./KeptRecording.tsx";
import { LevelMeter } from "./LevelMeter.tsx";
import { LocalLadder } from "./LocalLadder.tsx";
import { isGone, type LocalRecording } from "./messages.ts";
import styles from "./RecorderPage.module.css";
import { entitle, pause, type Recorder, resume, start, stop, useRecorder } from "./recorder.ts";
import { TroubleNotice } from "./TroubleNotice.tsx";

export default function RecorderPage() {
	const recorder = useRecorder();
	const { phase, current, problem } = recorder;
	const isOn = phase === "recording" || phase === "paused" || phase === "stopping";
	const [title, setTitle] = useState(isOn && phase !== "stopping" ? (current?.title ?? "") : "");
	const elapsed = formatDuration(current?.capturedSeconds ?? 0);
	useKeys(phase);
	// The next recording is about something else.
	useEffect(() => {
		if (phase === "stopping") setTitle("");
	}, [phase]);

	return (
		<Page
			title={isOn ? `${phase === "paused" ? "Paused" : "Recording"} ${elapsed}` : "Record"}
			heading={<h1>Record</h1>}
			lead="What you say is on this device's disk before anything else happens to it."
		>
			<section className={styles.recorder} aria-label="Recorder">
				<p className={styles.elapsed} role="timer" aria-label="Recorded so far" aria-live="off">
					{elapsed}
				</p>
				<LevelMeter isOpen={isOn || phase === "starting"} isPaused={phase === "paused"} />
				<Controls phase={phase} title={title} />
				<Announcer phase={phase} current={current} />
				{problem && (
					<div className={`${styles.notice} ${styles.serious}`} role="alert">
						<Icon name="warning" />
						<div>
							<p className={styles.strong}>{problem.message}</p>
							{problem.hint && (
								<p>
									<WithCode>{problem.hint}</WithCode>
								</p>
							)}
						</div>
					</div>
				)}
				<Notices recorder={recorder} />
				{current && !isGone(current) && <LocalLadder recording={current} />}
				{current?.trouble && <TroubleNotice recording={current} />}
			</section>
			{current?.phase === "empty" && <p className={styles.quiet}>Nothing was recorded.</p>}
			{current?.phase === "removed" && (
				<p className={styles.quiet}>The recording was removed from this browser.</p>
			)}
			{current?.phase === "kept" && current.receipt && (
				<KeptRecording
					receipt={current.receipt}
					title={current.title}
					endedBecause={current.endedBecause}
				/>
			)}
			<FoundRecordings found={recorder.found} />
			<div className={styles.fields}>
				<TextField
					label="Title"
					description="Optional; it can be changed at any time."
					value={title}
					onChange={(value) => {
						setTitle(value);
						entitle(value);
					}}
				/>
				<InputChoice isDisabled={phase !== "ready"} />
			</div>
		</Page>
	);
}

function Controls({ phase, title }: { phase: Recorder["phase"]; title: string }) {
	const isOn = phase === "recording" || phase === "paused";
	const isBusy = phase === "starting" || phase === "stopping";
	const words = isOn ? "Stop" : phase === "stopping" ? "Stopping" : "Record";
	return (
		<div className={styles.controls}>
			<button
				type="button"
				className={`${styles.big} ${isOn ? styles.on : ""}`}
				aria-disabled={isBusy}
				aria-keyshortcuts={isOn ? "Enter" : undefined}
				onClick={() => {
					if (isOn) stop();
					else if (!isBusy) void start(title.trim());
				}}
			>
				<Icon name={isOn ? "stop" : "microphone"} size={28} />
				<span>{words}</span>
			</button>
			{isOn && (
				<Button
					icon={phase === "paused" ? "record" : "pause"}
					onPress={phase === "paused" ? resume : pause}
				>
					{phase === "paused" ? "Go on" : "Pause"}
				</Button>
			)}
			{isOn && (
				<p className={styles.keys}>
					<Kbd keys="Space" /> {phase === "paused" ? "goes on" : "pauses"}, <Kbd keys="Enter" />{" "}
					ends
				</p>
			)}
		</div>
	);
}

/** Space and Enter, except where they belong to what has the focus. */
function useKeys(phase: Recorder["phase"]): void {
	useEffect(() => {
		if (phase !== "recording" && phase !== "paused") return;
		const pressed = (event: KeyboardEvent) => {
			if (event.defaultPrevented || event.repeat || event.isComposing) return;
			if (event.ctrlKey || event.metaKey || event.altKey) return;
			const focus = event.target instanceof Element ? event.target : null;
			const isBig = focus?.closest(`.${styles.big}`) != null;
			const isOthers = focus?.closest(
				"input, textarea, select, button, a, [role='dialog'], [contenteditable]",
			);
			if (isOthers && !(isBig && event.key === " ")) return;
			if (event.key === " ") {
				event.preventDefault();
				if (phase === "paused") resume();
				else pause();
			} else if (event.key === "Enter") {
				event.preventDefault();
				stop();
			}
		};
		// A button is pressed by the key that comes up: the big one is left alone with the one that pauses.
		const released = (event: KeyboardEvent) => {
			const isBig = event.target instanceof Element && event.target.closest(`.${styles.big}`);
			if (isBig && event.key === " ") event.preventDefault();
		};
		window.addEventListener("keydown", pressed);
		window.addEventListener("keyup", released);
		return () => {
			window.removeEventListener("keydown", pressed);
			window.removeEventListener("keyup", released);
		};
	}, [phase]);
}

/** For who cannot see the page: what has changed, once. */
function Announcer({
	phase,
	current,
}: {
	phase: Recorder["phase"];
	current: LocalRecording | null;
}) {
	const words: Record<Recorder["phase"], string> = {
		...{ starting: "Opening the microphone.", recording: "Recording.", paused: "Paused." },
		stopping: "Stopping.",
		ready: current === null ? "" : endedWords(current),
	};
	return (
		<p className="visually-hidden" role="status">
			{words[phase]}
		</p>
	);
}

function endedWords({ phase }: LocalRecording): string {
	if (phase === "kept") return "Stopped. The recording has arrived and was compared: it is safe.";
	if (phase === "empty") return "Stopped. Nothing was recorded.";
	if (phase === "removed") return "The recording was removed from this browser.";
	return "Stopped. The recording is kept in this browser, and is on its way.";
}

function Notices({ recorder: { lasting, told, phase } }: { recorder: Recorder }) {
	const isOn = phase === "recording" || phase === "paused";
	const happened = told.filter(
		({ phase: of, severity }) => of === "happened" || severity !== "info",
	);
	return (
		<div className={styles.notices}>
			<div role="alert">
				{lasting.map((notice) => (
					<NoticeLine key={notice.kind} notice={notice} />
				))}
			</div>
			<div role="status">
				{happened.slice(isOn ? -3 : 0).map((notice) => (
					<NoticeLine key={`${notice.kind} ${notice.atSeconds} ${notice.phase}`} notice={notice} />
				))}
			</div>
		</div>
	);
}

function NoticeLine({ notice: { severity, message, atSeconds, phase } }: { notice: Notice }) {
	return (
		<div className={`${styles.notice} ${severity === "serious" ? styles.serious : ""}`}>
			<Icon name="warning" />
			<p>
				{phase !== "begins" && <span className={styles.at}>At {formatDuration(atSeconds)}: </span>}
				{message}
			</p>
		</div>
	);
}

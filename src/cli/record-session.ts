import { finishRecording, type RecordingInProgress } from "../app/record.ts";
import type { Notice } from "../capture/capture.ts";
import { type Control, serveControl } from "../capture/control.ts";
import { runtimeFolder } from "../capture/control-address.ts";
import type { Sealed } from "../capture/seal-capture.ts";
import type { Config } from "../config/defaults.ts";
import { toOnwaxError } from "../errors.ts";
import type { Staged } from "../library/stage.ts";
import type { Cli } from "./command.ts";
import { errorValue } from "./output.ts";
import { watchKeys } from "./record-keys.ts";
import { glyphsFor } from "./record-meter.ts";
import { isLive, openScreen, type Screen } from "./record-screen.ts";
import { visible } from "./visible.ts";

export type Session = {
	recording: RecordingInProgress;
	sealed: Sealed;
	/** One honest file of it, as soon as there is one; null where nothing was recorded. */
	staged: Promise<Staged | null>;
	/** All that the guard said, in order. */
	notices: Notice[];
};

export type SessionSteps = {
	start(onNotice: (notice: Notice) => void): Promise<RecordingInProgress>;
	/** It goes on, and can be found by other processes. */
	onStarted(): void;
	/** Something ended it; the microphone hands over its last samples. */
	onStopping(recording: RecordingInProgress): void;
};

/**
 * Records until something ends it: a key, Ctrl-C, another process, silence, the disk. Shows it where
 * there is a terminal, and hands notices on to whoever wants them.
 */
export async function recordSession(
	cli: Cli,
	config: Config,
	{ start, onStarted, onStopping }: SessionSteps,
): Promise<Session> {
	const { output, environment } = cli;
	const glyphs = glyphsFor(environment);
	const notices: Notice[] = [];
	let told = 0;
	let tell: ((notice: Notice) => void) | null = null;
	const tellAll = () => {
		while (tell !== null && told < notices.length) tell(notices[told++] as Notice);
	};
	if (isLive(output)) output.progress(`${glyphs.waiting} Opening the microphone${glyphs.ellipsis}`);
	const recording = await start((notice) => {
		notices.push(notice);
		tellAll();
	});
	void recording.stopping.then(() => onStopping(recording));
	const control = await announce(cli, recording);
	onStarted();
	output.value({ event: "started", ...recording.snapshot() });
	noteBeginning(cli, recording);
	const screen = openScreen(output, glyphs, () => recording.snapshot());
	const notify = desktopNotices(cli, config);
	tell = (notice) => {
		output.value({ event: "notice", ...notice });
		control?.tell(notice);
		screen.notice(notice);
		notify(notice);
	};
	tellAll();
	const onAbort = () => recording.stop(isCtrlC(cli.signal) ? "asked" : "interrupted");
	cli.signal.addEventListener("abort", onAbort, { once: true });
	if (cli.signal.aborted) onAbort();
	const keys = watchKeys(process.stdin, keyHandlers(recording, screen));
	try {
		const sealed = await recording.sealed;
		const { reason, unsaved } = sealed;
		output.value({ event: "stopped", reason, ...recording.snapshot(), unsaved: lost(unsaved) });
		const { capture } = sealed;
		const staged = capture === null ? null : finishRecording(capture, cli.appVersion);
		// Whoever reports on it awaits it; it may fail before.
		staged?.catch(() => {});
		return { recording, sealed, notices, staged: Promise.resolve(staged) };
	} finally {
		cli.signal.removeEventListener("abort", onAbort);
		keys.close();
		screen.close();
		await control?.close();
	}
}

/** What the disk did not take, for programs: why, and where the end of the recording is instead. */
function lost(unsaved: Sealed["unsaved"]) {
	if (unsaved === null) return null;
	const { error, rescued } = unsaved;
	return {
		error: errorValue(error),
		rescuedPath: rescued?.path ?? null,
		rescuedSeconds: rescued?.seconds ?? null,
	};
}

/** Ctrl-C is one of the ways to end a recording; any other signal wants the process to end. */
export function isCtrlC(signal: AbortSignal): boolean {
	return signal.aborted && toOnwaxError(signal.reason).cause === "SIGINT";
}

async function announce(cli: Cli, recording: RecordingInProgress): Promise<Control | null> {
	try {
		return await serveControl(recording, {
			folder: recording.writer.folder,
			runtimeFolder: await runtimeFolder({ env: cli.environment }),
		});
	} catch (error) {
		// It records all the same.
		const { message } = toOnwaxError(error, "ERR_IO");
		cli.output.note(`Only this terminal can end it: ${visible(message)}`);
		return null;
	}
}

function noteBeginning({ output }: Cli, recording: RecordingInProgress): void {
	if (!isLive(output)) return;
	const { device, format } = recording.snapshot();
	const kilohertz = Number((format.sampleRate / 1000).toFixed(3));
	const channels = format.channels === 1 ? "mono" : "stereo";
	const from = `${visible(device)}, ${kilohertz} kHz ${channels}`;
	output.note(output.err.paint("dim", `Recording from ${from}`));
}

function keyHandlers(recording: RecordingInProgress, screen: Screen) {
	let pausedBySuspending = false;
	return {
		onEnd: () => recording.stop("asked"),
		onPause() {
			const { state } = recording.snapshot();
			// What they cannot do they tell as a notice.
			if (state === "paused") void recording.resume();
			else void recording.pause();
		},
		async onSuspend() {
			// Nobody listens while this process stands still: that is a pause, and is told as one.
			pausedBySuspending = recording.snapshot().state === "recording";
			if (pausedBySuspending) await recording.pause();
			screen.hide();
		},
		onContinue() {
			if (pausedBySuspending) void recording.resume();
			pausedBySuspending = false;
		},
		onForeground: () => screen.show(),
		onBackground: () => screen.hide(),
	};
}

function desktopNotices(cli: Cli, config: Config): (notice: Notice) => void {
	if (!config.record.notify) return () => {};
	let notifier: Promise<import("../desktop/notify.ts").Notifier> | null = null;
	return ({ kind, phase, severity, message }) => {
		if (severity !== "serious" || phase === "ends") return;
		notifier ??= import("../desktop/notify.ts").then(({ openNotifier }) =>
			openNotifier({ env: cli.environment }),
		);
		void notifier.then((opened) => opened.show(kind, "Recording: look here", message));
	};
}

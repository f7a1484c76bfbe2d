import { useSyncExternalStore } from "react";
import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import { askForSync } from "../offline/ask-for-sync.ts";
import type { Notice, NoticeKind } from "./guard.ts";
import { newRecordingId } from "./journal.ts";
import { type FromWorker, isGone, type LocalRecording, type ToWorker } from "./messages.ts";
import { type Microphone, MicrophoneError, openMicrophone } from "./microphone.ts";
import { loadPreferences } from "./preferences.ts";
import { recordingFormat } from "./recording-format.ts";
import { setRecordingNow } from "./recording-now.ts";

export type Recorder = {
	/** `ready`: nothing is being recorded; the last one may still be on its way. */
	phase: "ready" | "starting" | "recording" | "paused" | "stopping";
	/** What was recorded last in this tab, or is being recorded. */
	current: LocalRecording | null;
	/** What lies in this browser besides, or did until its receipt came. */
	found: LocalRecording[];
	/** What holds at this moment, the newest last. */
	lasting: Notice[];
	/** What was told of this recording and is over. */
	told: Notice[];
	problem: { message: string; hint: string | null } | null;
};

let state: Recorder = {
	phase: "ready",
	current: null,
	found: [],
	lasting: [],
	told: [],
	problem: null,
};
const listeners = new Set<() => void>();
const levelListeners = new Set<(level: FromWorker & { type: "level" }) => void>();

function change(part: Partial<Recorder>): void {
	state = { ...state, ...part };
	setRecordingNow(state.phase === "starting" || isRecording());
	for (const listener of listeners) listener();
}

/** One recorder for the tab, whichever page it shows. */
export function useRecorder(): Recorder {
	return useSyncExternalStore(subscribe, () => state);
}

function subscribe(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

/** Twenty times a second while the microphone is open. */
export function onLevel(listener: (level: FromWorker & { type: "level" }) => void): () => void {
	levelListeners.add(listener);
	return () => levelListeners.delete(listener);
}

let worker: Worker | null = null;
/** It has loaded: it has said something. */
let hasSpoken = false;
/** The recording that this page makes, has made last, or opens the microphone for; null: it came to nothing. */
let session: string | null = null;
let microphone: Microphone | null = null;
let wakeLock: WakeLockSentinel | null = null;
/** May be given while the microphone is still being opened. */
let titleNow = "";

function send(message: ToWorker, transfer: Transferable[] = []): void {
	if (worker === null) {
		worker = new Worker(new URL("./recorder-worker.ts", import.meta.url), { type: "module" });
		worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
		worker.onerror = ({ message: words }) => workerFailed(words);
		window.addEventListener("online", tryAgain);
		document.addEventListener("visibilitychange", becameVisible);
	}
	worker.postMessage(message, transfer);
}

function becameVisible(): void {
	if (document.visibilityState !== "visible") return;
	tryAgain();
	if (isRecording()) void keepAwake();
}

/** One that has loaded has only stumbled, and goes on writing. */
function workerFailed(words: string | undefined): void {
	if (words && hasSpoken) {
		const hint = "If the time above stands still, press Stop: what was recorded is kept.";
		change({ problem: { message: `The recorder of this page stumbled: ${words}.`, hint } });
		return;
	}
	worker?.terminate();
	worker = null;
	hasSpoken = false;
	abandon();
	change({
		problem: {
			message: "The recorder of this page could not be loaded: nothing is being recorded.",
			hint: "Reload the page, and try again. What lies in this browser is kept.",
		},
	});
}

export function isRecording(): boolean {
	return state.phase === "recording" || state.phase === "paused" || state.phase === "stopping";
}

/** The service may be there again, or somebody has signed in. */
function tryAgain(): void {
	if (worker !== null) send({ type: "poke", isWish: false });
}

export function tryNow(): void {
	send({ type: "poke", isWish: true });
}

/** Finishes what lies unfinished in this browser, except what other tabs have. */
export function lookForUnfinished(): void {
	send({ type: "look" });
}

export async function start(title: string): Promise<void> {
	if (state.phase !== "ready") return;
	const last = state.current;
	const isOnItsWay = last !== null && !isGone(last);
	const id = newRecordingId(new Date());
	session = id;
	change({
		...{ phase: "starting", problem: null, current: null, lasting: [], told: [] },
		...(isOnItsWay ? { found: [...state.found, last] } : {}),
	});
	titleNow = title;
	let format: RecordingFormat;
	let opened: Microphone;
	try {
		format = await recordingFormat();
		opened = await openMicrophone({ ...loadPreferences(), ...format });
	} catch (error) {
		if (session !== id) return;
		session = null;
		const known = error instanceof MicrophoneError ? error : null;
		const problem = { message: known?.message ?? String(error), hint: known?.hint ?? null };
		change({ phase: "ready", problem });
		return;
	}
	// Meanwhile its person was told that nothing is recorded: so nothing listens.
	if (session !== id) return opened.stop();
	microphone = opened;
	// Asked for before there is something to lose; a browser that says no may still clear only under pressure.
	void navigator.storage?.persist?.().catch(() => false);
	const { samples, sampleRate } = opened;
	const { channels } = format;
	send({ type: "begin", id, samples, title: titleNow, sampleRate, channels }, [samples]);
	opened.listen((happened, label) => {
		send({ type: "device", id, change: happened, label });
	});
	window.addEventListener("beforeunload", ask);
	watchWorker();
	void keepAwake();
	// This page may not live as long as what it records.
	void askForSync();
}

export function pause(): void {
	if (state.phase === "recording") send({ type: "pause" });
}

export function resume(): void {
	if (state.phase === "paused") send({ type: "resume" });
}

export function stop(): void {
	if (state.phase !== "recording" && state.phase !== "paused") return;
	change({ phase: "stopping" });
	// The worker waits for the last block, which the microphone hands over now.
	send({ type: "stop" });
	letGo();
	void askForSync();
}

export function entitle(title: string): void {
	titleNow = title;
	if (isRecording()) send({ type: "title", title });
}

export function saveToFile(id: string): void {
	send({ type: "save", id });
}

/** Removes it from this browser although it has not arrived. */
export function forget(id: string): void {
	send({ type: "forget", id });
}

/** What has arrived need not be shown for ever. */
export function dismiss(id: string): void {
	change({ found: state.found.filter((one) => one.id !== id) });
}

/** It speaks several times a second while it records. */
const mostSilentMs = 10_000;
const stuck = {
	message: "The browser's storage does not answer any more.",
	hint: "What is shown as uploaded is safe in the library. If this stays, reload the page: what lies in this browser is brought to its end then.",
};
let heardAtMs = 0;
let watch: ReturnType<typeof setInterval> | null = null;

function watchWorker(): void {
	heardAtMs = performance.now();
	watch ??= setInterval(() => {
		const isStuck = performance.now() - heardAtMs > mostSilentMs;
		if (isStuck && state.problem === null) change({ problem: stuck });
	}, mostSilentMs / 2);
}

function stopWatching(): void {
	if (watch !== null) clearInterval(watch);
	watch = null;
}

function receive(message: FromWorker): void {
	heardAtMs = performance.now();
	hasSpoken = true;
	if (state.problem === stuck) change({ problem: null });
	switch (message.type) {
		case "changed":
			changed(message.recording);
			break;
		case "level":
			for (const listener of levelListeners) listener(message);
			break;
		case "notice":
			if (message.id === session) notice(message.notice);
			break;
		case "gone":
			dismiss(message.id);
			break;
		case "file":
			download(message.id, message.file);
			break;
		case "failed":
			failed(message);
			break;
	}
}

function failed({ id, message, hint }: FromWorker & { type: "failed" }): void {
	change({ problem: { message, hint } });
	if (id === null) return;
	dismiss(id);
	if (id === session) abandon();
}

/** Nothing is being written: a microphone that stays open would promise that. */
function abandon(): void {
	session = null;
	letGo();
	stopWatching();
	change({ phase: "ready", current: null });
}

function changed(recording: LocalRecording): void {
	const { phase } = recording;
	const goesOn = phase === "recording" || phase === "paused";
	if (recording.id === session) {
		if (!goesOn && state.phase !== "ready") letGo();
		if (!goesOn) stopWatching();
		const isStopping = state.phase === "stopping" && goesOn;
		change({ current: recording, phase: isStopping ? "stopping" : goesOn ? phase : "ready" });
	} else if (phase === "empty" || phase === "removed") dismiss(recording.id);
	else changedFound(recording);
}

function changedFound(recording: LocalRecording): void {
	const before = state.found.find(({ id }) => id === recording.id);
	if (before === undefined) {
		// What another tab has finished before this one knew of it is nothing to tell here.
		if (recording.phase !== "kept") change({ found: [...state.found, recording] });
		return;
	}
	const now = { ...recording, ...wasCut(before, recording) };
	change({ found: state.found.map((one) => (one === before ? now : one)) });
}

/** That it was cut short is still worth knowing once it is safe. */
function wasCut(before: LocalRecording, now: LocalRecording): Partial<LocalRecording> {
	if (now.phase !== "kept" || before.endedBecause !== null) return {};
	return { endedBecause: before.phase === "cut" ? "cut" : null };
}

function notice(notice: Notice): void {
	const without = (kind: NoticeKind) => state.lasting.filter((one) => one.kind !== kind);
	if (notice.phase === "begins") change({ lasting: [...without(notice.kind), notice] });
	else change({ lasting: without(notice.kind), told: [...state.told, notice] });
}

function letGo(): void {
	microphone?.stop();
	microphone = null;
	window.removeEventListener("beforeunload", ask);
	void wakeLock?.release().catch(() => {});
	wakeLock = null;
	change({ lasting: [] });
}

function ask(event: BeforeUnloadEvent): void {
	event.preventDefault();
}

/** A screen that goes off takes the computer to sleep, and the recording with it. */
async function keepAwake(): Promise<void> {
	try {
		const granted = (await navigator.wakeLock?.request("screen")) ?? null;
		// It may have ended meanwhile.
		if (microphone === null) await granted?.release();
		else wakeLock = granted;
	} catch {
		// Refused where the battery is low: nothing else can be done.
	}
}

function download(id: string, file: Blob): void {
	const link = document.createElement("a");
	link.href = URL.createObjectURL(new Blob([file], { type: "audio/wav" }));
	link.download = `${id}.wav`;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

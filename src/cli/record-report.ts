import { noEngine } from "../app/engines.ts";
import { keepRecording } from "../app/keep-recording.ts";
import type { App } from "../app/open-app.ts";
import { recordingJson } from "../app/recording-json.ts";
import { transcribeAnew } from "../app/retry.ts";
import { recordingFolder } from "../archive/layout.ts";
import type { Writer } from "../archive/writer.ts";
import type { BegunCapture } from "../capture/begin-capture.ts";
import type { Notice, StopReason } from "../capture/capture.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { audioFileFacts, type Metadata, type Recording, shelves } from "../recording.ts";
import type { Cli } from "./command.ts";
import { doubtNotes } from "./doubt-notes.ts";
import { formatExact } from "./duration.ts";
import { emptyText } from "./empty-text.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { ladder } from "./ladder.ts";
import { notBegun, notInPlace, tellUnsaved } from "./not-in-place.ts";
import { glyphsFor } from "./record-meter.ts";
import type { Wanted } from "./record-options.ts";
import { isLive } from "./record-screen.ts";
import type { Session } from "./record-session.ts";
import { shortNames } from "./recording-row.ts";
import { withApp } from "./session.ts";
import { shortened } from "./shortened.ts";
import { writeText } from "./text.ts";
import { visibleText } from "./visible.ts";
import { waitForText } from "./wait-for-text.ts";

/**
 * What comes after a recording has ended: it is kept, told how safe it is, and turned into text.
 *
 * @param ended resolves when the audio is sealed; the library is opened meanwhile
 */
export async function reportRecording(
	cli: Cli,
	writer: Writer,
	ended: Promise<Session>,
	wanted: Wanted,
): Promise<ExitStatus> {
	let isOpen = false;
	try {
		return await withApp(
			cli,
			async (app) => {
				isOpen = true;
				// Looked for meanwhile; where there is none, that is told when the text is asked for.
				app.engines.describeDefault().catch(() => null);
				return await reportOn(cli, app, await ended, wanted);
			},
			{ writer, healing: "later" },
		);
	} catch (thrown) {
		const session = await ended;
		throw isOpen ? thrown : notBegun(cli, session, thrown);
	}
}

async function reportOn(
	cli: Cli,
	app: App,
	{ sealed, staged, notices }: Session,
	wanted: Wanted,
): Promise<ExitStatus> {
	const { output } = cli;
	const { capture, unsaved, reason } = sealed;
	if (capture === null) return nothingKept(cli, wanted);
	if (unsaved !== null) tellUnsaved(cli, unsaved);
	const why = whyEnded(reason, wanted);
	if (isLive(output)) {
		if (why !== null) output.note(`${why}.`);
		output.progress("Keeping it");
	}
	const metadata = await keep(app, capture, staged, unsaved === null);
	if (metadata === null) return nothingKept(cli, wanted);
	tellKept(cli, metadata, [why, ...(isLive(output) ? [] : [seriousKinds(notices)])]);
	const status = await turnIntoText(cli, app, metadata, wanted);
	return unsaved === null ? status : exitStatus.failed;
}

async function keep(
	app: App,
	capture: BegunCapture,
	finishing: Session["staged"],
	isWhole: boolean,
): Promise<Metadata | null> {
	const { layout } = app.library;
	const places = shelves.map((shelf) => recordingFolder(layout, shelf, capture.name));
	try {
		const staged = await finishing;
		if (staged === null) return null;
		await keepRecording(app, staged);
		return staged.metadata;
	} catch (thrown) {
		throw notInPlace(capture, { isWhole, places }, thrown);
	}
}

function nothingKept(cli: Cli, { waitForSpeech }: Wanted): ExitStatus {
	if (waitForSpeech) {
		cli.output.note("Nobody spoke; nothing was kept.");
		return exitStatus.done;
	}
	throw new OnwaxError("ERR_EMPTY", "Not one sample came from the microphone.", {
		hint: "`onwax device list` shows the others, `onwax device test` listens to one.",
	});
}

function whyEnded(reason: StopReason, wanted: Wanted): string | null {
	const { stopAfterSilenceSeconds, maxSeconds } = wanted;
	switch (reason) {
		case "silence":
			return `Ended after ${formatExact(stopAfterSilenceSeconds ?? 0)} without speech`;
		case "max-length":
			return `Ended at its maximum of ${formatExact(maxSeconds ?? 0)}`;
		case "disk-reserve":
		case "disk-full":
			return "Ended because the disk is full";
		case "disk-error":
			return "Ended because the disk failed";
		default:
			return null;
	}
}

/** Where nobody saw them as they came. */
function seriousKinds(notices: readonly Notice[]): string | null {
	const serious = notices.filter(
		({ severity, phase }) => severity === "serious" && phase !== "ends",
	);
	const kinds = [...new Set(serious.map(({ kind }) => kind))];
	return kinds.length === 0 ? null : `Look at it: ${kinds.join(", ")}`;
}

/** The ladder; where nobody watches, all there is to say in this one line. */
function tellKept(cli: Cli, metadata: Metadata, remarks: (string | null)[]): void {
	const { output, environment } = cli;
	const { err } = output;
	const { sha256, sizeBytes } = audioFileFacts(metadata);
	const look = { sheet: err, tick: glyphsFor(environment).tick };
	const capturedSeconds = metadata.audio.durationSeconds ?? 0;
	const rungs = ladder({ capturedSeconds, onDiskBytes: sizeBytes, sha256 }, look);
	const said = isLive(output) ? [] : remarks.filter((remark) => remark !== null);
	// A beginning of its name is as good as the whole, where it is read by a person.
	const name = shortNames(err, [metadata.name]).get(metadata.name) ?? metadata.name;
	output.note([rungs, err.paint("dim", name), ...said].join("  "));
}

async function turnIntoText(
	cli: Cli,
	app: App,
	{ name }: Metadata,
	wanted: Wanted,
): Promise<ExitStatus> {
	const { output } = cli;
	const { layout, catalogue } = app.library;
	if (wanted.engine !== null) await transcribeAnew(app, name, wanted.engine);
	const tellAsItStands = async () => {
		const recording = await catalogue.get(name);
		if (recording !== null) output.value(recordingJson(layout, recording));
	};
	if (!wanted.waitForText || cli.signal.aborted) {
		await tellAsItStands();
		if (!wanted.waitForText) return exitStatus.done;
		if (isLive(output)) output.note("Its text comes later: `onwax worker` makes what waits.");
		return exitStatus.noText;
	}
	const doubts = doubtNotes(cli, app);
	let status: ExitStatus = exitStatus.noText;
	let copying: Promise<void> = Promise.resolve();
	let settled = false;
	try {
		await waitForText(cli, app, [name], {
			async onText(recording) {
				const tellDoubts = await doubts(recording);
				status = tellText(cli, recording);
				if (wanted.copy && status === exitStatus.done) copying = copy(cli, recording);
				if (status === exitStatus.done) tellDoubts("only");
			},
			onSettled(recording) {
				settled = true;
				output.value(recordingJson(layout, recording));
			},
		});
	} catch (error) {
		if (!cli.signal.aborted) throw error;
		await copying;
		if (!settled) await tellAsItStands();
		output.note("The recording is kept; the work on it goes on with `onwax worker`.");
		return exitStatus.interrupted;
	}
	await copying;
	if (status === exitStatus.noText) await tellWhyNoEngine(cli, app, name);
	return status;
}

/** On stdout the text and nothing else: it is what another program may be waiting for. */
function tellText(cli: Cli, recording: Recording): ExitStatus {
	const { output } = cli;
	const { metadata, transcript } = recording;
	const { state, error } = metadata;
	if (state === "success") {
		const text = visibleText(transcript?.text ?? "");
		if (isLive(output) && output.out.isTerminal) output.note("");
		if (text !== "") writeText(output, text);
		else if (isLive(output)) output.note(output.err.paint("dim", emptyText(recording)));
		return exitStatus.done;
	}
	if (error !== null) {
		const { code, hint } = error;
		const what = state === "failed" ? "No text" : "No text yet";
		const told = new OnwaxError(code as OnwaxError["code"], shortened(error), hint ? { hint } : {});
		output.refusal(told, what);
	}
	return exitStatus.noText;
}

async function tellWhyNoEngine(cli: Cli, app: App, name: string): Promise<void> {
	const recording = await app.library.catalogue.get(name);
	if (recording?.metadata.error || (await app.engines.describeDefault()) !== null) return;
	const { message, hint } = noEngine();
	cli.output.note(`The audio is kept, without text for now. ${message} ${hint}`);
}

async function copy(cli: Cli, { transcript }: Recording): Promise<void> {
	const { output, environment } = cli;
	const { copyText } = await import("../desktop/clipboard.ts");
	try {
		await copyText(transcript?.text ?? "", { env: environment });
		if (isLive(output)) output.note(output.err.paint("dim", "Copied to the clipboard."));
	} catch (error) {
		output.refusal(toOnwaxError(error), "Not copied");
	}
}

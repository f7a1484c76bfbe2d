import type { Command } from "commander";
import { type ChatJson, chatOf } from "../../app/chat.ts";
import { keptTranscript } from "../../app/export.ts";
import { audioPath, recordingJson } from "../../app/recording-json.ts";
import { notFound } from "../../app/resolve.ts";
import type { Layout } from "../../archive/layout.ts";
import { type OnwaxError, toOnwaxError } from "../../errors.ts";
import { audioFileFacts, type Recording, statusOf } from "../../recording.ts";
import type { Transcript } from "../../transcript.ts";
import { writeChat } from "../chat-text.ts";
import type { Act, Cli, Example } from "../command.ts";
import { coverageInWords, doubtsInWords, reasonInWords } from "../coverage-words.ts";
import { noteDoubts } from "../doubt-notes.ts";
import { formatDuration } from "../duration.ts";
import { emptyText } from "../empty-text.ts";
import { type ExitStatus, exitStatus, statusOfCode } from "../exit-status.ts";
import { writeFacts } from "../facts.ts";
import { leftOut } from "../left-out.ts";
import type { Output } from "../output.ts";
import { paintState, titleOf } from "../recording-row.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withReading } from "../session.ts";
import { shortReference } from "../short-reference.ts";
import { shortened } from "../shortened.ts";
import { writeDoubts } from "../show-coverage.ts";
import { formatSize } from "../size.ts";
import { spokenText } from "../spoken-text.ts";
import { writeText } from "../text.ts";
import { visible, visibleText } from "../visible.ts";
import { formatDate, formatWhen } from "../when.ts";

export const summary = "Show what is known about a recording, and its text";

export const examples: Example[] = [
	["onwax show last", "the newest recording"],
	["onwax show 2026-11-20_19-03", "by a beginning of its name"],
	["onwax show last --text", "its text alone"],
];

export function define(command: Command, act: Act): void {
	command.argument("<rec...>", referenceHelp).option("--text", "the text alone").action(act(run));
}

export async function run(
	cli: Cli,
	references: string[],
	options: { text?: boolean },
): Promise<ExitStatus> {
	const { output } = cli;
	return withReading(cli, async (reading) => {
		if (reading === null) throw notFound(references[0] ?? "");
		const { layout, catalogue } = reading;
		let shown = 0;
		return eachRecording(cli, catalogue, references, async (recording) => {
			if (shown > 0) output.line();
			shown += 1;
			const chat = await chatIfReadable(layout, recording);
			output.value({ ...recordingJson(layout, recording), chat });
			const { transcript, error } = await readKept(layout, recording);
			const reference = await shortReference(catalogue, recording.metadata.name);
			if (!options.text) {
				writeRecording(output, layout, recording, transcript, reference);
				if (chat !== null) {
					output.line();
					writeChat(output, chat);
				}
			} else if (recording.transcript) output.line(visibleText(recording.transcript.text));
			if (options.text && !output.json) tellDoubts(output, transcript, reference);
			if (transcript?.lexiconError) output.note(leftOut(transcript.lexiconError));
			if (error === null) return exitStatus.done;
			// Beside the value that was told: with `--json` one recording stays one value.
			output.refusal(error);
			return statusOfCode(error.code);
		});
	});
}

/** What its file says beyond the index; that it is damaged keeps nobody from seeing the rest. */
async function readKept(
	layout: Layout,
	recording: Recording,
): Promise<{ transcript: Transcript | null; error: OnwaxError | null }> {
	try {
		return { transcript: await keptTranscript(layout, recording), error: null };
	} catch (thrown) {
		return { transcript: null, error: toOnwaxError(thrown) };
	}
}

/** What a chat model made stands beside the recording: that it cannot be read hides nothing else. */
async function chatIfReadable(layout: Layout, recording: Recording): Promise<ChatJson | null> {
	return chatOf(layout, recording).catch(() => null);
}

function tellDoubts(output: Output, transcript: Transcript | null, reference: string): void {
	const { doubts = [] } = transcript?.coverage ?? {};
	const words = doubtsInWords({ doubts }, (transcript?.edit ?? null) !== null);
	if (words === null) return;
	const rest = `${words.rest} \`onwax show ${reference}\` tells more.`;
	noteDoubts(output, { head: words.head, rest });
}

function writeRecording(
	output: Output,
	layout: Layout,
	recording: Recording,
	kept: Transcript | null,
	reference: string,
): void {
	const { metadata, transcript } = recording;
	const { out } = output;
	const title = titleOf(recording);
	writeText(output, visible(title ?? metadata.name), "bold");
	const status = statusOf(metadata);
	const where = status === "active" ? "" : ` · ${status === "deleted" ? "in the trash" : status}`;
	output.line(`${metadata.name} · ${paintState(out, metadata.state)}${where}`);
	output.line();
	writeFacts(output, factsOf(layout, recording, kept));
	if (metadata.error) {
		const { hint } = metadata.error;
		output.line();
		writeText(output, visibleText(shortened(metadata.error)), "red");
		if (hint !== null) writeText(output, visibleText(hint), "dim");
	}
	if (transcript === null) return;
	output.line();
	const text = visibleText(spokenText(recording, kept));
	writeText(output, text || out.paint("dim", emptyText(recording)));
	if (transcript.originalText !== transcript.text) {
		output.line();
		output.line(out.paint("dim", "What the engine heard:"));
		writeText(output, visibleText(transcript.originalText), "dim");
	}
	writeDoubts(output, recording, kept, reference);
}

function factsOf(
	layout: Layout,
	recording: Recording,
	kept: Transcript | null,
): [string, string][] {
	const { metadata } = recording;
	const { audio, original, transcription } = metadata;
	const { sha256, sizeBytes } = audioFileFacts(metadata);
	const facts: [string, string][] = [
		["recorded", `${formatDate(metadata.createdAt)} (${formatWhen(metadata.createdAt)})`],
		["length", formatDuration(audio.durationSeconds)],
		["audio", [...soundOf(recording), formatSize(sizeBytes)].join(", ")],
	];
	if (original !== null) {
		facts.push(["came as", [original.codec ?? "", formatSize(original.sizeBytes)].join(", ")]);
	}
	if (metadata.title !== null && metadata.originalFilename !== null) {
		facts.push(["file", visible(metadata.originalFilename)]);
	}
	if (metadata.tags.length > 0) facts.push(["tags", metadata.tags.map(visible).join(", ")]);
	if (metadata.description !== null) facts.push(["about", visibleText(metadata.description)]);
	if (transcription !== null) {
		const { engine, model, language, latencySeconds, attempts, completedAt, coverage, fallback } =
			transcription;
		const more = [model, language].filter((one) => one !== null);
		const name = more.length > 0 ? `${engine} (${more.map(visible).join(", ")})` : engine;
		// After a fallback the first attempts were another engine's.
		const tries = attempts > 1 && !fallback ? `, at the ${attempts}. attempt` : "";
		const took = `${latencySeconds.toFixed(1)} s${tries}, ${formatWhen(completedAt)}`;
		facts.push(["text by", `${name}, ${took}`]);
		if (fallback) {
			const { wanted, reason } = fallback;
			facts.push(["instead of", visible(`${wanted}: ${reasonInWords(reason)}`)]);
		}
		const repairs = kept?.coverage?.repairs.length ?? 0;
		facts.push(["coverage", coverageInWords(coverage ?? null, repairs)]);
	}
	for (const { kind, message } of metadata.events) facts.push([kind, visible(message)]);
	facts.push(["path", visible(audioPath(layout, recording))]);
	facts.push(["sha-256", sha256]);
	return facts;
}

function soundOf({ metadata: { audio } }: Recording): string[] {
	const channels = { 1: "mono", 2: "stereo" }[audio.channels ?? 0];
	return [
		audio.codec ?? audio.mimeType,
		...(audio.sampleRate === null ? [] : [`${audio.sampleRate / 1000} kHz`]),
		...(audio.channels === null ? [] : [channels ?? `${audio.channels} channels`]),
	];
}

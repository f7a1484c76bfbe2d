import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
	plainTextFilename,
	prepareTranscript,
	readEngineOutput,
	readTranscript,
	transcriptFilename,
} from "../archive/transcript-file.ts";
import { prepareFile } from "../durable/prepared-file.ts";
import type { Metadata, TranscriptionFacts, TranscriptText } from "../recording.ts";
import type { EditLayer, EngineOutput, Transcript } from "../transcript.ts";
import type { Held } from "./change.ts";
import { chooseOutput } from "./choose-output.ts";
import { transcriptionOf } from "./rebuild-metadata.ts";
import { keepDamaged, type Repair } from "./repair.ts";
import { isWritten, readWrittenText, saysTheSame } from "./repair-written-text.ts";

/** What a person put on top of an engine's output, as far as it can still be read. */
export type PeoplesWork = Pick<Transcript, "edit" | "edits" | "speakerNames">;

/** Puts a transcript together of its layers, as everything else does (src/layers). */
export type ComposeText = (
	folder: string,
	layers: { engineFile: string; output: EngineOutput; above: PeoplesWork },
) => Promise<Transcript>;

/**
 * Makes the transcript's files whole again. What the engine said is the foundation: from it and
 * the lexicon the structured text is made anew, without asking anybody. What a person wrote into
 * the files by hand is taken over as an edit (`findEdit`); other bytes that are replaced are kept.
 * Where the engine's own words are lost, an intact text stands until it is asked again; without
 * one, what another engine said gives the text.
 *
 * @param damaged files whose bytes are other than listed, or gone
 * @param known the text as the catalogue has it
 */
export async function repairTranscript(
	{ folder, metadata }: Held,
	damaged: ReadonlySet<string>,
	known: TranscriptText | null,
	repair: Repair,
	compose: ComposeText,
): Promise<void> {
	const isWhole = (file: string) => repair.files[file] !== undefined && !damaged.has(file);
	const plain = isWhole(plainTextFilename) ? await readPlain(folder) : null;
	const current = isWhole(transcriptFilename) ? await readTranscript(folder) : null;
	if (typeof current?.text === "string") {
		if (plain !== `${current.text}\n`) await repairPlainText(folder, current, repair, compose);
		if (!repair.files[current.engineFile]) repair.jobs.add("transcribe");
		return;
	}
	const left = await readTranscript(folder);
	await keepDamaged(folder, transcriptFilename, repair);
	const speakerNames = left?.speakerNames ?? namesOf(known);
	const unedited = { edit: null, edits: left?.edits ?? [], speakerNames };
	const chosen = await chooseOutput(folder, Object.keys(repair.files).filter(isWhole), {
		named: [left?.engineFile, metadata.transcription?.engineFile],
		transcription: metadata.transcription,
		originalText: known?.originalText ?? null,
		plainText: plain,
		correct: async (kept) => (await compose(folder, { ...kept, above: unedited })).text,
	});
	if (chosen === null) {
		// The plain text would be overwritten by the next transcript, and may be a person's.
		await keepDamaged(folder, plainTextFilename, repair);
		const lost = plain === null ? [transcriptFilename, plainTextFilename] : [transcriptFilename];
		for (const file of lost) {
			if (repair.files[file]) repair.superseded.push(file);
			delete repair.files[file];
		}
		repair.fields.state = "pending";
		repair.fields.transcription = null;
		repair.jobs.add("transcribe");
		repair.done.push(
			`${transcriptFilename} was lost, and what the engine said: it is asked again.`,
		);
		return;
	}
	const { engineFile, output } = chosen;
	const corrected = await compose(folder, { ...chosen, above: unedited });
	const before = plain?.replace(/\n$/, "") ?? known?.text ?? null;
	const written =
		plain === null
			? await readWrittenText(join(folder, plainTextFilename), before ?? corrected.text)
			: null;
	const heardBefore = known?.originalText ?? output.text;
	const said = { ...output, text: heardBefore, segments: [] };
	const correctedBefore =
		heardBefore === output.text
			? corrected
			: await compose(folder, { engineFile, output: said, above: unedited });
	const edit = findEdit({
		written,
		left: left?.engineFile === engineFile ? left : editOnly(left),
		before,
		corrected: corrected.text,
		isUnedited: before === correctedBefore.text || (left?.edit === null && left.text === before),
		modifiedAt: metadata.modifiedAt,
	});
	const above = { ...unedited, edit };
	const transcript = edit === null ? corrected : await compose(folder, { ...chosen, above });
	await keepUnlessSaid(folder, transcript.text, repair);
	Object.assign(repair.files, await prepareTranscript(folder, transcript));
	repair.fields.state = "success";
	repair.fields.transcription = factsOf(transcript, metadata);
	repair.done.push(`${transcriptFilename} was made again from ${engineFile}.`);
	const { engine = output.engine } = metadata.transcription ?? {};
	if (engine !== output.engine) {
		repair.done.push(
			`What ${engine} said is lost: the text in ${transcriptFilename} is what ${output.engine} said.`,
		);
	}
	if (written !== null && edit === written) repair.done.push(takenOver);
}

const takenOver = `${plainTextFilename} had been changed by hand; its text was taken over as an edit.`;

/** What people call the speakers, as the catalogue has it. */
function namesOf(known: TranscriptText | null): Record<string, string> {
	const named = known?.speakers?.flatMap(({ label, name }) => (name ? [[label, name]] : []));
	return Object.fromEntries(named ?? []);
}

/** The structured text is whole: the plain one follows it, unless a person wrote into that. */
async function repairPlainText(
	folder: string,
	current: Transcript,
	repair: Repair,
	compose: ComposeText,
): Promise<void> {
	const edit = await readWrittenText(join(folder, plainTextFilename), current.text);
	if (edit !== null) {
		const transcript = await edited(folder, current, edit, compose);
		Object.assign(repair.files, await prepareTranscript(folder, transcript));
		repair.done.push(takenOver);
		return;
	}
	await keepUnlessSaid(folder, current.text, repair);
	const text = `${current.text}\n`;
	repair.files[plainTextFilename] = await prepareFile(folder, plainTextFilename, text);
	repair.done.push(`${plainTextFilename} was written again from ${transcriptFilename}.`);
}

/** With the edit that it had kept below the new one; from the engine's output, where that is there. */
async function edited(
	folder: string,
	current: Transcript,
	edit: EditLayer,
	compose: ComposeText,
): Promise<Transcript> {
	const { engineFile, speakerNames = {} } = current;
	const edits = current.edit === null ? current.edits : [current.edit, ...(current.edits ?? [])];
	const above = { edit, edits: edits ?? [], speakerNames };
	const output = await readEngineOutput(folder, engineFile);
	if (output !== null) return compose(folder, { engineFile, output, above });
	return { ...current, text: edit.text, edit, ...(edits ? { edits } : {}) };
}

/** Keeps the bytes of the plain text that is about to be replaced, where it says something else. */
async function keepUnlessSaid(folder: string, text: string, repair: Repair): Promise<void> {
	if (await saysTheSame(join(folder, plainTextFilename), text)) return;
	await keepDamaged(folder, plainTextFilename, repair);
}

/** As it was, where the text is still made from the same output. */
function factsOf(transcript: Transcript, { transcription }: Metadata): TranscriptionFacts {
	const { engineFile, engine, model } = transcript;
	const isSame =
		transcription?.engine === engine &&
		transcription.model === model &&
		(transcription.engineFile ?? engineFile) === engineFile;
	if (isSame) return { ...transcription, engineFile };
	return transcriptionOf(transcript, new Date().toISOString());
}

/**
 * A person's text can stand in several places. In this order:
 *
 * 1. transcript.txt, where its bytes are not what is listed and look written: it is the file that
 *    people open;
 * 2. transcript.json, where it can still be read and its `text`, or else its `edit`, is neither
 *    what stood there before nor damage of that;
 * 3. what stood there before (transcript.txt as listed, else the catalogue), where neither an
 *    engine nor the lexicon gives it: an edit made with the program.
 *
 * What loses against an earlier one is kept as a damaged file's bytes.
 */
function findEdit(from: {
	written: EditLayer | null;
	left: Partial<Transcript> | null;
	before: string | null;
	corrected: string;
	/** What stood there before is what an engine said, as the lexicon corrected it. */
	isUnedited: boolean;
	modifiedAt: string;
}): EditLayer | null {
	const { written, left, before, corrected } = from;
	if (written !== null) return written.text === corrected ? null : written;
	const { text, editedAt } = left?.edit ?? {};
	const at = typeof editedAt === "string" ? editedAt : from.modifiedAt;
	for (const candidate of [left?.text, text]) {
		if (typeof candidate !== "string" || candidate === before || candidate === corrected) continue;
		if (isWritten(candidate, before ?? corrected)) return { editedAt: at, text: candidate };
	}
	if (before === null || before === corrected || from.isUnedited) return null;
	return { editedAt: at, text: before };
}

/** Of a transcript made from other engine output, only what a person wrote still counts. */
function editOnly(left: Transcript | null): Partial<Transcript> | null {
	return left === null ? null : { edit: left.edit };
}

async function readPlain(folder: string): Promise<string> {
	return readFile(join(folder, plainTextFilename), "utf8");
}

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
import type { TranscriptText } from "../recording.ts";
import type { EditLayer, EngineOutput, Transcript } from "../transcript.ts";
import type { Held } from "./change.ts";
import { keepDamaged, type Repair } from "./repair.ts";
import { isWritten, readWrittenText, saysTheSame } from "./repair-written-text.ts";

/** What a person put on top of an engine's output, as far as it can still be read. */
export type PeoplesWork = Pick<Transcript, "edit" | "edits" | "speakerNames">;

/** Puts a transcript together of its layers, as everything else does (src/layers). */
export type ComposeText = (
	folder: string,
	layers: { engineFile: string; output: EngineOutput; above: PeoplesWork },
) => Promise<Transcript>;

export function isEngineFile(file: string): boolean {
	return /^engine\.[0-9a-z]+\.json$/.test(file);
}

/**
 * Makes the transcript's files whole again. What the engine said is the foundation: from it and
 * the lexicon the structured text is made anew, without asking anybody. What a person wrote into
 * the files by hand is taken over as an edit (`findEdit`); other bytes that are replaced are kept.
 * Where the engine's own words are lost, it is asked again, and until then an intact text stands.
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
	const engineFile = chooseEngineFile(Object.keys(repair.files).filter(isWhole), left);
	const output = engineFile === null ? null : await readEngineOutput(folder, engineFile);
	if (engineFile === null || typeof output?.text !== "string" || !Array.isArray(output.segments)) {
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
	const speakerNames = left?.speakerNames ?? namesOf(known);
	const unedited = { edit: null, edits: left?.edits ?? [], speakerNames };
	const corrected = await compose(folder, { engineFile, output, above: unedited });
	const catalogued = known?.originalText === output.text ? known.text : null;
	const before = plain?.replace(/\n$/, "") ?? catalogued;
	const written =
		plain === null
			? await readWrittenText(join(folder, plainTextFilename), before ?? corrected.text)
			: null;
	const edit = findEdit({
		written,
		left: left?.engineFile === engineFile ? left : editOnly(left),
		before,
		corrected: corrected.text,
		modifiedAt: metadata.modifiedAt,
	});
	const above = { ...unedited, edit };
	const transcript =
		edit === null ? corrected : await compose(folder, { engineFile, output, above });
	await keepUnlessSaid(folder, transcript.text, repair);
	Object.assign(repair.files, await prepareTranscript(folder, transcript));
	repair.fields.state = "success";
	repair.done.push(`${transcriptFilename} was made again from ${engineFile}.`);
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

/** The one that the old transcript was made from, where that can still be read; else any. */
function chooseEngineFile(whole: readonly string[], left: Transcript | null): string | null {
	const engineFiles = whole.filter(isEngineFile);
	return engineFiles.find((file) => file === left?.engineFile) ?? engineFiles.at(-1) ?? null;
}

/**
 * A person's text can stand in several places. In this order:
 *
 * 1. transcript.txt, where its bytes are not what is listed and look written: it is the file that
 *    people open;
 * 2. transcript.json, where it can still be read and its `text`, or else its `edit`, is neither
 *    what stood there before nor damage of that;
 * 3. what stood there before (transcript.txt as listed, else the catalogue), where neither the
 *    engine nor the lexicon gives it: an edit made with the program.
 *
 * What loses against an earlier one is kept as a damaged file's bytes.
 */
function findEdit(from: {
	written: EditLayer | null;
	left: Partial<Transcript> | null;
	before: string | null;
	corrected: string;
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
	if (before === null || before === corrected) return null;
	// Corrected by the lexicon as it was then; nobody edited it.
	if (left?.edit === null && left.text === before) return null;
	return { editedAt: at, text: before };
}

/** Of a transcript made from other engine output, only what a person wrote still counts. */
function editOnly(left: Transcript | null): Partial<Transcript> | null {
	return left === null ? null : { edit: left.edit };
}

async function readPlain(folder: string): Promise<string> {
	return readFile(join(folder, plainTextFilename), "utf8");
}

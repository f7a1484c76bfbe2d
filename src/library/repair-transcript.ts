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

export type ApplyLexicons = (
	output: EngineOutput,
) => Promise<Pick<Transcript, "text" | "segments" | "lexicons" | "lexiconError">>;

export function isEngineFile(file: string): boolean {
	return /^engine\.[0-9a-z]+\.json$/.test(file);
}

/**
 * Makes the transcript's files whole again. What the engine said is the foundation: from it and
 * the lexicon the structured text is made anew, without asking anybody. A person's edit is found in
 * what is left of the old file, in the plain text, or in the catalogue. Where the engine's own words
 * are lost, it is asked again, and until then an intact text stands.
 *
 * @param damaged files whose bytes are wrong or gone
 * @param known the text as the catalogue has it
 */
export async function repairTranscript(
	{ folder, metadata }: Held,
	damaged: ReadonlySet<string>,
	known: TranscriptText | null,
	repair: Repair,
	applyLexicons: ApplyLexicons,
): Promise<void> {
	const isWhole = (file: string) => repair.files[file] !== undefined && !damaged.has(file);
	const plain = isWhole(plainTextFilename) ? await readPlain(folder) : null;
	const current = isWhole(transcriptFilename) ? await readTranscript(folder) : null;
	if (typeof current?.text === "string") {
		const text = `${current.text}\n`;
		if (plain !== text) {
			repair.files[plainTextFilename] = await prepareFile(folder, plainTextFilename, text);
			repair.done.push(`${plainTextFilename} was written again from ${transcriptFilename}.`);
		}
		if (!repair.files[current.engineFile]) repair.jobs.add("transcribe");
		return;
	}
	const left = await readTranscript(folder);
	await keepDamaged(folder, transcriptFilename, repair);
	const engineFile = chooseEngineFile(Object.keys(repair.files).filter(isWhole), left);
	const output = engineFile === null ? null : await readEngineOutput(folder, engineFile);
	if (engineFile === null || typeof output?.text !== "string" || !Array.isArray(output.segments)) {
		// The plain text would be overwritten by the next transcript, and may hold a person's edit.
		if (plain !== null) await keepDamaged(folder, plainTextFilename, repair);
		if (repair.files[transcriptFilename]) repair.superseded.push(transcriptFilename);
		delete repair.files[transcriptFilename];
		repair.fields.state = "pending";
		repair.fields.transcription = null;
		repair.jobs.add("transcribe");
		repair.done.push(
			`${transcriptFilename} was lost, and what the engine said: it is asked again.`,
		);
		return;
	}
	const corrected = await applyLexicons(output);
	const catalogued = known?.originalText === output.text ? `${known.text}\n` : null;
	const edit = editOf(left, plain ?? catalogued, `${corrected.text}\n`, metadata.modifiedAt);
	const { engine, model, language } = output;
	const transcript: Transcript = {
		format: 1,
		engineFile,
		engine,
		model,
		language,
		originalText: output.text,
		...corrected,
		text: edit?.text ?? corrected.text,
		edit,
	};
	Object.assign(repair.files, await prepareTranscript(folder, transcript));
	repair.fields.state = "success";
	repair.done.push(`${transcriptFilename} was made again from ${engineFile}.`);
}

/** The one that the old transcript was made from, where that can still be read; else any. */
function chooseEngineFile(whole: readonly string[], left: Transcript | null): string | null {
	const engineFiles = whole.filter(isEngineFile);
	return engineFiles.find((file) => file === left?.engineFile) ?? engineFiles.at(-1) ?? null;
}

/** Text that neither the engine nor the lexicon gives was written by a person. */
function editOf(
	left: Transcript | null,
	text: string | null,
	corrected: string,
	modifiedAt: string,
): EditLayer | null {
	const old = left?.edit;
	const oldText = typeof old?.text === "string" ? old.text : null;
	const editedAt = typeof old?.editedAt === "string" ? old.editedAt : modifiedAt;
	if (text !== null) return text === corrected ? null : { editedAt, text: text.slice(0, -1) };
	return oldText === null ? null : { editedAt, text: oldText };
}

async function readPlain(folder: string): Promise<string> {
	return readFile(join(folder, plainTextFilename), "utf8");
}

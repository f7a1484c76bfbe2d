import { prepareTranscript, readTranscript } from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import type { PeoplesLayers } from "../layers/compose-transcript.ts";
import { withEdit, withoutNewestEdit } from "../layers/edit-history.ts";
import { type Change, changeRecording, type Held } from "../library/change.ts";
import type { Metadata } from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import { cleanDescription, cleanTag, cleanTitle } from "./fields.ts";
import { applyLexicons, correctedAsNamed } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { outputUnder, recompose } from "./recompose.ts";

/** What a person changes about a recording; what is left out stays as it is. */
export type Edit = {
	title?: string | undefined;
	description?: string | undefined;
	addTags?: readonly string[] | undefined;
	removeTags?: readonly string[] | undefined;
	/** All tags at once, in place of those there are. */
	tags?: readonly string[] | undefined;
	/** The transcript as it is to read: a layer above what the engine said, which stays. */
	text?: string | undefined;
	/** Goes back to the text before the newest edit: an earlier edit, or the lexicons' text. */
	undoEdit?: boolean | undefined;
};

const longestText = 10_000_000;

/**
 * @param check throws where the recording as it is now, held by nobody else, is not to be changed
 * @throws ERR_USAGE for a field that cannot be stored; ERR_STATE for a transcript where there is none
 */
export async function editRecording(
	app: App,
	name: string,
	edit: Edit,
	check: (metadata: Metadata) => void = () => {},
): Promise<Metadata> {
	const fields = cleanFields(edit);
	return changeRecording(app.library, name, async (held): Promise<Change | null> => {
		const { metadata } = held;
		check(metadata);
		const tags = nextTags(metadata.tags, edit);
		const changed: Partial<Metadata> = { ...fields };
		if (JSON.stringify(tags) !== JSON.stringify(metadata.tags)) changed.tags = tags;
		const transcript = await editTranscript(app, held, edit);
		if (transcript !== null) {
			const written = await prepareTranscript(held.folder, transcript);
			changed.files = { ...metadata.files, ...written };
		}
		return Object.keys(changed).length === 0 ? null : { fields: changed };
	});
}

function cleanFields(edit: Edit): Partial<Metadata> {
	return {
		...(edit.title === undefined ? {} : { title: cleanTitle(edit.title) }),
		...(edit.description === undefined ? {} : { description: cleanDescription(edit.description) }),
	};
}

function nextTags(tags: readonly string[], edit: Edit): string[] {
	const all = new Set(edit.tags ? edit.tags.map(cleanTag) : tags);
	for (const tag of edit.addTags ?? []) all.add(cleanTag(tag));
	for (const tag of edit.removeTags ?? []) all.delete(cleanTag(tag));
	return [...all];
}

async function editTranscript(
	app: App,
	{ folder, metadata }: Held,
	{ text, undoEdit = false }: Edit,
): Promise<Transcript | null> {
	if (text === undefined && !undoEdit) return null;
	const before = await readTranscript(folder);
	if (before === null) {
		throw new OnwaxError("ERR_STATE", `${metadata.name} has no text yet.`, {
			hint: "`onwax retry` asks an engine for it.",
		});
	}
	if (text !== undefined) {
		const edited = cleanText(text);
		if (edited === before.text) return null;
		const edit = { editedAt: new Date().toISOString(), text: edited };
		return withLayers(app, folder, before, withEdit(before, edit));
	}
	if (before.edit === null) {
		throw new OnwaxError("ERR_STATE", `The text of ${metadata.name} has not been edited.`, {
			hint: "There is nothing to undo.",
		});
	}
	return withLayers(app, folder, before, withoutNewestEdit(before));
}

/** The same engine's output and lexicons, with what people put on top of them. */
async function withLayers(
	app: App,
	folder: string,
	before: Transcript,
	above: PeoplesLayers,
): Promise<Transcript> {
	const output = await outputUnder(folder, before);
	const { lexicons } = app.library.layout;
	const settings = app.config.lexicon;
	const corrected =
		(await correctedAsNamed(lexicons, output, before, settings)) ??
		(await applyLexicons(lexicons, output, settings));
	return recompose(before, output, { corrected, above });
}

/** Text that people typed: well-formed, line breaks as LF, no control characters. */
function cleanText(text: string): string {
	const clean = text
		.toWellFormed()
		.replace(/\r\n?/g, "\n")
		.replace(/[^\P{Cc}\n\t]/gu, "")
		.trim();
	if (clean === "") {
		throw new OnwaxError("ERR_USAGE", "There is no text in it.", {
			hint: "`--undo-edit` takes an edit back; an empty transcript is not kept.",
		});
	}
	if (clean.length <= longestText) return clean;
	throw new OnwaxError("ERR_USAGE", `The text is longer than ${longestText} characters.`, {
		hint: "Is it the right file?",
	});
}

import { recordingFolder } from "../archive/layout.ts";
import { prepareTranscript, readEngineOutput, readTranscript } from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import { changeRecording } from "../library/change.ts";
import { type Recording, shelfOf } from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import { applyLexicons } from "./lexicons.ts";
import type { App } from "./open-app.ts";

/** What the lexicons as they are now make of one recording. */
export type Reapplied = {
	name: string;
	changed: boolean;
	/** How many places of the engine's text the lexicons replace. */
	replacements: number;
	before: string;
	after: string;
	/** The text that people see is an edit, which stands above the lexicons. */
	edited: boolean;
};

/**
 * Applies the lexicons to what the engine said, again; it is as if it had been said today (U9).
 *
 * @returns null for a recording that has no text
 * @throws ERR_LEXICON where a lexicon fails: nothing is changed then
 */
export async function reapplyLexicons(
	app: App,
	recording: Recording,
	options: { dryRun: boolean },
): Promise<Reapplied | null> {
	const { metadata } = recording;
	const { name } = metadata;
	const folder = recordingFolder(app.library.layout, shelfOf(metadata), name);
	const before = await readTranscript(folder);
	if (before === null) return null;
	const after = await corrected(app, folder, before);
	const changed = !readsAlike(before, after);
	if (changed && !options.dryRun) {
		await changeRecording(app.library, name, async (held) => {
			const current = await readTranscript(held.folder);
			if (current === null) return null;
			const next = await corrected(app, held.folder, current);
			const files = { ...held.metadata.files, ...(await prepareTranscript(held.folder, next)) };
			return { fields: { files } };
		});
	}
	return {
		name,
		changed,
		replacements: after.lexicons.reduce((sum, { replacements }) => sum + replacements, 0),
		before: before.text,
		after: after.text,
		edited: after.edit !== null,
	};
}

/** Whether both say the same; which version of a lexicon it was that left all as it is, is no change. */
function readsAlike(one: Transcript, other: Transcript): boolean {
	return one.text === other.text && JSON.stringify(one.segments) === JSON.stringify(other.segments);
}

async function corrected(app: App, folder: string, before: Transcript): Promise<Transcript> {
	const output = await readEngineOutput(folder, before.engineFile);
	if (output === null) {
		throw new OnwaxError("ERR_DAMAGED", "What the engine said cannot be read.", {
			hint: "Run `onwax validate --repair`.",
		});
	}
	const result = await applyLexicons(app.library.layout.lexicons, output, app.config.lexicon);
	if (result.lexiconError !== null) {
		throw new OnwaxError("ERR_LEXICON", result.lexiconError, {
			hint: "Correct the lexicon; no text was changed.",
		});
	}
	return { ...before, ...result, text: before.edit ? before.edit.text : result.text };
}

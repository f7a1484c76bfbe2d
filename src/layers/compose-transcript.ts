import type { EditLayer, EngineOutput, Segment, Transcript } from "../transcript.ts";
import { editedSegments } from "./edited-segments.ts";

/** What the lexicons made of an engine's output. */
export type Corrected = Pick<Transcript, "text" | "segments" | "lexicons" | "lexiconError">;

/** What people put on top. A transcript that is there already has it: pass that one. */
export type PeoplesLayers = {
	edit: EditLayer | null;
	edits?: EditLayer[];
	speakerNames?: Record<string, string>;
};

export type Layers = {
	/** File that holds `output`. */
	engineFile: string;
	output: EngineOutput;
	corrected: Corrected;
	/** Null where nobody put anything on top. */
	above: PeoplesLayers | null;
	/** Says who speaks, last of all; left out where speakers were not told apart. */
	label?: (segments: Segment[]) => Segment[];
};

/**
 * The one place where a transcript is put together of its layers: the engine's output, the
 * lexicons' corrections of it, and what people put on top, which stands above whatever an engine or
 * a lexicon says later. Pure, and the order of the keys is always the same: the same layers give
 * the same bytes, so that an undone layer leaves no trace.
 */
export function composeTranscript({
	engineFile,
	output,
	corrected,
	above,
	label = (segments) => segments,
}: Layers): Transcript {
	const { engine, model, language, coverage } = output;
	const { edit = null, edits = [], speakerNames = {} } = above ?? {};
	const isEdited = edit !== null && edit.text !== corrected.text;
	const segments = isEdited ? editedSegments(corrected.segments, edit.text) : corrected.segments;
	return {
		format: 1,
		engineFile,
		engine,
		model,
		language,
		text: edit === null ? corrected.text : edit.text,
		originalText: output.text,
		segments: label(segments),
		lexicons: corrected.lexicons,
		edit,
		...(edits.length > 0 ? { edits } : {}),
		lexiconError: corrected.lexiconError,
		...(coverage === undefined ? {} : { coverage }),
		...(Object.keys(speakerNames).length > 0 ? { speakerNames } : {}),
	};
}

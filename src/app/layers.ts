import { OnwaxError } from "../errors.ts";
import type { Corrected } from "../layers/compose-transcript.ts";
import type { KeptOutput } from "../library/choose-output.ts";
import type { Recording } from "../recording.ts";
import type { EditLayer, Transcript } from "../transcript.ts";
import { keptTranscript } from "./export.ts";
import { keptOutputs } from "./kept-outputs.ts";
import { correctedAsNamed } from "./lexicons.ts";
import type { App } from "./open-app.ts";

/** The layers of a recording's text, from the bottom up. */
export type TextLayers = {
	/** The one that the text is made from last. */
	outputs: KeptOutput[];
	/** What the lexicons made of it; null where that output, or a version of a lexicon, is lost. */
	corrected: Corrected | null;
	/** Newest first; the first one stands. */
	edits: EditLayer[];
	/** As it stands. */
	transcript: Transcript;
};

/** @throws ERR_NOT_FOUND where there is no text; ERR_DAMAGED */
export async function readLayers(app: App, recording: Recording): Promise<TextLayers> {
	const { layout } = app.library;
	const transcript = await requireTranscript(app, recording);
	const outputs = await keptOutputs(layout, recording, transcript.engineFile);
	const current = outputs.find(({ engineFile }) => engineFile === transcript.engineFile);
	const corrected = current
		? await correctedAsNamed(layout.lexicons, current.output, transcript, app.config.lexicon)
		: null;
	const { edit, edits = [] } = transcript;
	return { outputs, corrected, edits: edit === null ? [] : [edit, ...edits], transcript };
}

/** @throws ERR_NOT_FOUND where there is no text yet; ERR_DAMAGED */
export async function requireTranscript(app: App, recording: Recording): Promise<Transcript> {
	const transcript = await keptTranscript(app.library.layout, recording);
	if (transcript !== null) return transcript;
	throw new OnwaxError("ERR_NOT_FOUND", `${recording.metadata.name} has no text yet.`, {
		hint: "It comes by itself when an engine has answered; a retry asks for it.",
	});
}

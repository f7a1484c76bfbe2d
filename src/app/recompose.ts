import { readMetadata } from "../archive/metadata-file.ts";
import { readEngineOutput } from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import {
	type Corrected,
	composeTranscript,
	type PeoplesLayers,
} from "../layers/compose-transcript.ts";
import { assignSpeakers } from "../speakers/assign-speakers.ts";
import type { LabelledTurn } from "../speakers/speaker-turns.ts";
import { turnsUnder } from "../speakers/speakers-file.ts";
import type { EngineOutput, Segment, Transcript } from "../transcript.ts";

/** What a text stands on: what the engine said, and who spoke when. */
export type Under = EngineOutput & { turns?: readonly LabelledTurn[] };

/** @throws ERR_DAMAGED where it is gone or cannot be read */
export async function outputUnder(folder: string, before: Transcript): Promise<Under> {
	const output = await readEngineOutput(folder, before.engineFile);
	if (typeof output?.text === "string" && Array.isArray(output.segments)) {
		return { ...output, turns: await turnsUnder(folder, before) };
	}
	throw await outputLost(folder, before.engineFile);
}

/** A repair sets damaged bytes aside; the words themselves only the engine can say again. */
async function outputLost(folder: string, engineFile: string): Promise<OnwaxError> {
	const { name, files } = await readMetadata(folder);
	const again = `\`onwax retry ${name}\` asks the engine for it again.`;
	const hint = files[engineFile]
		? `Nothing was changed. \`onwax validate ${name} --repair\` sets aside what is damaged, then ${again}`
		: `Nothing was changed. ${again}`;
	return new OnwaxError("ERR_DAMAGED", "What the engine said is lost, and this needs it.", {
		hint,
	});
}

/**
 * A transcript with one of its layers put anew; all others are those of the one before. Everything
 * that changes a text that is there goes through here.
 */
export function recompose(
	before: Transcript,
	output: Under,
	{ corrected, above = before }: { corrected: Corrected; above?: PeoplesLayers },
): Transcript {
	const { engineFile } = before;
	const label = (segments: readonly Segment[]) => assignSpeakers(segments, output.turns ?? []);
	return composeTranscript({ engineFile, output, corrected, above, label });
}

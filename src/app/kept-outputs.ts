import { type Layout, recordingFolder } from "../archive/layout.ts";
import { readEngineOutput } from "../archive/transcript-file.ts";
import { isEngineFile, isOutput, type KeptOutput } from "../library/choose-output.ts";
import { type Recording, shelfOf } from "../recording.ts";

/**
 * What engines said of a recording, in the order in which they came as far as that is known; the one
 * that the text is made from last. A damaged one is left out: `validate` names it.
 *
 * @param current the file that the text is made from
 */
export async function keptOutputs(
	layout: Layout,
	{ metadata }: Recording,
	current: string,
): Promise<KeptOutput[]> {
	const folder = recordingFolder(layout, shelfOf(metadata), metadata.name);
	const files = Object.keys(metadata.files).filter(isEngineFile);
	const kept: KeptOutput[] = [];
	for (const engineFile of [...files.filter((file) => file !== current), current]) {
		const output = await readEngineOutput(folder, engineFile);
		if (isOutput(output)) kept.push({ engineFile, output });
	}
	return kept;
}

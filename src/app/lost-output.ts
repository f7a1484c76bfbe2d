import { recordingFolder } from "../archive/layout.ts";
import { readEngineOutput, readTranscript } from "../archive/transcript-file.ts";
import { type Recording, shelfOf } from "../recording.ts";
import type { App } from "./open-app.ts";

/**
 * Whether a text stands on engine output that is gone, or cannot be read: then it can be shown, and
 * neither edited nor corrected before the engine has said it again.
 */
export async function isOutputLost(
	{ library }: Pick<App, "library">,
	{ metadata }: Recording,
): Promise<boolean> {
	const folder = recordingFolder(library.layout, shelfOf(metadata), metadata.name);
	const { engineFile } = (await readTranscript(folder)) ?? {};
	if (typeof engineFile !== "string") return false;
	if (!metadata.files[engineFile]) return true;
	return (await readEngineOutput(folder, engineFile)) === null;
}

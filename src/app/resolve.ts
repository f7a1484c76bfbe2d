import type { Catalogue } from "../catalogue/catalogue.ts";
import { OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";

const mostShown = 10;

/**
 * The recording that a person means by a name, a unique beginning of one, an id, or `last`.
 *
 * @throws ERR_NOT_FOUND; ERR_AMBIGUOUS, whose hint lists what it could be
 */
export async function resolveRecording(
	catalogue: Catalogue,
	reference: string,
): Promise<Recording> {
	const names = await catalogue.resolve(reference);
	const [name] = names;
	if (name === undefined) throw notFound(reference);
	if (names.length > 1) throw ambiguous(reference, names);
	const recording = await catalogue.get(name);
	// Purged by another process since it was looked up.
	if (recording === null) throw notFound(reference);
	return recording;
}

export function notFound(reference: string): OnwaxError {
	if (reference === "last") {
		return new OnwaxError("ERR_NOT_FOUND", "There is no recording yet.", {
			hint: "`onwax import FILE` keeps the first one.",
		});
	}
	return new OnwaxError(
		"ERR_NOT_FOUND",
		`There is no recording ${JSON.stringify(reference.slice(0, 100))}.`,
		{ hint: "`onwax list` shows what is there, `onwax search` looks for words." },
	);
}

function ambiguous(reference: string, names: readonly string[]): OnwaxError {
	const more = names.length > mostShown ? ["…"] : [];
	return new OnwaxError(
		"ERR_AMBIGUOUS",
		`More than one recording begins with ${JSON.stringify(reference)}.`,
		{ hint: ["Say which:", ...names.slice(0, mostShown), ...more].join("\n") },
	);
}

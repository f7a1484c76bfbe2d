import type { EditLayer } from "../transcript.ts";
import type { PeoplesLayers } from "./compose-transcript.ts";

/** What is kept of earlier edits in one transcript: steps, and characters in all of them. */
const mostEdits = 100;
const mostCharacters = 5_000_000;

/** An edit on top of those there are, which can be gone back to: the oldest go where they are too many. */
export function withEdit(above: PeoplesLayers, edit: EditLayer): PeoplesLayers {
	const earlier = above.edit === null ? [] : [above.edit, ...(above.edits ?? [])];
	let characters = 0;
	const edits = earlier.filter(({ text }, index) => {
		characters += text.length;
		return index < mostEdits && characters <= mostCharacters;
	});
	return { ...above, edit, edits };
}

/** One step back: the edit before the newest stands again, or none. */
export function withoutNewestEdit(above: PeoplesLayers): PeoplesLayers {
	const [edit = null, ...edits] = above.edits ?? [];
	return { ...above, edit, edits };
}

import type { Output } from "./output.ts";

/** An empty library says how it begins; an empty answer in a full one says only that. */
export function teachEmpty(output: Output, filter: unknown): void {
	const { err } = output;
	if (filter !== undefined) {
		output.note("Nothing like that.");
		return;
	}
	output.note("Nothing here yet.");
	output.note("");
	output.note(`  onwax record           ${err.paint("dim", "records, until Enter")}`);
	output.note(
		`  onwax import FILE      ${err.paint("dim", "keeps a recording and turns it into text")}`,
	);
	output.note(`  onwax import FOLDER    ${err.paint("dim", "all recordings in it")}`);
}

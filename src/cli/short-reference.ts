import type { Catalogue } from "../catalogue/catalogue.ts";

const secondsLength = "2026-11-20_19-03-11".length;

/**
 * The shortest thing that a person can type for this recording now: `last`, else the beginning of its
 * name that tells it apart, else its name.
 */
export async function shortReference(catalogue: Catalogue, name: string): Promise<string> {
	const [newest] = await catalogue.resolve("last");
	if (newest === name) return "last";
	const beginning = name.slice(0, secondsLength);
	return (await catalogue.resolve(beginning)).length === 1 ? beginning : name;
}

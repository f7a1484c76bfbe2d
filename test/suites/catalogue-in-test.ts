import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalogue } from "../../src/catalogue/catalogue.ts";
import type { Recording } from "../../src/recording.ts";

/** Gives a catalogue in an empty folder. */
export type OpenCatalogue = (folder: string) => Promise<Catalogue>;

export type WithCatalogue = (
	recordings: Recording[],
	use: (catalogue: Catalogue) => Promise<void>,
) => Promise<void>;

/** A catalogue that holds these recordings, for as long as `use` takes. */
export async function useCatalogue(
	open: OpenCatalogue,
	...[recordings, use]: Parameters<WithCatalogue>
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-catalogue-"));
	const catalogue = await open(folder);
	try {
		await catalogue.put(recordings);
		await use(catalogue);
	} finally {
		await catalogue.close();
		await rm(folder, { recursive: true });
	}
}

export async function searchTitles(
	catalogue: Catalogue,
	query: string,
): Promise<(string | null)[]> {
	const hits = await catalogue.search(query, { limit: 50 });
	return hits.map(({ recording }) => recording.metadata.title);
}

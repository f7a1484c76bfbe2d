import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { publishFolders } from "../durable/publish-folder.ts";
import { step } from "../durable/step.ts";
import { OnwaxError } from "../errors.ts";
import type { CatalogueFamily } from "./catalogue.ts";
import { cardName, type ModelCard, writeModelCard } from "./model-card.ts";
import type { Workplace } from "./workplace.ts";

export type FamilyOf = (folder: string) => Promise<string | null>;

export type Installing = Omit<ModelCard, "format" | "family"> & {
	/** What it has to be; null where it may be anything that is recognised. */
	family: CatalogueFamily | null;
	familyOf: FamilyOf;
	/** The last thing before the model is there. */
	beforeRename: (pulledAt: string) => Promise<void>;
};

/**
 * Makes a model of what lies unpacked (and synced): it is recognised, gets its card, and is put in
 * its place by one rename.
 *
 * @throws ERR_FORMAT_UNKNOWN where it is no model that can be used here
 */
export async function install(places: Workplace, installing: Installing): Promise<ModelCard> {
	const { family: wanted, familyOf, beforeRename, ...facts } = installing;
	const folder = await innermost(places.unpacked);
	const family = await recognise(folder, wanted, familyOf);
	if (family === null) {
		throw new OnwaxError(
			"ERR_FORMAT_UNKNOWN",
			`${facts.name} holds no ${wanted === null ? "" : `${wanted} `}model that can be used here.`,
			{ hint: "docs/models.md says which files make a model." },
		);
	}
	await requireRoomForCard(folder, facts.name);
	const card: ModelCard = { format: 1, ...facts, family };
	await writeModelCard(folder, card);
	await beforeRename(facts.pulledAt);
	step("install:rename");
	await publishFolders([{ from: folder, to: places.target }]);
	return card;
}

async function requireRoomForCard(folder: string, name: string): Promise<void> {
	const there = await lstat(join(folder, cardName)).catch(() => null);
	if (there === null || there.isFile()) return;
	throw new OnwaxError(
		"ERR_FORMAT_UNKNOWN",
		`${name} holds a folder called ${cardName}, where a file has to lie.`,
		{ hint: "Nothing of it is used. Remove or rename that folder, and pull the rest." },
	);
}

/** Archives hold one folder that holds all. */
async function innermost(folder: string): Promise<string> {
	const [only, ...others] = await readdir(folder, { withFileTypes: true });
	return only?.isDirectory() && others.length === 0 ? join(folder, only.name) : folder;
}

async function recognise(
	folder: string,
	wanted: CatalogueFamily | null,
	familyOf: FamilyOf,
): Promise<string | null> {
	if (wanted === "speaker-segmentation" || wanted === "speaker-embedding") {
		const names = await readdir(folder);
		return names.some((name) => name.endsWith(".onnx")) ? wanted : null;
	}
	const family = await familyOf(folder);
	return wanted === null || family === wanted ? family : null;
}

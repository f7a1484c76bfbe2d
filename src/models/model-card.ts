import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { publishFile } from "../durable/publish-file.ts";

/**
 * Where a model came from; lies in its folder as onwax-model.json.
 * `verified`: `known`, its hash is that of the catalogue; `pinned`, of the first download; `local`,
 * somebody brought it, and only what it was then is written down.
 */
export type ModelCard = {
	format: 1;
	name: string;
	family: string;
	licence: string | null;
	/** The address, or `local`. */
	source: string;
	sha256: string;
	sizeBytes: number;
	pulledAt: string;
	verified: "known" | "pinned" | "local";
};

export const cardName = "onwax-model.json";

const schema = z.object({
	format: z.literal(1),
	name: z.string(),
	family: z.string(),
	licence: z.string().nullable(),
	source: z.string(),
	sha256: z.string(),
	sizeBytes: z.number(),
	pulledAt: z.string(),
	verified: z.enum(["known", "pinned", "local"]),
});

/** Null for a folder that somebody filled by hand. */
export async function readModelCard(folder: string): Promise<ModelCard | null> {
	try {
		return schema.parse(JSON.parse(await readFile(join(folder, cardName), "utf8")));
	} catch {
		return null;
	}
}

export async function writeModelCard(folder: string, card: ModelCard): Promise<void> {
	await publishFile(join(folder, cardName), `${JSON.stringify(card, null, "\t")}\n`);
}

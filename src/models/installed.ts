import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../errors.ts";
import { readDownloadState } from "./download-state.ts";
import { type ModelCard, readModelCard } from "./model-card.ts";
import { isModelName } from "./model-name.ts";
import { incomingName, workplaceOf } from "./workplace.ts";

export type InstalledModel = {
	name: string;
	folder: string;
	/** Of all its files. */
	sizeBytes: number;
	/** Null where somebody filled the folder by hand. */
	card: ModelCard | null;
};

/** Every folder in the models folder that can be a model, by name. */
export async function installedModels(modelsFolder: string): Promise<InstalledModel[]> {
	const found: InstalledModel[] = [];
	for (const entry of await entriesOf(modelsFolder)) {
		if (!isModelName(entry.name)) continue;
		const folder = join(modelsFolder, entry.name);
		if (!(await stat(folder).catch(() => null))?.isDirectory()) continue;
		const sizeBytes = await sizeOf(folder);
		found.push({ name: entry.name, folder, sizeBytes, card: await readModelCard(folder) });
	}
	return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Bytes that have come of downloads that were begun, by the model's name. */
export async function begunDownloads(modelsFolder: string): Promise<Map<string, number>> {
	const begun = new Map<string, number>();
	for (const { name } of await entriesOf(join(modelsFolder, incomingName))) {
		if (!name.endsWith(".part")) continue;
		const model = name.slice(0, -".part".length);
		const state = await readDownloadState(workplaceOf(modelsFolder, model));
		if (state !== null) begun.set(model, state.keptBytes);
	}
	return begun;
}

async function sizeOf(folder: string): Promise<number> {
	let bytes = 0;
	for (const name of await readdir(folder, { recursive: true })) {
		const facts = await stat(join(folder, name)).catch(() => null);
		if (facts?.isFile()) bytes += facts.size;
	}
	return bytes;
}

async function entriesOf(folder: string) {
	try {
		return await readdir(folder, { withFileTypes: true });
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}

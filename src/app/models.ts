import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { layoutOf } from "../archive/layout.ts";
import type { Config } from "../config/defaults.ts";
import { OnwaxError } from "../errors.ts";
import { type CatalogueModel, catalogue, inCatalogue } from "../models/catalogue.ts";
import { begunDownloads, type InstalledModel, installedModels } from "../models/installed.ts";
import { pullModel } from "../models/pull.ts";
import { pullLocal } from "../models/pull-local.ts";
import type { ModelsPlace, Pulled, PullOptions } from "../models/pull-options.ts";
import { removeModel } from "../models/remove.ts";
import { readModelFolder } from "../speech/model-folder.ts";
import { detectEngine } from "../transcribe/detect.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { engineConfigOf, engineOrder } from "./engine-order.ts";

export type ListedModel = {
	name: string;
	/** Null for one that somebody brought. */
	known: CatalogueModel | null;
	/** Null for one that is not here. */
	installed: InstalledModel | null;
	/** Null for one that is not here. False: files are missing or damaged, and no engine takes it. */
	isUsable: boolean | null;
	/** So much of a download has come that was begun. */
	begunBytes: number | null;
	/** What new recordings are transcribed with. */
	isDefault: boolean;
};

/** All models that are known, and all that are here. */
export async function listAllModels(
	config: Config,
	environment: Environment,
): Promise<ListedModel[]> {
	const { models } = layoutOf(config.dataDir);
	const installed = await installedModels(models);
	const begun = await begunDownloads(models);
	const inUse = await modelInUse(config, environment, models);
	const usable = new Set<InstalledModel>();
	for (const model of installed) if (await canBeUsed(model)) usable.add(model);
	const listed = (name: string, known: CatalogueModel | null): ListedModel => {
		const here = installed.find((model) => model.name === name) ?? null;
		return {
			name,
			known,
			installed: here,
			isUsable: here && usable.has(here),
			begunBytes: begun.get(name) ?? null,
			isDefault: name === inUse,
		};
	};
	const others = installed.filter(({ name }) => inCatalogue(name) === null);
	return [
		...others.map(({ name }) => listed(name, null)),
		...catalogue.map((model) => listed(model.name, model)),
	];
}

/** The model of the engine that is asked first, where that is one of this machine. */
async function modelInUse(
	config: Config,
	environment: Environment,
	modelsFolder: string,
): Promise<string | null> {
	const detect = () => detectEngine({ environment, modelsFolder });
	const [first] = (await engineOrder(config, detect)).names;
	const engine = first === undefined ? null : await engineConfigOf(config, first, detect);
	return engine?.type === "sherpa" ? engine.model : null;
}

/** Whether its files are what a model of its family needs; loading it could still fail. */
async function canBeUsed({ name, folder, card }: InstalledModel): Promise<boolean> {
	if ((await readModelFolder(folder)) !== null) return true;
	const family = inCatalogue(name)?.family ?? card?.family ?? null;
	// Those that tell speakers apart are one file each, by any name.
	if (family !== null && !family.startsWith("speaker-")) return false;
	const files = await readdir(folder);
	if (family === null && files.some((file) => file.endsWith("tokens.txt"))) return false;
	return files.some((file) => file.endsWith(".onnx"));
}

export function modelsPlace(config: Config): ModelsPlace {
	return {
		modelsFolder: layoutOf(config.dataDir).models,
		mirror: config.model.mirror,
		reserveBytes: config.minFreeSpaceMb * 1e6,
		familyOf: async (folder) => (await readModelFolder(folder))?.family ?? null,
	};
}

/** What somebody wants pulled: a model of the catalogue, or what lies at a path. */
export type Wanted = { known: CatalogueModel; path: null } | { known: null; path: string };

/**
 * A name of the catalogue; whatever looks like a path, or is one, is taken for it.
 *
 * @throws ERR_NOT_FOUND for what is neither; ERR_USAGE for nothing at all
 */
export function wantedModel(reference: string): Wanted {
	const known = inCatalogue(reference);
	if (known) return { known, path: null };
	if (/[\\/]/.test(reference) || existsSync(reference)) return { known: null, path: reference };
	if (reference.trim() === "") {
		throw new OnwaxError("ERR_USAGE", "Which model? Its name is empty.", {
			hint: "`onwax model list` shows those that are known; ./FILE pulls one that you bring.",
		});
	}
	const near = catalogue.map(({ name }) => name).filter((name) => name.includes(reference));
	throw new OnwaxError("ERR_NOT_FOUND", `There is no model called ${reference}.`, {
		hint:
			near.length > 0
				? `Is it one of these? ${near.join(", ")}`
				: "`onwax model list` shows those that are known; ./FILE pulls one that you bring.",
	});
}

export function pullWanted(
	config: Config,
	wanted: Wanted,
	name: string | null,
	options: PullOptions,
): Promise<Pulled> {
	const place = modelsPlace(config);
	return wanted.known
		? pullModel(wanted.known, place, options)
		: pullLocal(wanted.path, name, place, options);
}

/**
 * A model that is here, or of which a download was begun.
 *
 * @throws ERR_NOT_FOUND
 */
export async function presentModel(config: Config, name: string): Promise<ListedModel> {
	const all = await listAllModels(config, {});
	const found = all.find((model) => model.name === name);
	if (found && (found.installed || found.begunBytes !== null)) return found;
	throw new OnwaxError("ERR_NOT_FOUND", `There is no model ${name} in the models folder.`, {
		hint: "`onwax model list` shows which are here.",
	});
}

/** Removes it, with what a download that was cut short left. */
export async function removePresent(config: Config, { name }: ListedModel): Promise<void> {
	await removeModel(layoutOf(config.dataDir).models, name);
}

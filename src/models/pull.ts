import { rm } from "node:fs/promises";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { step } from "../durable/step.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import { OnwaxError } from "../errors.ts";
import { downloadAddress, fileNameOf } from "./address.ts";
import type { CatalogueModel } from "./catalogue.ts";
import { archiveKind } from "./decompress.ts";
import { download } from "./download.ts";
import { nameMirror } from "./download-error.ts";
import { defaultLimits } from "./download-options.ts";
import { dropDownload } from "./download-state.ts";
import { install } from "./install.ts";
import type { ModelCard } from "./model-card.ts";
import { requireNewName } from "./model-name.ts";
import { type Pin, readPin, writePin } from "./pins.ts";
import type { ModelsPlace, Pulled, PullOptions } from "./pull-options.ts";
import { unpackFactor, unpackOrPlace } from "./unpack-or-place.ts";
import { type Workplace, whileAlone, workplaceOf } from "./workplace.ts";

/** Where nobody knows how large a model is. */
const largestUnknownBytes = 8e9;

/**
 * Downloads a model of the catalogue, verifies it, and puts it into the models folder in one rename.
 * A crash at any point leaves nothing half-written in use; the next pull goes on from what is on the
 * disk. Does nothing where the model is there already.
 *
 * The order is: bytes synced, hash compared, unpacked and synced, recognised as a model, pinned,
 * renamed, and only then is the download itself removed.
 */
export async function pullModel(
	model: CatalogueModel,
	place: ModelsPlace,
	options: PullOptions,
): Promise<Pulled> {
	return whileAlone(place.modelsFolder, model.name, async () => {
		const places = workplaceOf(place.modelsFolder, model.name);
		if (await exists(places.target)) {
			// A crash after the rename left the download.
			await dropDownload(places);
			return { name: model.name, card: null, pinned: false };
		}
		await requireNewName(place.modelsFolder, model.name);
		return pullMissing(model, place, places, options);
	});
}

async function pullMissing(
	model: CatalogueModel,
	place: ModelsPlace,
	places: Workplace,
	options: PullOptions,
): Promise<Pulled> {
	const pin = model.sha256 === null ? await readPin(place.modelsFolder, model.name) : null;
	const address = downloadAddress(model, place.mirror);
	const factor = unpackFactor(fileNameOf(model.address));
	await makeFolder(place.modelsFolder);
	if (model.sizeBytes !== null) await requireSpace(place, model.sizeBytes * factor);
	const facts = await download(
		{
			address,
			places,
			expected: expectedOf(model, pin),
			maxBytes: model.sizeBytes === null ? largestUnknownBytes : model.sizeBytes * 2 + 2 ** 24,
		},
		{
			limits: options.limits ?? defaultLimits,
			signal: options.signal,
			onRetry: options.onRetry,
			onProgress: (done, total) => options.onProgress("downloading", done, total),
			onLength: (total, received) => requireSpace(place, total * factor - received),
		},
	).catch((error: unknown) => {
		throw nameMirror(error, place.mirror);
	});
	options.onProgress("verifying", facts.sizeBytes, facts.sizeBytes);
	step("pull:verified");
	const isNewPin = model.sha256 === null && pin === null;
	const card = await makeModel();
	await dropDownload(places);
	await rm(places.unpacked, { recursive: true, force: true });
	return { name: model.name, card, pinned: isNewPin };

	async function makeModel(): Promise<ModelCard> {
		const name = fileNameOf(model.address);
		try {
			const kind = await archiveKind(places.part);
			const { sizeBytes } = facts;
			await unpackOrPlace({ path: places.part, name, kind }, places.unpacked, {
				...options,
				archiveBytes: sizeBytes,
			});
			return await install(places, {
				name: model.name,
				family: model.family,
				familyOf: place.familyOf,
				licence: model.licence,
				source: address,
				...facts,
				pulledAt: (options.now?.() ?? new Date()).toISOString(),
				verified: model.sha256 === null ? "pinned" : "known",
				// Only what turned out to be a model is worth being asked for again.
				beforeRename: async (pinnedAt) => {
					if (isNewPin) await writePin(place.modelsFolder, model.name, { ...facts, pinnedAt });
				},
			});
		} catch (error) {
			await rm(places.unpacked, { recursive: true, force: true });
			// What is no model today is none tomorrow: the next pull begins anew.
			const isUseless =
				error instanceof OnwaxError && ["ERR_DAMAGED", "ERR_FORMAT_UNKNOWN"].includes(error.code);
			if (isUseless) await dropDownload(places);
			throw error;
		}
	}
}

function expectedOf(model: CatalogueModel, pin: Pin | null) {
	if (model.sha256 !== null) {
		return { sha256: model.sha256, because: `the ${model.name} of the catalogue` };
	}
	if (pin === null) return null;
	const day = pin.pinnedAt.slice(0, 10);
	return { sha256: pin.sha256, because: `the ${model.name} that was first downloaded on ${day}` };
}

function requireSpace(place: ModelsPlace, neededBytes: number): Promise<void> {
	return requireFreeSpace(place.modelsFolder, Math.max(0, neededBytes), place.reserveBytes);
}

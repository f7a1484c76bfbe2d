import { createHash } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { open, realpath, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { copyHashed } from "../durable/copy-hashed.ts";
import { exists } from "../durable/exists.ts";
import { hashFile } from "../durable/hash-file.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { FileFacts } from "../recording.ts";
import { fileNameOf } from "./address.ts";
import { broughtFiles } from "./brought-files.ts";
import { type CatalogueModel, catalogue } from "./catalogue.ts";
import { archiveKind } from "./decompress.ts";
import { install } from "./install.ts";
import { requireNewName } from "./model-name.ts";
import type { ModelsPlace, Pulled, PullOptions } from "./pull-options.ts";
import { unpackFactor, unpackOrPlace } from "./unpack-or-place.ts";
import { whileAlone, workplaceOf } from "./workplace.ts";

/**
 * Takes in a model that somebody brought: an archive, a model's file, or a folder. A file that has the
 * name of one in the catalogue is taken for that one, and has to be it; anything else gets `name`, or
 * its own, and is only written down as it is. What is brought is never changed.
 */
export async function pullLocal(
	path: string,
	name: string | null,
	place: ModelsPlace,
	options: PullOptions,
): Promise<Pulled> {
	const facts = await factsOf(path);
	const known =
		name === null && facts.isFile()
			? (catalogue.find(({ address }) => fileNameOf(address) === basename(path)) ?? null)
			: null;
	const wanted = known?.name ?? name ?? bareName(path);
	return whileAlone(place.modelsFolder, wanted, async () => {
		const places = workplaceOf(place.modelsFolder, wanted);
		if (await exists(places.target)) return { name: wanted, card: null, pinned: false };
		await requireNewName(place.modelsFolder, wanted);
		try {
			const content = facts.isFile()
				? await takeFile(path, known, places.unpacked, place, options)
				: await takeFolder(path, places.unpacked, place, options);
			const card = await install(places, {
				name: wanted,
				family: known?.family ?? null,
				familyOf: place.familyOf,
				licence: known?.licence ?? null,
				source: "local",
				...content,
				pulledAt: (options.now?.() ?? new Date()).toISOString(),
				verified: known?.sha256 ? "known" : "local",
				beforeRename: async () => {},
			});
			return { name: wanted, card, pinned: false };
		} finally {
			// Whatever came of it, what still lies here is of no use.
			await rm(places.unpacked, { recursive: true, force: true });
		}
	});
}

async function factsOf(path: string): Promise<Stats> {
	try {
		const facts = await stat(path);
		if (facts.isFile() || facts.isDirectory()) return facts;
	} catch (error) {
		if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(systemErrorCode(error) ?? "")) throw error;
		throw new OnwaxError("ERR_NOT_FOUND", `There is neither a model nor a file called ${path}.`, {
			hint: "`onwax model list` shows what can be pulled by name.",
		});
	}
	throw new OnwaxError("ERR_NOT_A_FILE", `${path} is neither a file nor a folder.`);
}

function bareName(path: string): string {
	return basename(resolve(path)).replace(/\.(tar\.bz2|tbz2?|tar\.gz|tgz|tar|onnx)$/i, "");
}

async function takeFile(
	path: string,
	known: CatalogueModel | null,
	folder: string,
	place: ModelsPlace,
	options: PullOptions,
): Promise<FileFacts> {
	const { size } = await stat(path);
	const needed = size * (unpackFactor(basename(path)) - 1);
	await requireFreeSpace(place.modelsFolder, needed, place.reserveBytes);
	const facts = await hashFile(await realpath(path), { signal: options.signal });
	options.onProgress("verifying", facts.sizeBytes, facts.sizeBytes);
	if (known?.sha256 && facts.sha256 !== known.sha256) {
		throw new OnwaxError(
			"ERR_DAMAGED",
			`${path} is not the ${known.name} of the catalogue: its SHA-256 is another one.`,
			{
				hint: "Get it once more; or give it a name of its own with --name if it is meant to differ.",
			},
		);
	}
	await unpackOrPlace({ path, name: basename(path), kind: await archiveKind(path) }, folder, {
		...options,
		archiveBytes: size,
	});
	return facts;
}

async function takeFolder(
	path: string,
	folder: string,
	place: ModelsPlace,
	options: PullOptions,
): Promise<FileFacts> {
	const files = await broughtFiles(path, options.signal);
	const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	await requireFreeSpace(place.modelsFolder, totalBytes, place.reserveBytes);
	await makeFolder(folder);
	// The hash of a folder: of its files' names and hashes, in order.
	const hash = createHash("sha256");
	const folders = new Set([folder]);
	let copied = 0;
	for (const { name } of files) {
		const target = join(folder, name);
		const above = join(target, "..");
		if (!folders.has(above)) await makeFolder(above);
		folders.add(above);
		const { sha256 } = await copyFile(join(path, name), target, options, (bytes) => {
			copied += bytes;
			options.onProgress("copying", copied, totalBytes);
		});
		hash.update(`${sha256}  ${name}\n`);
	}
	for (const each of folders) await syncFolder(each);
	return { sha256: hash.digest("hex"), sizeBytes: totalBytes };
}

async function copyFile(
	from: string,
	to: string,
	{ signal }: PullOptions,
	onBytes: (bytes: number) => void,
): Promise<FileFacts> {
	try {
		const path = await realpath(from);
		const handle = await open(path, constants.O_RDONLY);
		try {
			return await copyHashed({ handle, path }, to, { signal, onBytes });
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (!["ENOENT", "ENOTDIR", "ELOOP", "ESTALE"].includes(systemErrorCode(error) ?? ""))
			throw error;
		throw new OnwaxError("ERR_FILE_CHANGED", `${from} was changed while it was copied.`, {
			hint: "Nothing of it is used. Pull again once the folder is complete.",
			cause: error,
		});
	}
}

import { rm } from "node:fs/promises";
import { recordingFolder, unfinishedFolder } from "../archive/layout.ts";
import { findOnShelves } from "../archive/shelves.ts";
import type { CatalogueDatabase } from "../catalogue/catalogue.ts";
import { removeFolder } from "../durable/remove-folder.ts";
import { step } from "../durable/step.ts";
import { OnwaxError } from "../errors.ts";
import type { Metadata } from "../recording.ts";
import { changeRecording, holding } from "./change.ts";
import type { Library } from "./library.ts";

/**
 * Into the trash: everything stays on disk until it is purged, and what is being done for it ends, in
 * whichever process. Harmless where it is there already.
 */
export async function trashRecording(library: Library, name: string): Promise<Metadata> {
	return changeRecording(library, name, async ({ metadata }) =>
		metadata.deletedAt ? null : { fields: { deletedAt: new Date().toISOString() } },
	);
}

/** Out of the trash, back to the state it had; the work that was set aside is due again. */
export async function restoreRecording(
	library: Library,
	name: string,
	inSameTransaction?: (tx: CatalogueDatabase, metadata: Metadata) => Promise<void>,
): Promise<Metadata> {
	return changeRecording(
		library,
		name,
		async ({ metadata }) => (metadata.deletedAt ? { fields: { deletedAt: null } } : null),
		inSameTransaction,
	);
}

/**
 * Destroys a recording that is in the trash, for good (D1.3: always a separate, explicit act). The
 * catalogue lets go of it first, then the folder goes: at no moment does the catalogue promise a
 * recording that is not there.
 *
 * @throws ERR_STATE where it is not in the trash
 */
export async function purgeRecording(library: Library, name: string): Promise<void> {
	await holding(library, name, async (writerId) => {
		const found = await findOnShelves(library.layout, name);
		if (found.length !== 1 || found[0] !== "trash") {
			throw new OnwaxError("ERR_STATE", `${name} is not in the trash.`, {
				hint: `Only what is in the trash can be purged: \`onwax trash ${name}\` first.`,
			});
		}
		step("purge:catalogue");
		await library.catalogue.remove([name]);
		step("purge:folder");
		await removeFolder(recordingFolder(library.layout, "trash", name));
		await rm(unfinishedFolder(library.layout, name), { recursive: true, force: true });
		await library.catalogue.releaseChange(name, writerId);
	});
}

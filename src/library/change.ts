import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { recordingFolder } from "../archive/layout.ts";
import { readMetadata, writeMetadata } from "../archive/metadata-file.ts";
import { findOnShelves } from "../archive/shelves.ts";
import { readTranscriptText } from "../archive/transcript-file.ts";
import { isWriterAlive } from "../archive/writer.ts";
import type { CatalogueDatabase } from "../catalogue/catalogue.ts";
import { placePrepared } from "../durable/prepared-file.ts";
import { publishFolders } from "../durable/publish-folder.ts";
import { step } from "../durable/step.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError } from "../errors.ts";
import { type Metadata, type Recording, type Shelf, shelfOf } from "../recording.ts";
import { healRecording } from "./heal-recording.ts";
import { type Library, revise } from "./library.ts";

/** A recording's folder, held by this process alone while it is being changed. */
export type Held = { folder: string; shelf: Shelf; metadata: Metadata };

export type Change = {
	/** What becomes different in metadata.json; `state` or `deletedAt` move the folder. */
	fields: Partial<Metadata>;
	/** Files that something verified has taken the place of: removed when the metadata is on disk. */
	superseded?: string[];
};

const waitForOtherMs = 30_000;

/**
 * Changes one recording. The order is: claimed in the catalogue (so that nobody else touches the
 * folder, and a crash is noticed), `edit` prepares files beside the metadata (prepared-file.ts),
 * metadata.json lists them, they are put in place, the folder moves, superseded files go, and last
 * the catalogue, in one transaction with the release of the claim and whatever `inSameTransaction`
 * adds.
 *
 * `edit` returns null to leave everything as it is. It changes no file that is in use: it prepares
 * new ones, contents synced; the folder is synced here, once.
 *
 * @throws ERR_NOT_FOUND, ERR_DAMAGED (unreadable metadata.json), ERR_LIBRARY_BUSY, or what `edit` threw
 */
export async function changeRecording(
	library: Library,
	name: string,
	edit: (held: Held) => Promise<Change | null>,
	inSameTransaction?: (tx: CatalogueDatabase, metadata: Metadata) => Promise<void>,
): Promise<Metadata> {
	return holding(library, name, async (writerId) => {
		const finish = async (tx: CatalogueDatabase, metadata: Metadata) => {
			await inSameTransaction?.(tx, metadata);
			await library.catalogue.releaseChange(name, writerId, tx);
		};
		const held = await readHeld(library, name);
		const change = await edit(held);
		if (change === null) {
			await library.catalogue.transaction((tx) => finish(tx, held.metadata));
			return held.metadata;
		}
		const metadata = revise(held.metadata, change.fields, library.appVersion);
		const folder = recordingFolder(library.layout, shelfOf(metadata), name);
		// What `edit` prepared must be on disk before metadata.json lists it.
		await syncFolder(held.folder);
		step("change:metadata");
		await writeMetadata(held.folder, metadata);
		// From here on the change counts: a crash is healed by going on, not by going back.
		await placePrepared(held.folder, metadata.files);
		step("change:move");
		if (folder === held.folder) await syncFolder(folder);
		else await publishFolders([{ from: held.folder, to: folder }]);
		if (change.superseded?.length) {
			step("change:superseded");
			for (const file of change.superseded) await rm(join(folder, file), { force: true });
			await syncFolder(folder);
		}
		const recording: Recording = { metadata, transcript: await readTranscriptText(folder) };
		step("change:catalogue");
		await library.catalogue.put([recording], (tx) => finish(tx, metadata));
		step("change:done");
		return metadata;
	});
}

/**
 * Runs `work` while this process, and in it this call alone, may touch the recording's folder.
 * `work` releases the claim itself, in the transaction that writes its result: releasing it here
 * would be a second commit.
 */
export async function holding<T>(
	library: Library,
	name: string,
	work: (writerId: string) => Promise<T>,
): Promise<T> {
	const writer = await library.writer();
	await claim(library, name, writer.id);
	try {
		return await work(writer.id);
	} catch (error) {
		// The folder may be between two steps: it is brought into order now if that is possible, and
		// else by the next start, which sees the claim.
		try {
			await healRecording(library, name);
			await library.catalogue.releaseChange(name, writer.id);
		} catch {
			abandon(library, name);
		}
		throw error;
	}
}

/** Claims that this process keeps for the next start to see, while nobody here works on them. */
const abandoned = new WeakMap<Library, Set<string>>();

function abandon(library: Library, name: string): void {
	library.leaveForHealing();
	const names = abandoned.get(library) ?? new Set();
	abandoned.set(library, names.add(name));
}

/** Whether the recording is claimed here, and yet nobody is changing it: it could not be healed. */
export function isAbandoned(library: Library, name: string): boolean {
	return abandoned.get(library)?.has(name) ?? false;
}

/**
 * Whoever had it left the folder between two steps, be it a dead writer or this one: nothing may be
 * built on it, and the claim not be released, before that is in order.
 */
async function healTaken(library: Library, name: string): Promise<void> {
	try {
		await healRecording(library, name);
	} catch (error) {
		// Unreadable metadata is told to whoever goes on to read it, and a repair comes for it.
		if (error instanceof OnwaxError && error.code === "ERR_DAMAGED") return;
		abandon(library, name);
		throw error;
	}
}

async function claim(library: Library, name: string, writerId: string): Promise<void> {
	const giveUpAt = performance.now() + waitForOtherMs;
	for (;;) {
		const holder = await library.catalogue.claimChange(name, writerId);
		if (holder === null) return;
		const isTaken =
			holder === writerId
				? (abandoned.get(library)?.delete(name) ?? false)
				: !(await isWriterAlive(library.layout, holder)) &&
					(await library.catalogue.takeOverChange(name, holder, writerId));
		if (isTaken) return healTaken(library, name);
		if (performance.now() > giveUpAt) {
			throw new OnwaxError("ERR_LIBRARY_BUSY", `${name} is being changed by another process.`, {
				retryable: true,
				hint: "Try again in a moment.",
			});
		}
		await sleep(10 + Math.random() * 40);
	}
}

async function readHeld(library: Library, name: string): Promise<Held> {
	const [shelf] = await findOnShelves(library.layout, name);
	if (!shelf) {
		throw new OnwaxError("ERR_NOT_FOUND", `The folder of ${name} is gone.`, {
			hint: "Run `onwax recover` to bring the catalogue into line with the folders.",
		});
	}
	const folder = recordingFolder(library.layout, shelf, name);
	return { folder, shelf, metadata: await readMetadata(folder) };
}

import { recordingFolder } from "../archive/layout.ts";
import type { CatalogueDatabase } from "../catalogue/catalogue.ts";
import { exists } from "../durable/exists.ts";
import { publishFolders } from "../durable/publish-folder.ts";
import { step } from "../durable/step.ts";
import { type Metadata, originalSha256, type Recording, shelfOf } from "../recording.ts";
import type { Library } from "./library.ts";
import { discard, type Staged } from "./stage.ts";
import { hasWholeAudio, meetTwin } from "./twin.ts";

export type Published =
	| { kind: "published"; metadata: Metadata }
	/**
	 * The same audio is here already, under this name: it was read to be sure. `restored`: what was
	 * here had been damaged, and has been replaced by what came in.
	 */
	| { kind: "known"; name: string; inTrash: boolean; restored: boolean };

export type Publisher = {
	/** Resolves when the recording survives a power cut and is in the catalogue. */
	publish(staged: Staged): Promise<Published>;
};

/** What else is to happen in the transaction that makes recordings known, e.g. queueing their jobs. */
export type OnPublished = (tx: CatalogueDatabase, published: Metadata[]) => Promise<void>;

type Waiting = {
	staged: Staged;
	resolve: (published: Published) => void;
	reject: (error: unknown) => void;
};

const batchLimit = 64;

/**
 * Group commit: whoever comes while a batch is being published waits for the next one, so that many
 * recordings share the syncs of the parent folders and of the catalogue's journal.
 */
export function createPublisher(library: Library, onPublished: OnPublished): Publisher {
	let waiting: Waiting[] = [];
	let running = false;

	async function run(): Promise<void> {
		running = true;
		while (waiting.length > 0) {
			const batch = waiting.slice(0, batchLimit);
			waiting = waiting.slice(batchLimit);
			try {
				const results = await publishBatch(
					library,
					batch.map((one) => one.staged),
					onPublished,
				);
				for (const [index, one] of batch.entries()) {
					const result = results[index];
					if (result instanceof Error) one.reject(result);
					else if (result) one.resolve(result);
				}
			} catch (error) {
				for (const one of batch) one.reject(error);
			}
		}
		running = false;
	}

	return {
		async publish(staged) {
			const twin = await meetTwin(library, staged);
			if (twin) {
				await discard(staged.folder);
				const { name, inTrash } = twin;
				return { kind: "known", name, inTrash, restored: twin.kind === "restored" };
			}
			return new Promise((resolve, reject) => {
				waiting.push({ staged, resolve, reject });
				if (!running) void run();
			});
		},
	};
}

/**
 * The order is the promise: folders are renamed and synced, then the catalogue, then the caller is
 * told. All of it happens while this process holds the catalogue's write lock, so that the same
 * audio arriving in two processes at once is seen by the second.
 */
async function publishBatch(
	library: Library,
	batch: Staged[],
	onPublished: OnPublished,
): Promise<(Published | Error)[]> {
	const { catalogue } = library;
	let fresh: Staged[] = [];
	const renamed = new Set<Staged>();
	const twins = new Map<Staged, string>();
	try {
		await catalogue.transaction(async (tx) => {
			// Published since `meetTwin` looked: by another process, or in this very batch. What it found
			// and could not use is not among them.
			const known = await catalogue.findByOriginalSha256(
				batch.map((one) => originalSha256(one.metadata)),
			);
			for (const [sha256, name] of known) {
				if (!(await hasWholeAudio(library, name))) known.delete(sha256);
			}
			fresh = [];
			for (const one of batch) {
				const sha256 = originalSha256(one.metadata);
				const twin = known.get(sha256);
				if (twin) twins.set(one, twin);
				else fresh.push(one);
				known.set(sha256, twin ?? one.metadata.name);
			}
			step("publish:folders");
			// The transaction may run again; folders move once.
			const moving = fresh.filter((one) => !renamed.has(one));
			for (const one of moving) renamed.add(one);
			await publishFolders(
				moving.map((one) => ({ from: one.folder, to: folderOf(library, one.metadata) })),
			);
			step("publish:catalogue");
			const published = fresh.map((one) => one.metadata);
			await catalogue.putWithin(
				tx,
				published.map((metadata): Recording => ({ metadata, transcript: null })),
			);
			await onPublished(tx, published);
			step("publish:commit");
		});
	} catch (error) {
		return settleAfterError(library, batch, renamed, error);
	}
	step("publish:known");
	return Promise.all(
		batch.map(async (one): Promise<Published> => {
			const name = twins.get(one);
			if (name === undefined) return { kind: "published", metadata: one.metadata };
			await discard(one.folder);
			const twin = await catalogue.get(name);
			const inTrash = (twin?.metadata.deletedAt ?? null) !== null;
			return { kind: "known", name, inTrash, restored: false };
		}),
	);
}

/**
 * The catalogue said no (full disk, I/O error) or a rename failed. Folders that are on their shelf
 * are synced there and count: they are acknowledged, and the next start puts them into the
 * catalogue. The others were not taken.
 */
async function settleAfterError(
	library: Library,
	batch: Staged[],
	renamed: Set<Staged>,
	error: unknown,
): Promise<(Published | Error)[]> {
	const failure = error instanceof Error ? error : new Error(String(error));
	return Promise.all(
		batch.map(async (one) => {
			// Moved, and not merely in the way of something else of that name.
			const moved =
				renamed.has(one) &&
				!(await exists(one.folder)) &&
				(await exists(folderOf(library, one.metadata)));
			if (!moved) return failure;
			library.leaveForHealing();
			library.log.error(
				{ recording: one.metadata.name, error: failure.message },
				"kept, but not yet in the catalogue: the next start adds it",
			);
			return { kind: "published", metadata: one.metadata } as const;
		}),
	);
}

function folderOf(library: Library, metadata: Metadata): string {
	return recordingFolder(library.layout, shelfOf(metadata), metadata.name);
}

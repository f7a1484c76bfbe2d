import type { OnwaxError } from "../errors.ts";
import { toOnwaxError } from "../errors.ts";
import type { Published, Publisher } from "../library/publisher.ts";
import { discard, type Staged } from "../library/stage.ts";
import type { Metadata } from "../recording.ts";
import type { Found } from "./find-files.ts";
import { type StageFileContext, stageFile } from "./import-file.ts";

/** What became of one entry. */
export type ImportOutcome =
	| { kind: "kept"; shown: string; metadata: Metadata }
	| { kind: "known"; shown: string; name: string; inTrash: boolean; restored: boolean }
	| { kind: "passed"; shown: string }
	| { kind: "refused"; shown: string; error: OnwaxError };

/**
 * Imports what `found` yields, several at a time, and tells each outcome as soon as it is certain:
 * `kept` means that the recording survives a power cut from now on. One bad entry never ends the
 * rest; only an abort does.
 *
 * The order of outcomes is the order of completion. Several at a time is what makes the disk fast:
 * their syncs share the file system's journal commits.
 */
export async function importFiles(
	found: AsyncIterable<Found>,
	options: {
		context: StageFileContext;
		publisher: Publisher;
		concurrency: number;
		onOutcome: (outcome: ImportOutcome) => void;
	},
): Promise<void> {
	const { signal } = options.context;
	const entries = found[Symbol.asyncIterator]();
	const lane = async () => {
		while (!signal.aborted) {
			const next = await entries.next();
			if (next.done) return;
			options.onOutcome(await importOne(next.value, options.context, options.publisher));
		}
	};
	// All of them, also after an abort: what one is just publishing must not be left half done.
	const lanes = await Promise.allSettled(Array.from({ length: options.concurrency }, lane));
	for (const ended of lanes) if (ended.status === "rejected") throw ended.reason;
	signal.throwIfAborted();
}

async function importOne(
	entry: Found,
	context: StageFileContext,
	publisher: Publisher,
): Promise<ImportOutcome> {
	if (entry.kind === "passed") return entry;
	if (entry.kind === "problem") {
		return { kind: "refused", shown: entry.shown, error: entry.error };
	}
	const { shown } = entry.file;
	try {
		return await publishCopy(publisher, await stageFile(entry.file, context), shown);
	} catch (error) {
		context.signal.throwIfAborted();
		return { kind: "refused", shown, error: toOnwaxError(error, "ERR_IO") };
	}
}

/** Publishes a copy of what its owner still has: where that fails, nothing of it stays here. */
export async function publishCopy(
	publisher: Publisher,
	staged: Staged,
	shown: string,
): Promise<ImportOutcome> {
	try {
		return outcomeOf(await publisher.publish(staged), shown);
	} catch (error) {
		await discard(staged.folder);
		throw error;
	}
}

export function outcomeOf(published: Published, shown: string): ImportOutcome {
	return published.kind === "published"
		? { kind: "kept", shown, metadata: published.metadata }
		: { ...published, shown };
}

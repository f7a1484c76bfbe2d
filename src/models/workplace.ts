import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { isPartName } from "../durable/part-name.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { purgedPrefix } from "../durable/remove-folder.ts";
import { OnwaxError } from "../errors.ts";
import { requireModelName } from "./model-name.ts";

/**
 * Where a model is made ready, beside where it will lie: everything here may be half-written, and
 * nothing else in the models folder ever is. A name that begins with a dot is never a model.
 */
export type Workplace = {
	/** The model's folder, once it is there. */
	target: string;
	/** What has come of the download so far, and what is known about it. */
	part: string;
	state: string;
	/** Where the archive is unpacked; rubbish when found. */
	unpacked: string;
};

export const incomingName = ".incoming";

export function workplaceOf(modelsFolder: string, name: string): Workplace {
	const incoming = join(modelsFolder, incomingName);
	return {
		target: join(modelsFolder, name),
		part: join(incoming, `${name}.part`),
		state: join(incoming, `${name}.json`),
		unpacked: join(incoming, `${name}.unpacked`),
	};
}

/**
 * Does the work while no other process works on the same model, having removed what one that was
 * killed left of it; what has come of a download stays.
 *
 * @throws ERR_LIBRARY_BUSY where one does
 */
export async function whileAlone<T>(
	modelsFolder: string,
	name: string,
	work: () => Promise<T>,
): Promise<T> {
	requireModelName(name);
	await makeFolder(join(modelsFolder, incomingName));
	// The file stays for ever: were it removed, somebody could hold it while another holds its successor.
	const lockName = `${name.toLowerCase()}.lock`;
	const lock = await acquireLock(join(modelsFolder, incomingName, lockName));
	if (lock === null) {
		throw new OnwaxError("ERR_LIBRARY_BUSY", `Another process is at work on the model ${name}.`, {
			retryable: true,
			hint: "Wait until it has ended; `onwax model list` shows what is there.",
		});
	}
	try {
		await clearRubbish(modelsFolder, name);
		return await work();
	} finally {
		lock.release();
	}
}

async function clearRubbish(modelsFolder: string, name: string): Promise<void> {
	const incoming = join(modelsFolder, incomingName);
	const { state, unpacked } = workplaceOf(modelsFolder, name);
	await rm(unpacked, { recursive: true, force: true });
	await rm(join(modelsFolder, `${purgedPrefix}${name}`), { recursive: true, force: true });
	await removeParts(incoming, state.slice(incoming.length + 1));
}

/** Removes what a `publishFile` of this file left that was cut short; only under its lock. */
export async function removeParts(folder: string, filename: string): Promise<void> {
	for (const name of await readdir(folder)) {
		// The random part has no dot: a file whose name goes on is another one.
		const [random = ".", ...others] = name.slice(filename.length + 2).split(".");
		const isIts = name.startsWith(`.${filename}.`) && random !== "" && others.join() === "part";
		if (isIts && isPartName(name)) await rm(join(folder, name), { force: true });
	}
}

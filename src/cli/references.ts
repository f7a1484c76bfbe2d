import { resolveRecording } from "../app/resolve.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { toOnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";
import type { Cli } from "./command.ts";
import { combine, type ExitStatus, exitStatus, statusOfCode } from "./exit-status.ts";

export const referenceHelp = "name, unique beginning of it, id, or last";

/**
 * Does something with each recording that is meant; one that is not found, or with which it fails,
 * is told and does not keep the others from their turn.
 */
export async function eachRecording(
	cli: Cli,
	catalogue: Catalogue,
	references: readonly string[],
	work: (recording: Recording) => Promise<ExitStatus>,
): Promise<ExitStatus> {
	const statuses: ExitStatus[] = [];
	const done = new Set<string>();
	for (const reference of references) {
		cli.signal.throwIfAborted();
		try {
			const recording = await resolveRecording(catalogue, reference);
			if (done.has(recording.metadata.name)) continue;
			done.add(recording.metadata.name);
			statuses.push(await work(recording));
		} catch (thrown) {
			cli.signal.throwIfAborted();
			statuses.push(tellFailure(cli, thrown));
		}
	}
	return combine(statuses);
}

/** The recordings that are meant, those that cannot be found told; with the status of those. */
export async function findRecordings(
	cli: Cli,
	catalogue: Catalogue,
	references: readonly string[],
): Promise<{ recordings: Recording[]; status: ExitStatus }> {
	const recordings: Recording[] = [];
	const status = await eachRecording(cli, catalogue, references, async (recording) => {
		recordings.push(recording);
		return exitStatus.done;
	});
	return { recordings, status };
}

export function tellFailure(cli: Cli, thrown: unknown, about?: string): ExitStatus {
	const error = toOnwaxError(thrown);
	cli.output.failure(error, about);
	return statusOfCode(error.code);
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";
import { resolveRecording } from "./resolve.ts";

const mostTries = 3;
const waitMs = 60;

/**
 * Reads something out of a recording's folder. Where that fails because the recording is just being
 * changed (its folder moves, its files are replaced), it is read anew as it is then.
 *
 * @throws ERR_NOT_FOUND, ERR_AMBIGUOUS, or what `read` threw of a recording that stays as it is
 */
export async function readFrom<T>(
	catalogue: Catalogue,
	reference: string,
	read: (recording: Recording) => Promise<T>,
): Promise<T> {
	let recording = await resolveRecording(catalogue, reference);
	for (let tries = 1; ; tries++) {
		try {
			return await read(recording);
		} catch (error) {
			if (tries === mostTries || isSettled(error)) throw error;
			const { name, revision } = recording.metadata;
			// The catalogue hears of it a moment after the disk.
			await sleep(waitMs);
			const now = await catalogue.get(name);
			if (now === null || now.metadata.revision === revision) throw error;
			recording = now;
		}
	}
}

const goneOrDamaged: ErrorCode[] = ["ERR_NOT_FOUND", "ERR_DAMAGED", "ERR_IO"];

/** Whether it has nothing to do with where files lie. */
function isSettled(error: unknown): boolean {
	return error instanceof OnwaxError && !goneOrDamaged.includes(error.code);
}

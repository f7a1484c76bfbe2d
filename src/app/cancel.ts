import { errorFilename, prepareErrorFile } from "../archive/error-file.ts";
import { OnwaxError } from "../errors.ts";
import type { Job, JobKind } from "../job.ts";
import { settle, takeOver, unfinished } from "../jobs/queue.ts";
import { changeRecording } from "../library/change.ts";
import { requireSettled } from "../pipeline/job-token.ts";
import { forgetDecoded } from "../pipeline/unfinished.ts";
import type { Metadata } from "../recording.ts";
import type { App } from "./open-app.ts";
import { refuseTrash } from "./refuse-trash.ts";

/** What is done for a recording's text; the others put its audio in order, and nobody waits for them. */
const textKinds: readonly JobKind[] = ["transcribe", "speakers", "chat"];

/** Whether somebody decided against it: nothing but that person's word starts it again. */
export function isCancelled(errorCode: string | null): boolean {
	return errorCode === "ERR_CANCELLED";
}

/**
 * Ends the work on a recording's text, whether it waits or is being done, in whichever process. When
 * this returns it stays ended, and the recording says so where it has no text. The audio, a text that
 * is there and what an engine answered so far are untouched; a retry goes on from there.
 *
 * A worker hears of it with its next heartbeat, two seconds later at most, and has no say from now on.
 *
 * @throws ERR_STATE where there is nothing to end, or in the trash; ERR_NOT_FOUND
 */
export async function cancelWork(
	app: App,
	name: string,
	kinds: readonly JobKind[] = textKinds,
): Promise<Metadata> {
	const { library, config } = app;
	const { leaseSeconds } = config.worker;
	const { id: writer } = await library.writer();
	const which = { recording: name, kinds, writer, leaseSeconds };
	let taken: Job[] = [];
	try {
		return await changeRecording(
			library,
			name,
			async ({ folder, metadata }) => {
				refuseTrash(metadata);
				// Before anything is written: from here on a worker's result is not taken. Until the end is
				// told the job runs on in our name, so that after a crash it is handed out again.
				taken = await library.catalogue.transaction((tx) => takeOver(tx, which));
				if (taken.length === 0) throw nothingToCancel(metadata);
				// While the claim keeps a retry from making it anew.
				await letGoOfDecoded(app, name, taken);
				const isForText = taken.some(({ kind }) => kind === "transcribe");
				if (!isForText || metadata.transcription !== null) return null;
				const error = {
					code: "ERR_CANCELLED",
					message: "Cancelled by you.",
					hint: `\`onwax retry ${name}\` starts it again; what was heard so far is kept.`,
				};
				const written = await prepareErrorFile(folder, error, []);
				const files = { ...metadata.files, [errorFilename]: written };
				return { fields: { state: "failed", error, files } };
			},
			async (tx) => {
				for (const job of taken) {
					const ending = { state: "parked", errorCode: "ERR_CANCELLED" } as const;
					await requireSettled(await settle(tx, job, ending));
				}
			},
		);
	} catch (error) {
		for (const job of taken) await giveBack(app, job);
		throw error;
	}
}

/** Only room on the disk: where it cannot be freed, the next start does it, and the cancelling counts. */
async function letGoOfDecoded({ library, log }: App, name: string, taken: Job[]): Promise<void> {
	try {
		const open = await unfinished(library.catalogue.db, [name], ["transcribe", "speakers"]);
		const isInUse = open.some(({ kind }) => !taken.some((job) => job.kind === kind));
		if (!isInUse) await forgetDecoded(library, name);
	} catch (error) {
		log.warn({ recording: name, error: String(error) }, "decoded audio could not be removed");
	}
}

/** Best left to its lease where even this cannot be written. */
async function giveBack({ library }: App, job: Job): Promise<void> {
	const { deliveries } = job;
	const ending = { state: "queued", errorCode: "ERR_INTERRUPTED", delaySeconds: 0 } as const;
	await settle(library.catalogue.db, job, { ...ending, deliveries }).catch(() => false);
}

function nothingToCancel({ name, state }: Metadata): OnwaxError {
	return new OnwaxError("ERR_STATE", `Nothing is being done for ${name}, and nothing waits.`, {
		hint: state === "success" ? "It has its text." : `\`onwax retry ${name}\` would start it.`,
	});
}

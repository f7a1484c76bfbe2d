import { dirname } from "node:path";
import type { Readable } from "node:stream";
import type { Writer } from "../archive/writer.ts";
import { openAppendLog } from "../durable/append-log.ts";
import { hashFile } from "../durable/hash-file.ts";
import { sizeText } from "../durable/size-text.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { writeIntent } from "../library/intent.ts";
import { type Inspection, type Staged, stage } from "../library/stage.ts";
import type { RecordingEvent } from "../recording.ts";
import { type ImportLimits, requireSize, tooLarge } from "./limits.ts";
import { sniffExtension } from "./sniff.ts";

export type StageStreamContext = {
	writer: Writer;
	appVersion: string;
	reserveBytes: number;
	limits: ImportLimits;
	/** What to call it, e.g. `standard input`. */
	shown: string;
	originalFilename: string | null;
	title: string | null;
	tags: string[];
	inspect: (audioPath: string) => Promise<Inspection>;
	/** Makes the next start look for what could not be completed here. */
	leaveForHealing: () => void;
	signal: AbortSignal;
	onBytes?: (bytes: number) => void;
};

/** Free space is looked at again after so much has come. */
const lookAtSpaceBytes = 1_000_000;

/**
 * Keeps audio from a pipe. These bytes exist nowhere else, so they go to an append log behind an
 * intent, synced every second; and when the stream breaks, the disk fills down to the reserve, the
 * size limit is reached or the signal aborts, what has come so far is kept as a recording and the
 * reason is told as `cut`.
 *
 * @throws OnwaxError where not even that could be completed (no space for metadata.json): then the
 *   audio stays in the writer's folder, and `context.leaveForHealing` has been called
 */
export async function stageStream(
	stream: Readable,
	context: StageStreamContext,
): Promise<{ staged: Staged; cut: OnwaxError | null }> {
	const { reserveBytes, signal, writer } = context;
	await requireFreeSpace(writer.folder, 0, reserveBytes);
	const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
	const head = await chunks.next();
	// Throws for an empty stream before anything is made.
	requireSize(context.shown, head.done ? 0 : head.value.length, context.limits);
	const extension = sniffExtension(head.value);
	const events: RecordingEvent[] = [];
	let cut: OnwaxError | null = null;
	let keptBytes = 0;
	const { originalFilename, title, tags } = context;
	const arrival = { source: "import" as const, originalFilename, extension, title, tags, events };

	const fill = async (audioPath: string) => {
		const audioFile = `audio${extension}`;
		await writeIntent(dirname(audioPath), {
			format: 1,
			source: "import",
			originalFilename,
			title,
			tags,
			audioFile,
		});
		const log = await openAppendLog(audioPath);
		let lookAgainAt = lookAtSpaceBytes;
		const stop = () => stream.destroy(toOnwaxError(signal.reason));
		signal.addEventListener("abort", stop, { once: true });
		try {
			for (let next = head; !next.done; next = await chunks.next()) {
				if (log.sizeBytes + next.value.length > context.limits.maxBytes) {
					throw tooLarge(context.shown, context.limits);
				}
				if (log.sizeBytes >= lookAgainAt) {
					await requireFreeSpace(writer.folder, 0, reserveBytes);
					lookAgainAt = log.sizeBytes + lookAtSpaceBytes;
				}
				await log.append(next.value);
				keptBytes = log.sizeBytes;
				context.onBytes?.(next.value.length);
			}
		} catch (error) {
			cut = toOnwaxError(error, "ERR_IO");
			// Nothing came that could be kept: the reason is the outcome.
			if (log.sizeBytes === 0) throw cut;
			const message = `The stream was cut short after ${log.sizeBytes} bytes: ${cut.message}`;
			events.push({ at: new Date().toISOString(), kind: "cut", message });
		} finally {
			signal.removeEventListener("abort", stop);
			await log.close();
		}
		return hashFile(audioPath);
	};
	try {
		const staged = await stage(writer, context.appVersion, arrival, fill, context.inspect);
		return { staged, cut };
	} catch (error) {
		if (keptBytes === 0) throw error;
		context.leaveForHealing();
		throw keptForLater(error, keptBytes);
	}
}

/** What came is safe, but does not count yet: said with the way to make it count. */
export function keptForLater(error: unknown, keptBytes: number): OnwaxError {
	const { code, message } = toOnwaxError(error, "ERR_IO");
	return new OnwaxError(
		code,
		`${message} The ${sizeText(keptBytes, "down")} that came are on disk, but are not a recording yet.`,
		{
			retryable: true,
			hint: "Put that right, then run `onwax recover`: it makes a recording of them.",
			cause: error,
		},
	);
}

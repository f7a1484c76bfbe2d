import { dirname } from "node:path";
import type { Readable } from "node:stream";
import type { Writer } from "../archive/writer.ts";
import { openAppendLog } from "../durable/append-log.ts";
import { hashFile } from "../durable/hash-file.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import { type OnwaxError, toOnwaxError } from "../errors.ts";
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
	onBytes?: (bytes: number) => void;
};

/**
 * Keeps audio from a pipe. These bytes exist nowhere else, so they go to an append log behind an
 * intent, synced every second; and when the stream breaks, the disk fills or the size limit is
 * reached, what has come so far is kept as a recording and the reason is told as `cut`.
 */
export async function stageStream(
	stream: Readable,
	context: StageStreamContext,
): Promise<{ staged: Staged; cut: OnwaxError | null }> {
	await requireFreeSpace(context.writer.folder, 0, context.reserveBytes);
	const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
	const head = await chunks.next();
	// Throws for an empty stream before anything is made.
	requireSize(context.shown, head.done ? 0 : head.value.length, context.limits);
	const extension = sniffExtension(head.value);
	const events: RecordingEvent[] = [];
	let cut: OnwaxError | null = null;
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
		try {
			for (let next = head; !next.done; next = await chunks.next()) {
				if (log.sizeBytes + next.value.length > context.limits.maxBytes) {
					throw tooLarge(context.shown, context.limits);
				}
				await log.append(next.value);
				context.onBytes?.(next.value.length);
			}
		} catch (error) {
			cut = toOnwaxError(error, "ERR_IO");
			// Nothing came that could be kept: the reason is the outcome.
			if (log.sizeBytes === 0) throw cut;
			const message = `The stream was cut short after ${log.sizeBytes} bytes: ${cut.message}`;
			events.push({ at: new Date().toISOString(), kind: "cut", message });
		} finally {
			await log.close();
		}
		return hashFile(audioPath);
	};
	const staged = await stage(context.writer, context.appVersion, arrival, fill, context.inspect);
	return { staged, cut };
}

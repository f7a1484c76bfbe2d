import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { step } from "../durable/step.ts";
import { timedSync } from "../durable/timed-sync.ts";
import { claimSpace, requireFreeSpace } from "../durable/volume.ts";
import { writeAll } from "../durable/write-all.ts";
import { startWriteback } from "../durable/writeback.ts";
import { OnwaxError } from "../errors.ts";
import { requireSize, tooLarge } from "../import/limits.ts";
import { sniffExtension } from "../import/sniff.ts";
import { createPublisher } from "../library/publisher.ts";
import { stage } from "../library/stage.ts";
import { observe, type UploadWay } from "../observation.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";
import type { FileFacts } from "../recording.ts";
import { inSpan } from "../telemetry/spans.ts";
import { inspectWith } from "./inspect-audio.ts";
import type { App } from "./open-app.ts";
import { takeFromTrash } from "./take-from-trash.ts";

export type SentAudio = {
	stream: Readable;
	originalFilename: string | null;
	/** Of the whole request, where that was told: what cannot fit is refused before it is read. */
	declaredBytes: number | null;
	way: UploadWay;
	/**
	 * Resolves with the parameters of the transcription once everything has come that was to come;
	 * what it throws means that the sender broke off, and nothing is kept.
	 */
	complete: () => Promise<Record<string, string>>;
};

export type KeptAudio = {
	name: string;
	id: string;
	/** The same audio was here already; its transcription was not queued by this. */
	known: boolean;
};

/** What a form may hold besides the audio. */
const formBytes = 1_000_000;
/** Free space is looked at again after so much has come. */
const lookAtSpaceBytes = 8_000_000;

/**
 * Keeps audio that somebody sends who still has it: whole, or not at all. When this returns it is on
 * disk, synced, in the library, and its transcription is queued: a power cut takes nothing of it. What
 * is sent again is found by its hash and makes no second recording; out of the trash it comes back.
 *
 * @throws ERR_EMPTY, ERR_TOO_LARGE, ERR_DISK_FULL, and what `stream` and `complete` throw
 */
export async function keepSentAudio(app: App, sent: SentAudio): Promise<KeptAudio> {
	observe({ kind: "upload", way: sent.way, outcome: "begun" });
	try {
		const kept = await keep(app, sent);
		observe({ kind: "upload", way: sent.way, outcome: kept.known ? "known" : "kept" });
		return kept;
	} catch (error) {
		observe({ kind: "upload", way: sent.way, outcome: "failed" });
		throw error;
	}
}

async function keep(app: App, sent: SentAudio): Promise<KeptAudio> {
	const { config, library, media } = app;
	const { stream, originalFilename, declaredBytes, way } = sent;
	const limits = { maxBytes: config.import.maxSizeMb * 1e6, formats: config.import.formats };
	const shown = originalFilename ?? "The audio";
	if (declaredBytes !== null && declaredBytes > limits.maxBytes + formBytes) {
		throw tooLarge(shown, limits);
	}
	const writer = await library.writer();
	const space = await claimSpace(writer.folder, declaredBytes ?? 0, library.reserveBytes);
	let parameters: Record<string, string> = {};
	try {
		const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
		const head = await chunks.next();
		requireSize(shown, head.done ? 0 : head.value.length, limits);

		const fill = async (audioPath: string): Promise<FileFacts> => {
			// No intent: what was cut short is the sender's still, and would be a second recording later.
			step("sent:create");
			const target = await open(audioPath, "wx", 0o600);
			try {
				const hash = createHash("sha256");
				const writeback = startWriteback(target);
				let sizeBytes = 0;
				let lookAgainAt = lookAtSpaceBytes;
				for (let next = head; !next.done; next = await chunks.next()) {
					const chunk = next.value;
					if (sizeBytes + chunk.length > limits.maxBytes) throw tooLarge(shown, limits);
					if (sizeBytes >= lookAgainAt) {
						if (declaredBytes === null) {
							await requireFreeSpace(writer.folder, 0, library.reserveBytes);
						}
						lookAgainAt = sizeBytes + lookAtSpaceBytes;
					}
					const writing = writeAll(target, chunk, sizeBytes);
					hash.update(chunk);
					await writing;
					sizeBytes += chunk.length;
					if (declaredBytes !== null) space.written(chunk.length);
					observe({ kind: "upload-bytes", way, bytes: chunk.length });
					await writeback.wrote(chunk.length);
				}
				step("sent:complete");
				parameters = await sent.complete();
				await writeback.settled();
				step("sent:sync");
				await timedSync(() => target.sync());
				return { sha256: hash.digest("hex"), sizeBytes };
			} finally {
				await target.close();
			}
		};
		const extension = head.done ? ".audio" : sniffExtension(head.value);
		const arrival = { source: "api" as const, originalFilename, extension };
		const inspect = inspectWith(media);
		const staged = await inSpan("upload.store", { "onwax.way": way }, () =>
			stage(writer, library.appVersion, arrival, fill, inspect),
		);
		const publisher = createPublisher(library, (tx, published) =>
			enqueueAll(tx, published, (metadata) => jobsAfterPublish(metadata, parameters)),
		);
		const published = await inSpan("library.publish", {}, () => publisher.publish(staged));
		if (published.kind === "published") {
			const { name, id } = published.metadata;
			return { name, id, known: false };
		}
		if (published.inTrash) await takeFromTrash(library, published.name);
		const recording = await library.catalogue.get(published.name);
		if (recording === null) {
			throw new OnwaxError("ERR_CONFLICT", `${published.name} was removed at the same moment.`, {
				retryable: true,
				hint: "Send it again.",
			});
		}
		return { name: published.name, id: recording.metadata.id, known: true };
	} finally {
		space.release();
	}
}

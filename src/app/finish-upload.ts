import { open } from "node:fs/promises";
import { readAt } from "../durable/read-at.ts";
import { step } from "../durable/step.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { requireSize } from "../import/limits.ts";
import { discard, stage } from "../library/stage.ts";
import type { FileFacts, Metadata, RecordingEvent } from "../recording.ts";
import { linkAudio } from "../uploads/link-audio.ts";
import type { StoredReceipt } from "../uploads/receipt-file.ts";
import type { UploadFile } from "../uploads/upload-file.ts";
import { setAside, shorterOf } from "./complete-cut.ts";
import { inspectWith } from "./inspect-audio.ts";
import type { App } from "./open-app.ts";
import type { PublishWith } from "./publisher.ts";
import { takeFromTrash } from "./take-from-trash.ts";
import { extensionOfUpload } from "./upload-about.ts";

/**
 * Makes a recording of audio that is complete and synced; in the library when this returns. It may be
 * called again after a crash at any of its steps: the same audio becomes the same recording.
 *
 * @throws ERR_EMPTY and ERR_FORMAT_UNKNOWN for what can never become one; whatever else is thrown
 *   leaves the audio as it is, for another time
 */
export async function finishUpload(
	app: App,
	publisher: PublishWith,
	file: UploadFile,
	audio: FileFacts & { path: string },
	parameters?: Record<string, string>,
): Promise<StoredReceipt> {
	const { library } = app;
	const { about } = file;
	const { path, sha256, sizeBytes } = audio;
	// How large it may be was decided while it came. It was acknowledged: a limit of today does not count.
	const anySize = { ...limitsOf(app), maxBytes: Number.POSITIVE_INFINITY };
	requireSize(about.originalFilename ?? "What was sent", sizeBytes, anySize);
	const extension = extensionOfUpload(about, await headOf(path), limitsOf(app));
	const shorter = await shorterOf(app, file.continues, audio);
	const { originalFilename, source } = about;
	const createdAt = about.recordedAt ?? shorter?.createdAt;
	const arrival = {
		...{ source, originalFilename, extension, events: eventsOf(file, sizeBytes, shorter) },
		...{ title: about.title, tags: about.tags },
		// What a person has called it by now is what it is called.
		...(shorter && { title: shorter.title, tags: shorter.tags, description: shorter.description }),
		...(createdAt && { createdAt: new Date(createdAt) }),
	};
	const fill = (audioPath: string) => linkAudio(path, audioPath, { sha256, sizeBytes });
	const writer = await library.writer();
	const inspect = inspectWith(app.media);
	const staged = await stage(writer, library.appVersion, arrival, fill, inspect);
	const published = await publisher.publish(staged, parameters).catch(async (error: unknown) => {
		await discard(staged.folder);
		throw error;
	});
	step("upload:published");
	const metadata =
		published.kind === "published" ? published.metadata : await sentAgain(app, published);
	if (shorter !== null) await setAside(app, shorter.name, metadata.name);
	return {
		format: 1,
		owner: file.owner,
		id: metadata.id,
		name: metadata.name,
		sha256,
		sizeBytes,
		known: published.kind === "known",
		inTrash: metadata.deletedAt !== null,
		receivedAt: new Date().toISOString(),
		durationSeconds: metadata.audio.durationSeconds,
		metadataHeader: file.metadataHeader,
		cut: file.cutAt === null ? null : file,
	};
}

export function limitsOf({ config }: App) {
	return { maxBytes: config.import.maxSizeMb * 1e6, formats: config.import.formats };
}

function eventsOf(
	{ cutAt, about, continues }: UploadFile,
	sizeBytes: number,
	shorter: Metadata | null,
): RecordingEvent[] {
	const events: RecordingEvent[] = [...(about.events ?? [])];
	if (shorter !== null) {
		const message = `Its first ${continues?.sizeBytes} bytes had been kept as ${shorter.name}, as the rest did not come in time.`;
		events.push({ at: new Date().toISOString(), kind: "completed", message });
	}
	if (cutAt !== null) {
		const where = about.existsOnlyHere ? "The browser that recorded this" : "The sender";
		const message = `${where} did not send the rest; ${sizeBytes} bytes had come.`;
		events.push({ at: cutAt, kind: "cut", message });
	}
	return events;
}

async function headOf(path: string): Promise<Buffer> {
	const file = await open(path, "r");
	try {
		return await readAt(file, 0, 64);
	} finally {
		await file.close();
	}
}

/**
 * Audio that is here already. Whoever sends it forgets its copy when it has the receipt: out of the
 * trash it comes, where the retention would destroy it.
 *
 * @throws ERR_CONFLICT where it is being purged at this moment
 */
export async function sentAgain(
	{ library }: App,
	{ name, inTrash }: { name: string; inTrash: boolean },
): Promise<Metadata> {
	const gone = (cause?: unknown) =>
		new OnwaxError("ERR_CONFLICT", `${name} was removed at the same moment.`, {
			...{ retryable: true, hint: "Send it again.", cause },
		});
	if (inTrash) {
		return takeFromTrash(library, name).catch((error: unknown) => {
			throw toOnwaxError(error).code === "ERR_NOT_FOUND" ? gone(error) : error;
		});
	}
	const recording = await library.catalogue.get(name);
	if (recording === null) throw gone();
	return recording.metadata;
}

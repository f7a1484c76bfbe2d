import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorFilename, prepareErrorFile } from "../archive/error-file.ts";
import { plainTextFilename, transcriptFilename } from "../archive/transcript-file.ts";
import { hashFile } from "../durable/hash-file.ts";
import { partName } from "../durable/part-name.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { requireFreeSpace } from "../durable/volume.ts";
import type { JobKind } from "../job.ts";
import {
	audioFileFacts,
	type Metadata,
	type RecordingEvent,
	type TranscriptText,
} from "../recording.ts";
import type { Change, Held } from "./change.ts";
import { isEngineFile } from "./choose-output.ts";
import type { DerivedFile } from "./examine-recording.ts";
import type { Finding, FindingKind } from "./finding.ts";
import type { Library } from "./library.ts";
import { keepDamaged, type Repair } from "./repair.ts";
import { restoreAudio } from "./repair-audio.ts";
import { type ComposeText, repairTranscript } from "./repair-transcript.ts";
import { damagedName } from "./restore-metadata.ts";
import { copyWithHeader, findLostHeader, findWavLie, mendWav } from "./wav-header.ts";

export type RepairFilesContext = {
	library: Library;
	derived: readonly DerivedFile[];
	composeText: ComposeText;
	/** As the catalogue had it before anything was repaired. */
	knownText: TranscriptText | null;
};

/** Damage of a file's bytes, as opposed to what the bytes say. */
const damagedBytes = new Set<FindingKind>([
	"missing-file",
	"empty-file",
	"size-differs",
	"corrupt-file",
]);
/** Nothing is known about these: they may be whole, so they stay as they are. */
const unknownBytes = new Set<FindingKind>(["unreadable", "not-a-file"]);

/**
 * Repairs what was found in a held recording's files. Only adds files or replaces them by what is
 * proved to be right; no audio is removed unless all of it stands in another file, byte for byte.
 *
 * @returns null where nothing can be done
 */
export async function repairFiles(
	held: Held,
	findings: readonly Finding[],
	context: RepairFilesContext,
): Promise<{ change: Change; jobs: JobKind[]; done: string[] } | null> {
	const { metadata } = held;
	const repair: Repair = {
		fields: {},
		files: { ...metadata.files },
		superseded: [],
		jobs: new Set(),
		done: [],
	};
	const events: RecordingEvent[] = [];
	const filesWith = (kinds: ReadonlySet<FindingKind>) =>
		new Set(findings.flatMap(({ kind, file }) => (file !== null && kinds.has(kind) ? [file] : [])));
	const damaged = filesWith(damagedBytes);
	const unknown = filesWith(unknownBytes);
	const unlisted = filesWith(new Set<FindingKind>(["unlisted-file"]));
	const unreadable = filesWith(new Set<FindingKind>(["unreadable"]));
	for (const { kind, file, message } of findings) {
		if (file === null) continue;
		if (kind === "wav-header-lies") await mendHeader(held, repair, context.library);
		if (kind === "unlisted-file" && (await isLeftOver(held, file, context.derived))) {
			repair.superseded.push(file);
			repair.done.push(`${file} was left over from a repair that was cut short.`);
		}
		const derived = context.derived.find(({ filename }) => filename === file);
		if (derived && (damaged.has(file) || kind === "derived-stale")) {
			await dropDerived(held, derived, message, repair);
		} else if (file === errorFilename && damaged.has(file)) {
			await repairHistory(held, repair);
		} else if (isEngineFile(file) && damaged.has(file)) {
			await dropEngineOutput(held, file, repair);
		} else if (file === metadata.audioFile && unreadable.has(file)) {
			await restoreAudio(held, [...unlisted], repair, context.library);
		} else if (file === metadata.audioFile && damaged.has(file)) {
			if (kind === "corrupt-file" && (await restoreHeader(held, repair, context.library))) continue;
			if (await restoreAudio(held, [...unlisted], repair, context.library)) continue;
			const told = `${file} ${message}.`;
			if (metadata.events.some((one) => one.kind === "damaged" && one.message === told)) continue;
			events.push({ at: new Date().toISOString(), kind: "damaged", message: told });
		}
	}
	const text = [transcriptFilename, plainTextFilename];
	const stale = findings.some((one) => one.kind === "transcript-stale");
	const engineLost = [...damaged].some(isEngineFile);
	const isTextDue = stale || engineLost || text.some((file) => damaged.has(file));
	if (isTextDue && !text.some((file) => unknown.has(file))) {
		const suspect = damaged.union(unknown);
		await repairTranscript(held, suspect, context.knownText, repair, context.composeText);
	}
	for (const message of repair.done) {
		events.push({ at: new Date().toISOString(), kind: "repaired", message });
	}
	const jobs = [...repair.jobs];
	if (events.length === 0)
		return jobs.length === 0 ? null : { change: { fields: {} }, jobs, done: [] };
	await syncFolder(held.folder);
	const fields: Partial<Metadata> = {
		...repair.fields,
		files: repair.files,
		events: [...metadata.events, ...events],
	};
	return { change: { fields, superseded: repair.superseded }, jobs, done: repair.done };
}

/** What can be made again, or is kept under a name that says that it is damaged. */
async function isLeftOver(
	{ folder, metadata }: Held,
	file: string,
	derived: readonly DerivedFile[],
): Promise<boolean> {
	const made = derived.find(({ filename }) => filename === file);
	if (made && !made.byHand) return true;
	const isText = file === transcriptFilename || file === plainTextFilename;
	if (!made && !isText && !isEngineFile(file)) return false;
	const { sha256 } = await hashFile(join(folder, file));
	return metadata.files[damagedName(file, sha256)]?.sha256 === sha256;
}

/** The samples behind a header that tells the truth; the file as it came can be had back. */
async function mendHeader(held: Held, repair: Repair, library: Library): Promise<void> {
	const { folder, metadata } = held;
	const { audioFile } = metadata;
	const lie = await findWavLie(join(folder, audioFile));
	if (lie === null || metadata.original !== null) return;
	const listed = audioFileFacts(metadata);
	await requireFreeSpace(folder, listed.sizeBytes, library.reserveBytes);
	const mendedFile = "audio.mended.wav";
	const part = join(folder, partName(mendedFile));
	try {
		const mended = await mendWav(join(folder, audioFile), listed, lie.facts, part);
		if (mended === null || repair.files[mendedFile]) return;
		await rename(part, join(folder, mendedFile));
		delete repair.files[audioFile];
		repair.files[mendedFile] = mended.file;
		repair.superseded.push(audioFile);
		const { headerBase64, trailerBase64 } = mended;
		repair.fields.audioFile = mendedFile;
		repair.fields.original = { ...listed, ...metadata.audio, headerBase64, trailerBase64 };
		repair.done.push(`${audioFile}: ${lie.message}; ${mendedFile} holds them under a true header.`);
	} finally {
		await rm(part, { force: true });
	}
}

/** Where only the header was damaged, the right one is known from metadata.json. */
async function restoreHeader(held: Held, repair: Repair, library: Library): Promise<boolean> {
	const { folder, metadata } = held;
	const { audioFile } = metadata;
	if (!audioFile.endsWith(".wav") || metadata.original !== null) return false;
	const path = join(folder, audioFile);
	const listed = audioFileFacts(metadata);
	const header = await findLostHeader(path, listed, metadata.audio);
	if (header === null) return false;
	await requireFreeSpace(folder, listed.sizeBytes, library.reserveBytes);
	const part = join(folder, partName(audioFile));
	try {
		const written = await copyWithHeader(path, header, part);
		if (written.sha256 !== listed.sha256) return false;
		await rename(part, path);
		repair.done.push(`The header of ${audioFile} was damaged; it is again what it was.`);
		return true;
	} finally {
		await rm(part, { force: true });
	}
}

/** What stands in the end is in metadata.json; of the history, what can still be read is kept. */
async function repairHistory({ folder, metadata }: Held, repair: Repair): Promise<void> {
	if (metadata.error === null) {
		delete repair.files[errorFilename];
		repair.superseded.push(errorFilename);
	} else {
		repair.files[errorFilename] = await prepareErrorFile(folder, metadata.error, []);
	}
	repair.done.push(
		`${errorFilename} was damaged; attempts that could not be read any more are lost.`,
	);
}

async function dropDerived(
	{ folder, metadata }: Held,
	{ filename, job, byHand }: DerivedFile,
	message: string,
	repair: Repair,
): Promise<void> {
	const kept = byHand ? await keepDamaged(folder, filename, repair) : null;
	delete repair.files[filename];
	repair.superseded.push(filename);
	if (job !== null) repair.jobs.add(job);
	const bytes = kept === null ? "" : ` Its bytes are kept as ${kept}.`;
	const next = job === null ? `. ${byHand?.(metadata.name) ?? ""}` : "; it is made again.";
	repair.done.push(`${filename} ${message}${next}${bytes}`);
}

/** Never rewritten, and its damaged bytes are kept. What the engine said can only be asked again. */
async function dropEngineOutput(held: Held, file: string, repair: Repair): Promise<void> {
	const kept = await keepDamaged(held.folder, file, repair);
	delete repair.files[file];
	repair.superseded.push(file);
	const how = kept === null ? "was missing" : `was damaged; its bytes are kept as ${kept}`;
	repair.done.push(`${file} ${how}. What the engine said in it is lost.`);
}

import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { recordingFolder } from "../archive/layout.ts";
import { metadataFilename, readMetadata } from "../archive/metadata-file.ts";
import { findOnShelves } from "../archive/shelves.ts";
import { plainTextFilename, readTranscriptText } from "../archive/transcript-file.ts";
import { isPartName } from "../durable/part-name.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { JobKind } from "../job.ts";
import { type Metadata, type Shelf, shelfOf } from "../recording.ts";
import { checkFile, type FileCheck, type ReadFacts } from "./check-file.ts";
import { examineTranscript } from "./examine-transcript.ts";
import { type Finding, finding } from "./finding.ts";
import { intentFilename } from "./intent.ts";
import type { Library } from "./library.ts";
import { couldBeAudio, originalAudioName } from "./repair-audio.ts";
import { isDamagedName } from "./restore-metadata.ts";
import { findWavLie, hasSamples } from "./wav-header.ts";

/** A file that can be made again from the audio or the text, e.g. the waveform's peaks (D1.12). */
export type DerivedFile = {
	filename: string;
	/** What makes it; null where nothing here does that by itself, or nobody wants it done. */
	job: JobKind | null;
	/**
	 * For what may have cost money or hours, or would not come out the same: damaged bytes are kept, and
	 * this says how a person has it made again.
	 */
	byHand?: (name: string) => string;
	isStale: (path: string, metadata: Metadata) => Promise<boolean>;
};

export type ExamineContext = {
	derived: readonly DerivedFile[];
	signal?: AbortSignal;
	onBytes?: (bytes: number) => void;
	readFacts?: ReadFacts;
};

export type Examined = {
	/** Null where it has no folder. */
	shelf: Shelf | null;
	/** Null where it cannot be read. */
	metadata: Metadata | null;
	findings: Finding[];
	files: number;
	bytes: number;
};

const repairHint = (name: string) => `\`onwax validate ${name} --repair\` puts it right.`;

/**
 * Reads everything that belongs to one recording and compares it: files with metadata.json,
 * metadata.json with the folder's place and with the catalogue. Changes nothing. What is being
 * changed meanwhile can look damaged: see `validateRecording`.
 */
export async function examineRecording(
	library: Library,
	name: string,
	context: ExamineContext,
): Promise<Examined> {
	const found = await findOnShelves(library.layout, name);
	const [shelf] = found;
	if (shelf === undefined) return examineAbsent(library, name);
	const folder = recordingFolder(library.layout, shelf, name);
	const examined: Examined = { shelf, metadata: null, findings: [], files: 0, bytes: 0 };
	const { findings } = examined;
	if (found.length > 1) {
		const places = found.join(" and ");
		findings.push(
			finding(name, null, "two-folders", `has a folder in ${places}`, repairHint(name)),
		);
	}
	const metadata = await readOrName(folder, name, findings);
	if (metadata === null) return examined;
	examined.metadata = metadata;
	if (metadata.name !== name) {
		const message = `its metadata.json is that of ${metadata.name}`;
		const hint = "Give the folder its name back, or move it away; nothing is changed here.";
		findings.push(finding(name, metadataFilename, "name-differs", message, hint));
		return examined;
	}
	const whole = await examineFiles(folder, metadata, examined, context);
	await examineContents(folder, metadata, whole, findings, context);
	if (found.length === 1 && shelfOf(metadata) !== shelf) {
		const message = `lies in ${shelf} and belongs in ${shelfOf(metadata)}`;
		findings.push(finding(name, null, "misplaced", message, repairHint(name)));
	}
	await compareCatalogue(library, folder, metadata, findings);
	return examined;
}

async function examineAbsent(library: Library, name: string): Promise<Examined> {
	if ((await library.catalogue.get(name)) === null) {
		throw new OnwaxError("ERR_NOT_FOUND", `There is no recording ${name}.`);
	}
	const hint =
		"Put the folder back from a backup, or let `onwax recover` take it out of the catalogue.";
	const message = "the catalogue knows it, and its folder is gone";
	const findings = [finding(name, null, "missing-recording", message, hint)];
	return { shelf: null, metadata: null, findings, files: 0, bytes: 0 };
}

async function readOrName(
	folder: string,
	name: string,
	findings: Finding[],
): Promise<Metadata | null> {
	try {
		return await readMetadata(folder);
	} catch (error) {
		const { code, message, hint } = toOnwaxError(error);
		switch (code) {
			case "ERR_DAMAGED":
				findings.push(
					finding(name, metadataFilename, "metadata-damaged", message, repairHint(name)),
				);
				break;
			case "ERR_FORMAT_TOO_NEW":
				findings.push(finding(name, metadataFilename, "newer-format", message, hint));
				break;
			default:
				findings.push(finding(name, metadataFilename, "unreadable", message, hint));
		}
		return null;
	}
}

/** @returns the names of the listed files that are what metadata.json says */
async function examineFiles(
	folder: string,
	metadata: Metadata,
	examined: Examined,
	context: ExamineContext,
): Promise<Set<string>> {
	const { name } = metadata;
	const whole = new Set<string>();
	for (const [file, listed] of Object.entries(metadata.files)) {
		context.signal?.throwIfAborted();
		const check = await checkFile(join(folder, file), listed, context);
		examined.files += 1;
		if (check.kind === "whole") {
			whole.add(file);
			examined.bytes += listed.sizeBytes;
			if (file === metadata.audioFile && listed.sizeBytes === 0) {
				examined.findings.push(finding(name, file, "empty-file", "holds no audio at all"));
			}
		} else {
			examined.findings.push(await nameDamage(folder, metadata, file, check));
		}
	}
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const known = entry.name === metadataFilename || metadata.files[entry.name];
		// A living process may be writing one at this moment; what dead ones left, `recover` removes.
		if (known || isPartName(entry.name) || entry.name === intentFilename) continue;
		if (isDamagedName(entry.name)) continue;
		const [kind, message] = entry.isFile()
			? (["unlisted-file", "is not listed in metadata.json"] as const)
			: (["not-a-file", "is not a plain file"] as const);
		const isCandidate = entry.isFile() && !whole.has(metadata.audioFile);
		const hint =
			isCandidate && couldBeAudio(metadata, await sizeOf(join(folder, entry.name)))
				? `It may be the audio that is damaged: \`onwax validate ${name} --repair\` looks, and takes it.`
				: "It is left as it is; move it away if it does not belong here.";
		examined.findings.push(finding(name, entry.name, kind, message, hint));
	}
	return whole;
}

async function sizeOf(path: string): Promise<number> {
	// It may go at any moment: it is nobody's.
	return (await lstat(path).catch(() => null))?.size ?? -1;
}

/** What to do about damaged audio, word for word; nothing here can make it again. */
function audioHint(folder: string, metadata: Metadata): string {
	const { name, originalFilename } = metadata;
	const which = originalFilename === null ? "" : `, ${originalFilename},`;
	return `Nothing is removed. If you have it, put the file as it came in${which} into ${folder} as ${originalAudioName(metadata)} and run \`onwax validate ${name} --repair\`, or import it again.`;
}

const plainTextHint = (name: string) =>
	`\`onwax validate ${name} --repair\` takes over what was written by hand, or else writes it again and keeps the bytes.`;

async function nameDamage(
	folder: string,
	metadata: Metadata,
	file: string,
	check: Exclude<FileCheck, { kind: "whole" }>,
): Promise<Finding> {
	const { name } = metadata;
	const listed = metadata.files[file]?.sizeBytes ?? 0;
	const isAudio = file === metadata.audioFile;
	const changedHint = file === plainTextFilename ? plainTextHint(name) : repairHint(name);
	const hint = isAudio ? audioHint(folder, metadata) : changedHint;
	switch (check.kind) {
		case "missing":
			return finding(name, file, "missing-file", "is not there", hint);
		case "not-a-file":
			return finding(name, file, "not-a-file", "is not a plain file", hint);
		case "unreadable":
			return finding(
				name,
				file,
				"unreadable",
				`cannot be read: ${check.message}`,
				"Its content may be whole: look at the disk (`dmesg`, `smartctl`), then validate again.",
			);
		case "size-differs": {
			if (check.sizeBytes === 0)
				return finding(name, file, "empty-file", `is empty; ${listed} bytes are listed`, hint);
			const canPlay = isAudio && (await hasSamples(join(folder, file)));
			const still = canPlay ? ", and what is there can still be played" : "";
			const message = `has ${check.sizeBytes} bytes; ${listed} are listed${still}`;
			return finding(name, file, "size-differs", message, hint);
		}
		case "differs":
			return finding(name, file, "corrupt-file", "is not what its checksum says, read twice", hint);
	}
}

/** What is inside files that are byte for byte what they were when they were written. */
async function examineContents(
	folder: string,
	metadata: Metadata,
	whole: ReadonlySet<string>,
	findings: Finding[],
	context: ExamineContext,
): Promise<void> {
	const { name, audioFile } = metadata;
	if (whole.has(audioFile) && audioFile.endsWith(".wav")) {
		const lie = await findWavLie(join(folder, audioFile));
		if (lie) {
			findings.push(finding(name, audioFile, "wav-header-lies", lie.message, repairHint(name)));
		}
	}
	findings.push(...(await examineTranscript(folder, metadata, whole)));
	for (const { filename, isStale } of context.derived) {
		if (!whole.has(filename) || !(await isStale(join(folder, filename), metadata))) continue;
		const message = "was made from other audio, or by an older version";
		findings.push(finding(name, filename, "derived-stale", message, repairHint(name)));
	}
}

async function compareCatalogue(
	library: Library,
	folder: string,
	metadata: Metadata,
	findings: Finding[],
): Promise<void> {
	const { name } = metadata;
	const known = await library.catalogue.get(name);
	if (known === null) {
		const message = "the catalogue does not know it";
		findings.push(finding(name, null, "not-in-catalogue", message, repairHint(name)));
		return;
	}
	const text = await readTranscriptText(folder).catch(() => undefined);
	const same =
		isDeepStrictEqual(known.metadata, metadata) &&
		(text === undefined || isDeepStrictEqual(known.transcript, text));
	if (same) return;
	const message = "the catalogue says something else";
	findings.push(finding(name, null, "catalogue-differs", message, repairHint(name)));
}

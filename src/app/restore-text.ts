import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import {
	plainTextFilename,
	prepareTranscript,
	readTranscript,
	serialiseTranscript,
	transcriptFilename,
} from "../archive/transcript-file.ts";
import { prepareFile } from "../durable/prepared-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { AppliedTo } from "../lexicon/application.ts";
import { type Change, changeRecording, type Held } from "../library/change.ts";
import { type FileFacts, shelfOf } from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import { correctedAsNamed } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { outputUnder, recompose } from "./recompose.ts";

/**
 * `restored`: the text is as it was, or what lies below an edit is. `unchanged`: it was never changed,
 * or is restored already. `changed`: something else has changed it since, so that it is left alone.
 * `gone`: purged.
 */
export type Restored = "restored" | "unchanged" | "changed" | "gone";

/**
 * Gives a recording the transcript that it had before lexicons were applied to it, byte for byte.
 * Where people put something on top since (or took it away), the layer below becomes what it was, and
 * what they did stays.
 *
 * @throws ERR_DAMAGED where what is needed for that is lost: the text is left as it is
 */
export async function restoreText(
	app: App,
	appliedTo: AppliedTo,
	dryRun: boolean,
): Promise<Restored> {
	const { name } = appliedTo;
	const known = await app.library.catalogue.get(name);
	if (known === null) return "gone";
	const hash = known.metadata.files[transcriptFilename]?.sha256;
	if (hash === appliedTo.before.sha256) return "unchanged";
	const isAsLeft = hash === appliedTo.after.sha256;
	const folder = recordingFolder(app.library.layout, shelfOf(known.metadata), name);
	const below = isAsLeft ? "restored" : await layerBelow(folder, appliedTo);
	if (below !== "restored" || dryRun) return below;
	let restored: Restored = "changed";
	await changeRecording(app.library, name, async (held): Promise<Change | null> => {
		// Looked at again: until it was held, anybody may have changed it.
		if (held.metadata.files[transcriptFilename]?.sha256 === appliedTo.after.sha256) {
			const change = await changeBack(app, held, appliedTo);
			restored = "restored";
			return change;
		}
		restored = await layerBelow(held.folder, appliedTo);
		return restored === "restored" ? changeBelow(app, held, appliedTo) : null;
	});
	return restored;
}

/**
 * What undoing would do to the lexicons' layer of a text that is another one by now. It is still the
 * application's where the same versions of the lexicons stand on what the same engine said.
 */
async function layerBelow(
	folder: string,
	{ before, after }: AppliedTo,
): Promise<"restored" | "unchanged" | "changed"> {
	const current = await readTranscript(folder);
	const { engineFile, lexicons } = after;
	if (current === null || engineFile === undefined || lexicons === undefined) return "changed";
	if (current.engineFile !== engineFile) return "changed";
	const [was, is, made] = [before, current, { lexicons, lexiconError: null }].map(layerKey);
	// A text that its layers do not give again comes back whole or not at all.
	if (was === made || before.keptAs !== null) return "changed";
	if (is === made) return "restored";
	return is === was ? "unchanged" : "changed";
}

function layerKey({ lexicons, lexiconError }: Pick<Transcript, "lexicons" | "lexiconError">) {
	return JSON.stringify([lexicons.map(({ name, version }) => [name, version]), lexiconError]);
}

async function changeBelow(
	app: App,
	{ folder, metadata }: Held,
	{ name, before }: AppliedTo,
): Promise<Change> {
	const json = await bytesOfLayers(app, folder, before);
	if (json === null) throw lost(name);
	const written = await prepareTranscript(folder, JSON.parse(json) as Transcript);
	return { fields: { files: { ...metadata.files, ...written } } };
}

function lost(name: string): OnwaxError {
	return new OnwaxError("ERR_DAMAGED", `The text that ${name} had cannot be brought back.`, {
		hint: "It stays as it is now; what the engine said is kept.",
	});
}

async function changeBack(
	app: App,
	{ folder, metadata }: Held,
	{ name, before }: AppliedTo,
): Promise<Change> {
	const json =
		before.keptAs === null
			? await bytesOfLayers(app, folder, before)
			: await readIfThere(join(folder, before.keptAs));
	if (json === null || createHash("sha256").update(json).digest("hex") !== before.sha256) {
		throw lost(name);
	}
	const { text } = JSON.parse(json) as Transcript;
	const files: Record<string, FileFacts> = {
		...metadata.files,
		[transcriptFilename]: await prepareFile(folder, transcriptFilename, json),
		[plainTextFilename]: await prepareFile(folder, plainTextFilename, `${text}\n`),
	};
	if (before.keptAs === null) return { fields: { files } };
	delete files[before.keptAs];
	return { fields: { files }, superseded: [before.keptAs] };
}

async function bytesOfLayers(
	app: App,
	folder: string,
	named: AppliedTo["before"],
): Promise<string | null> {
	const current = await readTranscript(folder);
	if (current === null) return null;
	const output = await outputUnder(folder, current);
	const { lexicons } = app.library.layout;
	const corrected = await correctedAsNamed(lexicons, output, named, app.config.lexicon);
	return corrected && serialiseTranscript(recompose(current, output, { corrected }));
}

async function readIfThere(path: string): Promise<string | null> {
	try {
		return await readFile(path, "utf8");
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

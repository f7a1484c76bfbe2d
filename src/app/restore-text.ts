import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
	plainTextFilename,
	readTranscript,
	serialiseTranscript,
	transcriptFilename,
} from "../archive/transcript-file.ts";
import { prepareFile } from "../durable/prepared-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { AppliedTo } from "../lexicon/application-file.ts";
import { type Change, changeRecording, type Held } from "../library/change.ts";
import type { FileFacts } from "../recording.ts";
import type { Transcript } from "../transcript.ts";
import { correctedAsNamed } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { outputUnder, recompose } from "./recompose.ts";

/**
 * `restored`: the text is as it was. `unchanged`: it was never changed, or is restored already.
 * `changed`: something else has changed it since, so that it is left alone. `gone`: purged.
 */
export type Restored = "restored" | "unchanged" | "changed" | "gone";

/**
 * Gives a recording the transcript that it had before lexicons were applied to it, byte for byte.
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
	if (hash !== appliedTo.after.sha256) return "changed";
	if (dryRun) return "restored";
	let restored: Restored = "changed";
	await changeRecording(app.library, name, async (held): Promise<Change | null> => {
		if (held.metadata.files[transcriptFilename]?.sha256 !== appliedTo.after.sha256) return null;
		restored = "restored";
		return changeBack(app, held, appliedTo);
	});
	return restored;
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
		throw new OnwaxError("ERR_DAMAGED", `The text that ${name} had cannot be brought back.`, {
			hint: "It stays as it is now; what the engine said is kept.",
		});
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

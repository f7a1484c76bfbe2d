import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import {
	prepareTranscript,
	readTranscript,
	serialiseTranscript,
	transcriptFilename,
} from "../archive/transcript-file.ts";
import { prepareFile } from "../durable/prepared-file.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import type { AppliedTo } from "../lexicon/application.ts";
import type { Lexicon } from "../lexicon/lexicon.ts";
import { changeRecording } from "../library/change.ts";
import { type Recording, shelfOf } from "../recording.ts";
import type { Segment, Transcript } from "../transcript.ts";
import { correct, correctedAsNamed } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { outputUnder, recompose } from "./recompose.ts";

/** What lexicons make of one recording's text. */
export type Reapplied = {
	name: string;
	/** How many places of the engine's text the lexicons replace. */
	replacements: number;
	before: Transcript;
	after: Transcript;
};

/** What is to be done to one recording, and enough to take it back. */
export type Planned = { reapplied: Reapplied; appliedTo: AppliedTo };

/**
 * What the lexicons make of what the engine said, as if it had been said today (U9). Changes nothing.
 *
 * @returns null for a recording without text, and where the text stays as it is
 * @throws ERR_LEXICON where a lexicon fails; ERR_DAMAGED
 */
export async function planReapplying(
	app: App,
	{ metadata }: Recording,
	lexicons: readonly Lexicon[],
): Promise<Planned | null> {
	const { name } = metadata;
	const folder = recordingFolder(app.library.layout, shelfOf(metadata), name);
	const before = await readTranscript(folder);
	const bytes = await readIfThere(join(folder, transcriptFilename));
	if (before === null || bytes === null) return null;
	const settings = app.config.lexicon;
	const output = await outputUnder(folder, before);
	const corrected = await correct(lexicons, output, settings);
	if (corrected.lexiconError !== null) {
		throw new OnwaxError("ERR_LEXICON", corrected.lexiconError, {
			hint: "Correct the lexicon; no text was changed.",
		});
	}
	const after = recompose(before, output, { corrected });
	const under = await correctedAsNamed(app.library.layout.lexicons, output, before, settings);
	const isAlike = readsAlike(before, after) && (under === null || readsAlike(under, corrected));
	if (isAlike) return null;
	const sha256 = sha256Of(bytes);
	const again = under && serialiseTranscript(recompose(before, output, { corrected: under }));
	const keptAs = again === bytes.toString("utf8") ? null : `transcript.${sha256.slice(0, 16)}.json`;
	return {
		reapplied: { name, before, after, replacements: replacementsOf(after) },
		appliedTo: {
			name,
			before: {
				...{ sha256, lexicons: before.lexicons, lexiconError: before.lexiconError },
				keptAs,
			},
			after: {
				sha256: sha256Of(serialiseTranscript(after)),
				engineFile: after.engineFile,
				lexicons: after.lexicons,
			},
		},
	};
}

/**
 * Does what was planned.
 *
 * @returns null where the text is not the one any more that it was planned for: it is left alone
 */
export async function reapply(
	app: App,
	{ name, before: planned, after: wanted }: AppliedTo,
	lexicons: readonly Lexicon[],
): Promise<Reapplied | null> {
	let done: Reapplied | null = null;
	await changeRecording(app.library, name, async ({ folder, metadata }) => {
		if (metadata.files[transcriptFilename]?.sha256 !== planned.sha256) return null;
		const before = await readTranscript(folder);
		if (before === null) return null;
		const output = await outputUnder(folder, before);
		const after = recompose(before, output, {
			corrected: await correct(lexicons, output, app.config.lexicon),
		});
		if (sha256Of(serialiseTranscript(after)) !== wanted.sha256) return null;
		const files = { ...metadata.files, ...(await prepareTranscript(folder, after)) };
		if (planned.keptAs !== null) {
			const bytes = await readFile(join(folder, transcriptFilename));
			files[planned.keptAs] = await prepareFile(folder, planned.keptAs, bytes);
		}
		done = { name, replacements: replacementsOf(after), before, after };
		return { fields: { files } };
	});
	return done;
}

/** Whether both say the same; which version of a lexicon it was that left all as it is, is no change. */
function readsAlike(
	one: Pick<Transcript, "text" | "segments">,
	other: Pick<Transcript, "text" | "segments">,
): boolean {
	return one.text === other.text && said(one.segments) === said(other.segments);
}

function said(segments: readonly Segment[]): string {
	return JSON.stringify(segments, (key, value) => (key === "provenance" ? undefined : value));
}

function replacementsOf({ lexicons }: Transcript): number {
	return lexicons.reduce((sum, { replacements }) => sum + replacements, 0);
}

function sha256Of(data: string | Uint8Array): string {
	return createHash("sha256").update(data).digest("hex");
}

async function readIfThere(path: string): Promise<Buffer | null> {
	try {
		return await readFile(path);
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		throw toOnwaxError(error, "ERR_IO");
	}
}

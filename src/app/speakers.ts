import { recordingFolder } from "../archive/layout.ts";
import { looksLikeLabel, plainName } from "../archive/speaker-name.ts";
import { prepareTranscript, readTranscript } from "../archive/transcript-file.ts";
import { OnwaxError } from "../errors.ts";
import { enqueue, hasten } from "../jobs/queue.ts";
import { changeRecording } from "../library/change.ts";
import { type CatalogueFamily, catalogue } from "../models/catalogue.ts";
import type { SpeakersJobContext } from "../pipeline/speakers-job.ts";
import { tellSpeakersApart, whyNotApart } from "../pipeline/tell-speakers-apart.ts";
import { type Recording, shelfOf } from "../recording.ts";
import { describeSpeakers, type Speaker } from "../speakers/describe-speakers.ts";
import { isStale, readSpeakers, type SpeakersFile, turnsUnder } from "../speakers/speakers-file.ts";
import { readDiarisationModels } from "../speech/model-folder.ts";
import type { Transcript } from "../transcript.ts";
import { correctedAsNamed } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { refuseTrash } from "./refuse-trash.ts";

/** Names that are given, by label; null takes one back. */
export type GivenNames = ReadonlyMap<string, string | null>;

const longestName = 100;

/** What the job needs; it does nothing where that is switched off or the models are not there. */
export async function speakersJobContext(app: App): Promise<SpeakersJobContext> {
	const { enabled, count } = app.config.speakers;
	const { models } = app.library.layout;
	return {
		...speakersContext(app),
		models: enabled ? await readDiarisationModels(models) : null,
		count,
	};
}

function speakersContext({ library, media, speech, config }: App) {
	const { lexicons } = library.layout;
	const corrected = (...[output, transcript]: Parameters<SpeakersJobContext["corrected"]>) =>
		correctedAsNamed(lexicons, output, transcript, config.lexicon);
	return { library, media, speech, corrected };
}

/**
 * Who speaks in a recording; null where speakers were not told apart. The file is null where that is
 * lost, and only the labels in the text still say who speaks.
 */
export async function speakersOf(
	app: App,
	{ metadata }: Recording,
): Promise<{ speakers: Speaker[]; file: SpeakersFile | null } | null> {
	const folder = recordingFolder(app.library.layout, shelfOf(metadata), metadata.name);
	const file = await readSpeakers(folder);
	const transcript = await readTranscript(folder);
	if (transcript === null || (file !== null && isStale(file, metadata))) return null;
	const turns = await turnsUnder(folder, transcript);
	if (file === null && turns.length === 0) return null;
	return { speakers: describeSpeakers(transcript, turns), file };
}

/**
 * Tells the speakers of a recording apart, now, whatever was found before.
 *
 * @param count how many there are; null lets the models find out
 * @throws ERR_ENGINE_MISSING without models; ERR_STATE without text or in the trash; ERR_UNSUPPORTED
 * without times, and for what is too long
 */
export async function tellApart(
	app: App,
	{ metadata }: Recording,
	count: number | null,
	signal: AbortSignal,
): Promise<void> {
	const { layout } = app.library;
	refuseTrash(metadata);
	const folder = recordingFolder(layout, shelfOf(metadata), metadata.name);
	const reason = whyNotApart(metadata, await readTranscript(folder));
	if (reason !== null) throw reason;
	const models = await readDiarisationModels(layout.models);
	if (models === null) throw modelsMissing();
	await tellSpeakersApart(speakersContext(app), metadata, { models, count, signal });
}

/**
 * Has the speakers of a recording told apart by the worker, where they are not.
 *
 * @throws as `tellApart`; ERR_CONFIG where it is switched off
 */
export async function queueTellingApart(app: App, { metadata }: Recording): Promise<void> {
	const { layout, catalogue: recordings } = app.library;
	refuseTrash(metadata);
	const folder = recordingFolder(layout, shelfOf(metadata), metadata.name);
	const reason = whyNotApart(metadata, await readTranscript(folder));
	if (reason !== null) throw reason;
	if (!(await canTellApart(app))) throw modelsMissing();
	if (!app.config.speakers.enabled) {
		throw new OnwaxError("ERR_CONFIG", "Telling speakers apart is switched off.", {
			hint: "`onwax config set speakers.enabled true` switches it on.",
		});
	}
	const job = { recording: metadata.name, kind: "speakers", parameters: {} } as const;
	await recordings.transaction(async (tx) => {
		await enqueue(tx, [job]);
		await hasten(tx, job);
	});
}

/** Whether the models for it are here. */
export async function canTellApart({ library }: App): Promise<boolean> {
	return (await readDiarisationModels(library.layout.models)) !== null;
}

/** What teaches where the models come from; `onwax model list` knows their names. */
export function modelsMissing(): OnwaxError {
	return new OnwaxError(
		"ERR_ENGINE_MISSING",
		"Telling speakers apart needs two models that are not here: one that hears where voices change, and one that knows voices again.",
		{
			hint: `Get them with ${pullCommand("speaker-segmentation")} and ${pullCommand("speaker-embedding")}.`,
		},
	);
}

function pullCommand(wanted: CatalogueFamily): string {
	const model = catalogue.find(({ family }) => family === wanted);
	return `\`onwax model pull ${model?.name ?? "NAME"}\``;
}

/**
 * Gives speakers names, or takes them back. They stand in the transcript, above whatever an engine or
 * a lexicon says later.
 *
 * @returns whether anything is different now
 * @throws ERR_USAGE for a label that nobody has, and a name that cannot be stored
 */
export async function nameSpeakers(app: App, name: string, given: GivenNames): Promise<boolean> {
	let revisionBefore = 0;
	const { revision } = await changeRecording(app.library, name, async ({ folder, metadata }) => {
		refuseTrash(metadata);
		revisionBefore = metadata.revision;
		const transcript = await readTranscript(folder);
		const turns = await turnsUnder(folder, transcript);
		const labels = [...new Set(turns.map(({ speaker }) => speaker))];
		if (transcript === null || labels.length === 0) throw notApart(name);
		const named = withNames(transcript, labels, given);
		if (named === null) return null;
		const written = await prepareTranscript(folder, named);
		return { fields: { files: { ...metadata.files, ...written } } };
	});
	return revision !== revisionBefore;
}

function withNames(
	transcript: Transcript,
	labels: readonly string[],
	given: GivenNames,
): Transcript | null {
	const names = new Map(Object.entries(transcript.speakerNames ?? {}));
	for (const [wanted, name] of given) {
		const label = labels.find((one) => one.toLowerCase() === wanted.toLowerCase());
		if (label === undefined) throw noSuchLabel(wanted, labels);
		if (name === null) names.delete(label);
		else names.set(label, storableName(name, label));
	}
	const sorted = Object.fromEntries([...names].sort(([a], [b]) => compareLabels(a, b)));
	if (JSON.stringify(sorted) === JSON.stringify(transcript.speakerNames ?? {})) return null;
	const { speakerNames: _, ...rest } = transcript;
	return names.size === 0 ? rest : { ...rest, speakerNames: sorted };
}

/** `S2` before `S10`. */
function compareLabels(a: string, b: string): number {
	return a.localeCompare(b, "en", { numeric: true });
}

function storableName(text: string, label: string): string {
	const clean = plainName(text.normalize("NFC"));
	if (clean === "") {
		throw new OnwaxError("ERR_USAGE", `Nothing can be seen of that name for ${label}.`, {
			hint: `Nothing was changed. \`${label}=\` with nothing after it forgets a name.`,
		});
	}
	if (looksLikeLabel(clean)) {
		throw new OnwaxError(
			"ERR_USAGE",
			`${JSON.stringify(clean)} reads like a label, and cannot be a name.`,
			{
				hint: "Nothing was changed. Two labels with the same name are one person: give both that name.",
			},
		);
	}
	if (clean.length <= longestName) return clean;
	throw new OnwaxError("ERR_USAGE", `A name has at most ${longestName} characters.`);
}

function noSuchLabel(wanted: string, labels: readonly string[]): OnwaxError {
	return new OnwaxError("ERR_USAGE", `Nobody here has the label ${JSON.stringify(wanted)}.`, {
		hint: `There are ${labels.join(", ")}.`,
	});
}

function notApart(name: string): OnwaxError {
	return new OnwaxError("ERR_STATE", `The speakers of ${name} were not told apart yet.`, {
		hint: `\`onwax speakers ${name}\` does that.`,
	});
}

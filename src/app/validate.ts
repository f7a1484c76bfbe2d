import type { Dirent } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { shelfFolder } from "../archive/layout.ts";
import { isName } from "../archive/name.ts";
import { findOnShelves } from "../archive/shelves.ts";
import { readTranscript } from "../archive/transcript-file.ts";
import { chatFilename } from "../chat/chat-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { enqueue } from "../jobs/queue.ts";
import { composeTranscript } from "../layers/compose-transcript.ts";
import type { ExamineContext } from "../library/examine-recording.ts";
import { type Finding, finding } from "../library/finding.ts";
import type { Library } from "../library/library.ts";
import { type RepairContext, repairRecording } from "../library/repair-recording.ts";
import { validateRecording } from "../library/validate-recording.ts";
import { peaksFilename } from "../pipeline/pipeline.ts";
import { shelves } from "../recording.ts";
import { assignSpeakers } from "../speakers/assign-speakers.ts";
import { areSpeakersStale, speakersFilename, turnsUnder } from "../speakers/speakers-file.ts";
import type { Segment } from "../transcript.ts";
import { wantedTasks } from "./chat.ts";
import { inspectWith } from "./inspect-audio.ts";
import { applyLexicons } from "./lexicons.ts";
import type { App } from "./open-app.ts";
import { speakersJobContext } from "./speakers.ts";
import { arePeaksStale } from "./stale-peaks.ts";

export type ValidateOptions = {
	/** Names of recordings, or everything that lies on the shelves. */
	names: readonly string[] | "all";
	repair: boolean;
	signal: AbortSignal;
	/** As soon as each is certain; with `repair`, when that was tried. */
	onFinding: (finding: Finding) => void;
	/** `totalBytes` is what the catalogue expects: an estimate. */
	onProgress: (doneBytes: number, totalBytes: number) => void;
};

export type ValidateReport = {
	recordings: number;
	/** Read to their end and found to be what they were. */
	files: number;
	bytes: number;
	findings: Finding[];
};

/** While one recording is hashed, the next one's small files are looked up. */
const atOnce = 2;

/**
 * Reads every byte and compares it with what was promised (D0.13, D1.13); docs/validate.md tells
 * each finding. `all` walks the folders, which are the truth, and then asks the catalogue for what
 * has no folder any more. Memory stays the same however many recordings there are.
 *
 * @throws ERR_NOT_FOUND for a name that neither the shelves nor the catalogue know
 */
export async function validateRecordings(
	app: App,
	options: ValidateOptions,
): Promise<ValidateReport> {
	const { library } = app;
	const { names, signal } = options;
	const report: ValidateReport = { recordings: 0, files: 0, bytes: 0, findings: [] };
	const tell = (found: Finding) => {
		report.findings.push(found);
		options.onFinding(found);
	};
	const totalBytes = await expectedBytes(library, names);
	let doneBytes = 0;
	const onBytes = (bytes: number) => {
		doneBytes += bytes;
		options.onProgress(doneBytes, Math.max(doneBytes, totalBytes));
	};
	const context = await repairContext(app, { signal, onBytes });
	const todo = names === "all" ? walkShelves(library, tell) : names.values();
	const lane = async () => {
		for await (const name of todo) {
			signal.throwIfAborted();
			const examined = await validateRecording(library, name, context);
			report.recordings += 1;
			report.files += examined.files;
			report.bytes += examined.bytes;
			if (examined.findings.length === 0) continue;
			const findings = options.repair
				? await repairRecording(library, name, examined, context)
				: examined.findings;
			for (const one of findings) tell(one);
		}
	};
	await runLanes(lane);
	return report;
}

/** All lanes end before the first error is passed on: nothing goes on behind the caller's back. */
async function runLanes(lane: () => Promise<void>): Promise<void> {
	const ended = await Promise.allSettled(Array.from({ length: atOnce }, lane));
	for (const one of ended) if (one.status === "rejected") throw one.reason;
}

async function repairContext(
	app: App,
	some: Pick<ExamineContext, "signal" | "onBytes">,
): Promise<RepairContext> {
	const { library, config, media } = app;
	const { models } = await speakersJobContext(app);
	return {
		...some,
		derived: [
			{ filename: peaksFilename, job: "peaks", isStale: arePeaksStale },
			{
				filename: speakersFilename,
				job: models === null ? null : "speakers",
				isStale: areSpeakersStale,
				byHand: (name) =>
					`The labels in the text stay; \`onwax speakers ${name}\` listens again, with the models for that.`,
			},
			{
				filename: chatFilename,
				// Nothing is sent to a service by a repair unless that is switched on.
				job: wantedTasks(app).length > 0 ? "chat" : null,
				// Whether it is stale shows where it is read; only damage is for here.
				isStale: async () => false,
				byHand: (name) => `\`onwax summarise ${name}\` has it made again.`,
			},
		],
		inspect: inspectWith(media),
		composeText: async (folder, { engineFile, output, above }) => {
			const { lexicons } = library.layout;
			const corrected = await applyLexicons(lexicons, output, config.lexicon);
			const turns = await turnsUnder(folder, await readTranscript(folder));
			const label = (segments: Segment[]) => assignSpeakers(segments, turns);
			return composeTranscript({ engineFile, output, corrected, above, label });
		},
		enqueue: (tx, recording, kinds, engine) =>
			enqueue(
				tx,
				kinds.map((kind) => {
					const isSame = kind === "transcribe" && engine !== null && config.engines[engine];
					return { recording, kind, ...(isSame ? { parameters: { engine } } : {}) };
				}),
			),
	};
}

/** Every recording's name, once; strangers are told on the way. */
async function* walkShelves(
	library: Library,
	tell: (found: Finding) => void,
): AsyncGenerator<string> {
	const { layout, catalogue } = library;
	for (const shelf of shelves) {
		for await (const entry of entriesOf(shelfFolder(layout, shelf))) {
			if (!entry.isDirectory() || !isName(entry.name)) {
				const message = "is not a recording";
				const hint = "`onwax recover` removes what a crash left; move anything else away.";
				tell(finding(join(shelf, entry.name), null, "stranger", message, hint));
				continue;
			}
			const [first] = await findOnShelves(layout, entry.name);
			// Of a recording with two folders the first one speaks for both; a folder that was moved on
			// meanwhile is met again on its shelf.
			if (first === shelf) yield entry.name;
		}
	}
	for await (const { name } of catalogue.shelves()) {
		if ((await findOnShelves(layout, name)).length === 0 && (await catalogue.get(name)) !== null)
			yield name;
	}
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
	try {
		yield* await opendir(folder);
	} catch (error) {
		// A shelf that nothing was ever put on.
		if (systemErrorCode(error) !== "ENOENT") throw error;
	}
}

async function expectedBytes(
	{ catalogue }: Library,
	names: readonly string[] | "all",
): Promise<number> {
	if (names === "all") {
		const counts = await catalogue.counts();
		return counts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	}
	let bytes = 0;
	for (const name of names) {
		if (!isName(name)) throw new OnwaxError("ERR_NAME", `${name} is not a recording's name.`);
		const files = (await catalogue.get(name))?.metadata.files ?? {};
		for (const { sizeBytes } of Object.values(files)) bytes += sizeBytes;
	}
	return bytes;
}

import { recordingFolder } from "../archive/layout.ts";
import { readMetadata } from "../archive/metadata-file.ts";
import { findOnShelves } from "../archive/shelves.ts";
import type { CatalogueDatabase } from "../catalogue/catalogue.ts";
import { placePrepared } from "../durable/prepared-file.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { JobKind } from "../job.ts";
import type { TranscriptText } from "../recording.ts";
import { changeRecording, holding } from "./change.ts";
import { type ExamineContext, type Examined, examineRecording } from "./examine-recording.ts";
import { type Finding, type FindingKind, isSameFinding } from "./finding.ts";
import { healRecording } from "./heal-recording.ts";
import type { Library } from "./library.ts";
import type { InspectAudio } from "./recover-staged.ts";
import { repairFiles } from "./repair-files.ts";
import type { ComposeText } from "./repair-transcript.ts";
import { restoreMetadata } from "./restore-metadata.ts";

export type RepairContext = ExamineContext & {
	inspect: InspectAudio;
	composeText: ComposeText;
	/**
	 * Queues work on the recording, in the transaction that makes the repair known.
	 *
	 * @param engine the one that made the text that there was; null where nobody knows
	 */
	enqueue: (
		tx: CatalogueDatabase,
		name: string,
		kinds: readonly JobKind[],
		engine: string | null,
	) => Promise<void>;
};

/** About the folder, its place and the catalogue; the rest is about files in it. */
const aboutTheWhole = new Set<FindingKind>([
	"metadata-damaged",
	"misplaced",
	"two-folders",
	"not-in-catalogue",
	"catalogue-differs",
]);

/**
 * Puts right what can be put right, and then looks again: a finding counts as repaired when it is
 * no longer there. Each step holds the recording. No audio is destroyed and no engine output
 * rewritten; what cannot be repaired stays as it is and keeps its finding.
 *
 * @param found what `validateRecording` said
 * @returns all findings, before and after
 */
export async function repairRecording(
	library: Library,
	name: string,
	found: Examined,
	context: RepairContext,
): Promise<Finding[]> {
	const quiet: RepairContext = { ...context, onBytes: undefined };
	const seen = [...found.findings];
	const failures: OnwaxError[] = [];
	const done: string[] = [];
	const attempt = async (work: () => Promise<void>) => {
		try {
			await work();
		} catch (error) {
			context.signal?.throwIfAborted();
			failures.push(toOnwaxError(error));
		}
	};
	if (found.shelf === null) return seen;
	// Asked before the catalogue is made to follow what is left in the folder.
	const knownText = (await library.catalogue.get(name))?.transcript ?? null;
	if (seen.some(({ kind }) => aboutTheWhole.has(kind))) {
		await attempt(() => repairPlace(library, name, quiet));
	}
	const isOneFolder = (await findOnShelves(library.layout, name)).length === 1;
	const isReadable = !seen.some(({ kind }) => kind === "newer-format" || kind === "name-differs");
	if (failures.length === 0 && isOneFolder && isReadable) {
		await attempt(async () => {
			const first = await repairHeld(library, name, { ...quiet, knownText });
			seen.push(...first.findings);
			done.push(...first.done);
			// Other audio may have faults of its own, which could not be seen before it was taken.
			if (!first.isOtherAudio) return;
			const second = await repairHeld(library, name, { ...quiet, knownText });
			seen.push(...second.findings);
			done.push(...second.done);
		});
	}
	const { findings: left } = await examineRecording(library, name, quiet);
	const before = seen.filter(
		(one, i) => seen.findIndex((other) => isSameFinding(one, other)) === i,
	);
	const [failure] = failures;
	const stays = left.map((one) =>
		failure ? { ...one, hint: failure.hint ?? failure.message } : one,
	);
	const repaired = before
		.filter((one) => !left.some((other) => isSameFinding(one, other)))
		.map((one) => ({ ...one, repaired: true, hint: whatWasDone(one, done) }));
	return [...repaired, ...stays];
}

/** The sentences about the finding's file, so that a repair says what it did; null without one. */
function whatWasDone({ file }: Finding, done: readonly string[]): string | null {
	const about = done.filter((one) => file !== null && one.includes(file));
	return about.length === 0 ? null : about.join(" ");
}

/** metadata.json, the place of the folder, and the catalogue. */
async function repairPlace(library: Library, name: string, context: RepairContext): Promise<void> {
	await holding(library, name, async (writerId) => {
		let jobs: JobKind[] = [];
		let failure: unknown = null;
		try {
			const [shelf, ...others] = await findOnShelves(library.layout, name);
			if (shelf && others.length === 0) {
				const folder = recordingFolder(library.layout, shelf, name);
				const restored = (await isDamaged(folder))
					? await restoreMetadata(library, { name, shelf, folder }, context.inspect)
					: null;
				if (restored?.state === "pending") jobs = ["transcribe"];
			}
			await healRecording(library, name);
		} catch (error) {
			// Nothing is between two steps here: the recording is let go of, and the error told.
			jobs = [];
			failure = error;
		}
		await library.catalogue.transaction(async (tx) => {
			await context.enqueue(tx, name, jobs, null);
			await library.catalogue.releaseChange(name, writerId, tx);
		});
		return failure;
	}).then((failure) => {
		if (failure !== null) throw failure;
	});
}

async function isDamaged(folder: string): Promise<boolean> {
	try {
		await readMetadata(folder);
		return false;
	} catch (error) {
		if (error instanceof OnwaxError && error.code === "ERR_DAMAGED") return true;
		throw error;
	}
}

/** @returns what was found in the files once nobody else could change them */
async function repairHeld(
	library: Library,
	name: string,
	context: RepairContext & { knownText: TranscriptText | null },
): Promise<{ findings: Finding[]; done: string[]; isOtherAudio: boolean }> {
	let findings: Finding[] = [];
	let done: string[] = [];
	let isOtherAudio = false;
	let jobs: JobKind[] = [];
	let engine: string | null = null;
	await changeRecording(
		library,
		name,
		async (held) => {
			// What a change that was cut short had prepared is the best repair of all.
			await placePrepared(held.folder, held.metadata.files, { verify: true });
			({ findings } = await examineRecording(library, name, context));
			const repair = await repairFiles(held, findings, { library, ...context });
			jobs = repair?.jobs ?? [];
			engine = held.metadata.transcription?.engine ?? null;
			done = repair?.done ?? [];
			isOtherAudio = repair?.change.fields.audioFile !== undefined;
			const isOnlyWork = repair !== null && Object.keys(repair.change.fields).length === 0;
			return isOnlyWork ? null : (repair?.change ?? null);
		},
		(tx) => context.enqueue(tx, name, jobs, engine),
	);
	return { findings, done, isOtherAudio };
}

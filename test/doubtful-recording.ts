import {
	coverageFacts,
	prepareTranscript,
	readTranscript,
} from "../src/archive/transcript-file.ts";
import { changeRecording } from "../src/library/change.ts";
import type { Library } from "../src/library/library.ts";
import type { FallbackFacts } from "../src/recording.ts";
import type { Coverage, Doubt, Transcript } from "../src/transcript.ts";
import { exampleWav, publishTranscribed } from "./transcribed-recording.ts";

export function doubt(kind: Doubt["kind"], startSeconds: number, fields: Partial<Doubt> = {}) {
	const rest = { text: "", askedAgain: kind === "unheard" ? 0 : 2, reason: null };
	return { kind, startSeconds, endSeconds: startSeconds + 6, ...rest, ...fields } as Doubt;
}

/** Of half an hour, ten minutes of which are speech. */
export function coverageWith(doubts: Doubt[], fields: Partial<Coverage> = {}): Coverage {
	const gaps = doubts.filter(({ kind }) => kind === "gap");
	const missing = gaps.reduce((sum, gap) => sum + gap.endSeconds - gap.startSeconds, 0);
	const numbers = { speechSeconds: 600, coveredSeconds: 600 - missing };
	return { detector: "silero", ...numbers, doubts, repairs: [], ...fields };
}

/** A recording whose text was judged like that; returns its name. */
export async function publishJudged(
	library: Library,
	seed: number,
	coverage: Coverage | null,
	fields: Partial<Transcript> = {},
	fallback: FallbackFacts | null = null,
): Promise<string> {
	const name = await publishTranscribed(library, exampleWav(seed));
	await changeRecording(library, name, async ({ folder, metadata }) => {
		const before = await readTranscript(folder);
		if (before === null || metadata.transcription === null) throw new Error("no text");
		const written = await prepareTranscript(folder, { ...before, coverage, ...fields });
		const judged = { coverage: coverage && coverageFacts(coverage), fallback };
		return {
			fields: {
				files: { ...metadata.files, ...written },
				transcription: { ...metadata.transcription, ...judged },
			},
		};
	});
	return name;
}

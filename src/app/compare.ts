import type { Layout } from "../archive/layout.ts";
import { OnwaxError } from "../errors.ts";
import { type TextChange, textChanges } from "../layers/text-changes.ts";
import { type WordErrors, wordErrors } from "../layers/word-error-rate.ts";
import type { Recording } from "../recording.ts";
import type { EngineOutput, Segment, Transcript } from "../transcript.ts";
import { keptTranscript } from "./export.ts";
import { keptOutputs } from "./kept-outputs.ts";
import type { Reapplied } from "./reapply-lexicons.ts";

/** One of the texts that a recording has. */
export type Layer = {
	kind: "engine" | "text";
	/** The file that it is in, or that the text was made from. */
	file: string;
	engine: string;
	model: string | null;
	text: string;
	segments: readonly Segment[];
};

export type Comparison = {
	from: Layer;
	to: Layer;
	/** Whether capitals and punctuation count as changes; in the errors they never do. */
	isExact: boolean;
	errors: WordErrors;
	changes: TextChange[];
};

export type CompareOptions = {
	/** `text`, `original`, an engine's name, or a file `engine.….json`; null: the newest of the others. */
	from: string | null;
	/** Null: what the engine said that the text is made from, or the text where that is `from`. */
	to: string | null;
	/** Null: only for two layers of the same engine output, where an engine's habits do not differ. */
	isExact: boolean | null;
};

/**
 * Compares two of the texts that a recording has (U13).
 *
 * @throws ERR_STATE where it has no text, or only one; ERR_NOT_FOUND for a layer that is not there
 */
export async function compareLayers(
	layout: Layout,
	recording: Recording,
	{ from, to, isExact }: CompareOptions,
): Promise<Comparison> {
	const { name } = recording.metadata;
	const transcript = await keptTranscript(layout, recording);
	if (transcript === null) {
		throw new OnwaxError("ERR_STATE", `${name} has no text yet.`, {
			hint: "`onwax retry` asks an engine for it.",
		});
	}
	const kept = await keptOutputs(layout, recording, transcript.engineFile);
	const outputs = kept.map(({ engineFile, output }) => layerOf("engine", engineFile, output));
	const pick = (wanted: string) => choose(name, wanted, transcript, outputs);
	const given = from === null ? null : pick(from);
	const isFromOriginal = given?.kind === "engine" && given.file === transcript.engineFile;
	const right = pick(to ?? (isFromOriginal ? "text" : "original"));
	const left = given ?? beforeIt(right, outputs);
	if (left === null) {
		throw new OnwaxError("ERR_STATE", `${name} has been heard by one engine only.`, {
			hint: `\`onwax transcribe ${name} --engine NAME\` asks another one; then they can be compared.`,
		});
	}
	const exact = isExact ?? left.file === right.file;
	return {
		...{ from: left, to: right, isExact: exact },
		errors: wordErrors(left.text, right.text),
		changes: textChanges(left, right, exact),
	};
}

/** The places in which a text was corrected. */
export function changesIn({ before, after }: Reapplied): TextChange[] {
	return textChanges(before, after, true);
}

function layerOf(kind: Layer["kind"], file: string, said: EngineOutput | Transcript): Layer {
	const { engine, model, text, segments } = said;
	return { kind, file, engine, model, text, segments };
}

/** What stood before this one: of a text, what its engine said; of that, the newest other output. */
function beforeIt(layer: Layer, outputs: readonly Layer[]): Layer | null {
	if (layer.kind === "text") return outputs.find(({ file }) => file === layer.file) ?? null;
	return outputs.findLast(({ file }) => file !== layer.file) ?? null;
}

function choose(
	name: string,
	wanted: string,
	transcript: Transcript,
	outputs: readonly Layer[],
): Layer {
	const { engineFile } = transcript;
	if (wanted === "text") return layerOf("text", engineFile, transcript);
	const found =
		wanted === "original"
			? outputs.find(({ file }) => file === engineFile)
			: (outputs.find(({ file }) => file === wanted || file === `engine.${wanted}.json`) ??
				outputs.findLast(({ engine }) => engine === wanted));
	if (found) return found;
	if (wanted === "original") {
		throw new OnwaxError("ERR_NOT_FOUND", `What the engine said of ${name} is lost.`, {
			hint: `The text stands. \`onwax validate ${name} --repair\` looks what is damaged; then \`onwax retry ${name}\` asks the engine again.`,
		});
	}
	const isOriginalThere = outputs.some(({ file }) => file === engineFile);
	const there = ["text", ...(isOriginalThere ? ["original"] : [])];
	for (const { engine, model, file } of outputs) {
		there.push(model === null ? `${engine} (${file})` : `${engine} ${model} (${file})`);
	}
	throw new OnwaxError("ERR_NOT_FOUND", `${name} has no text by "${wanted}".`, {
		hint: there.length === 1 ? "There is: text." : `There are: ${there.join(", ")}.`,
	});
}

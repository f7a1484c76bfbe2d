import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { recordingFolder } from "../src/archive/layout.ts";
import {
	engineFilename,
	prepareEngineOutput,
	prepareTranscript,
} from "../src/archive/transcript-file.ts";
import { publishFile } from "../src/durable/publish-file.ts";
import { changeRecording } from "../src/library/change.ts";
import type { Library } from "../src/library/library.ts";
import { originalSha256, shelfOf } from "../src/recording.ts";
import type { EngineOutput } from "../src/transcript.ts";
import { buildWavHeader } from "../src/wav.ts";
import { publishBytes } from "./temp-library.ts";

export const exampleOutput: EngineOutput = {
	engine: "example",
	model: "small",
	language: "en",
	text: "hello wax",
	segments: [{ text: "hello wax", startSeconds: 0, endSeconds: 0.2, words: [] }],
};

/** A tenth of a second or so of 16 kHz mono, different for every seed. */
export function exampleWav(seed: number, dataBytes: number | null = 3200): Buffer {
	const samples = Buffer.alloc(3200);
	const fields = { encoding: "pcm", sampleRate: 16_000, channels: 1, bitDepth: 16 } as const;
	for (let at = 0; at < samples.length; at += 1) samples[at] = (seed * 31 + at * 7) % 251;
	return Buffer.concat([buildWavHeader({ ...fields, dataBytes }), samples]);
}

/** Publishes a recording with everything that a transcribed one has; returns its name. */
export async function publishTranscribed(
	library: Library,
	wav: Uint8Array,
	edit: string | null = null,
): Promise<string> {
	const published = await publishBytes(library, wav, { title: "a memo" });
	if (published.kind !== "published") throw new Error("the same bytes twice");
	const { name } = published.metadata;
	await changeRecording(library, name, async ({ folder, metadata }) => {
		const audioSha256 = originalSha256(metadata);
		const { engine, model, text, language, segments } = exampleOutput;
		const engineFile = engineFilename({ audioSha256, engine, model, parameters: {} });
		const layer = edit === null ? null : { editedAt: metadata.createdAt, text: edit };
		const written = await prepareTranscript(folder, {
			format: 1,
			...{ engineFile, engine, model, language, segments },
			text: edit ?? text,
			originalText: text,
			lexicons: [],
			edit: layer,
			lexiconError: null,
		});
		const files = {
			...metadata.files,
			...written,
			[engineFile]: await prepareEngineOutput(folder, engineFile, exampleOutput),
			"peaks.bin": await publishFile(join(folder, "peaks.bin"), `peaks of ${audioSha256}`),
		};
		const completedAt = new Date().toISOString();
		const facts = { engine, model, language, latencySeconds: 1, attempts: 1, completedAt };
		const judged = { engineFile, coverage: null, fallback: null };
		return { fields: { state: "success", files, transcription: { ...facts, ...judged } } };
	});
	return name;
}

/** Where a recording lies now, by the catalogue. */
export async function folderOf(library: Library, name: string): Promise<string> {
	const recording = await library.catalogue.get(name);
	if (!recording) throw new Error(`no ${name}`);
	return recordingFolder(library.layout, shelfOf(recording.metadata), name);
}

export async function readText(folder: string, file: string): Promise<string> {
	return readFile(join(folder, file), "utf8");
}

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { readMetadata } from "../src/archive/metadata-file.ts";
import { hashFile } from "../src/durable/hash-file.ts";
import { composeTranscript } from "../src/layers/compose-transcript.ts";
import type { Library } from "../src/library/library.ts";
import { type RepairContext, repairRecording } from "../src/library/repair-recording.ts";
import { validateRecording } from "../src/library/validate-recording.ts";
import { openTempLibrary } from "./temp-library.ts";
import { exampleWav, folderOf, publishTranscribed } from "./transcribed-recording.ts";

export const queued: string[] = [];
export const context: RepairContext = {
	derived: [{ filename: "peaks.bin", job: "peaks", isStale: async () => false }],
	inspect: async () => ({
		audio: {
			mimeType: "audio/wav",
			codec: "pcm_s16le",
			durationSeconds: 0.1,
			sampleRate: 16_000,
			channels: 1,
			bitDepth: 16,
		},
		error: null,
	}),
	composeText: async (_, { engineFile, output, above }) => {
		const { text, segments } = output;
		const corrected = { text, segments, lexicons: [], lexiconError: null };
		return composeTranscript({ engineFile, output, corrected, above });
	},
	enqueue: async (_, name, kinds) => {
		for (const kind of kinds) queued.push(`${kind} ${name}`);
	},
};

export async function kindsOf(library: Library, name: string): Promise<string[]> {
	const { findings } = await validateRecording(library, name, context);
	return findings.map(({ kind, file }) => (file === null ? kind : `${kind} ${file}`)).sort();
}

export async function repair(library: Library, name: string) {
	const examined = await validateRecording(library, name, context);
	return repairRecording(library, name, examined, context);
}

export async function edit(path: string, change: (bytes: Buffer) => Buffer): Promise<void> {
	const bytes = await readFile(path);
	await writeFile(path, change(bytes));
}

export const flip = (at: number) => (bytes: Buffer) => {
	const index = at % bytes.length;
	bytes[index] = (bytes[index] ?? 0) ^ 1;
	return bytes;
};

export async function snapshot(folder: string): Promise<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const file of (await readdir(folder)).sort()) {
		found[file] = (await hashFile(join(folder, file))).sha256;
	}
	return found;
}

export async function transcribed(t: TestContext, text: string | null = null) {
	const library = await openTempLibrary(t);
	const name = await publishTranscribed(library, exampleWav(1), text);
	const folder = await folderOf(library, name);
	const { files } = await readMetadata(folder);
	const engineFile = Object.keys(files).find((file) => file.startsWith("engine.")) ?? "";
	return { library, name, folder, engineFile };
}

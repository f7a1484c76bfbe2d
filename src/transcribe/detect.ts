import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { listModels } from "../speech/model-folder.ts";
import type { ModelFamily } from "../speech/speech.ts";
import type { EngineConfig, Environment } from "./engine-config.ts";
import { defaultApiKeyEnv } from "./openai.ts";
import { findProgram } from "./program-path.ts";

/** `found` says in one sentence what was found, for the person who configured nothing. */
export type DetectedEngine = { name: string; config: EngineConfig; found: string };

type Place = { environment: Environment; modelsFolder: string | null };

/** In this order: what stays on this machine comes before what sends audio elsewhere. */
const detectors: ((place: Place) => Promise<DetectedEngine | null>)[] = [
	detectSherpa,
	detectWhisper,
	detectSphinx,
	detectOpenai,
];

/**
 * An engine for somebody who configured none, from what is on this machine; null where there is
 * nothing. `modelsFolder` is the library's; it need not exist.
 */
export async function detectEngine(place: Place): Promise<DetectedEngine | null> {
	for (const detect of detectors) {
		const found = await detect(place);
		if (found) return found;
	}
	return null;
}

/** Those that know when each word was said come first, and of these the ones that hear best. */
const familiesByWorth: readonly ModelFamily[] = [
	"transducer",
	"nemo-ctc",
	"sense-voice",
	"whisper",
	"moonshine",
];

/** A model that somebody put into the models folder is there to be used: of several the largest. */
async function detectSherpa({ modelsFolder }: Place): Promise<DetectedEngine | null> {
	if (modelsFolder === null) return null;
	const models = await listModels(modelsFolder);
	const worth = (family: ModelFamily) => familiesByWorth.indexOf(family);
	models.sort((a, b) => worth(a.model.family) - worth(b.model.family) || b.sizeBytes - a.sizeBytes);
	const best = models[0];
	if (best === undefined) return null;
	return {
		name: "sherpa",
		config: { type: "sherpa", model: best.name },
		found: `the model ${best.name} in the models folder; nothing leaves this computer`,
	};
}

/** whisper.cpp is of use only with a model: WHISPER_MODEL, else the largest in the folder. */
async function detectWhisper(place: Place): Promise<DetectedEngine | null> {
	const program = await findProgram("whisper-cli", place.environment);
	if (program === null) return null;
	const model = await findWhisperModel(place);
	if (model === null) return null;
	const label = basename(model, ".bin");
	const options = ["--no-prints", "--model", model, "--language", "{language}"];
	return {
		name: "whisper",
		config: {
			type: "command",
			command: ["whisper-cli", ...options, "--file", "{audio}"],
			input: { sampleRate: 16_000, channels: 1, container: "wav" },
			output: "auto",
			model: label,
		},
		found: `whisper-cli (${program}) with the model ${label}`,
	};
}

async function findWhisperModel({ environment, modelsFolder }: Place): Promise<string | null> {
	const named = environment.WHISPER_MODEL;
	if (named) return (await sizeOfFile(named)) === null ? null : named;
	if (modelsFolder === null) return null;
	let largest: { path: string; sizeBytes: number } | null = null;
	for (const name of (await namesIn(modelsFolder)).sort()) {
		// The voice activity model has the same kind of name, and transcribes nothing.
		if (!/^ggml-(?!silero).+\.bin$/.test(name)) continue;
		const path = join(modelsFolder, name);
		const sizeBytes = await sizeOfFile(path);
		if (sizeBytes !== null && sizeBytes > (largest?.sizeBytes ?? 0)) largest = { path, sizeBytes };
	}
	return largest?.path ?? null;
}

async function detectSphinx({ environment }: Place): Promise<DetectedEngine | null> {
	const program = await findProgram("pocketsphinx_continuous", environment);
	if (program === null) return null;
	return {
		name: "sphinx",
		config: {
			type: "command",
			command: ["pocketsphinx_continuous", "-time", "yes", "-infile", "{audio}"],
			input: { sampleRate: 16_000, channels: 1, container: "wav" },
			output: "auto",
		},
		found: `pocketsphinx_continuous (${program}); good enough to search, not to quote (\`onwax model list\` has better ones)`,
	};
}

async function detectOpenai({ environment }: Place): Promise<DetectedEngine | null> {
	if (!environment[defaultApiKeyEnv]?.trim()) return null;
	return {
		name: "openai",
		config: { type: "openai", apiKeyEnv: defaultApiKeyEnv },
		found: `a key in ${defaultApiKeyEnv}: audio is sent to OpenAI`,
	};
}

async function namesIn(folder: string): Promise<string[]> {
	try {
		return await readdir(folder);
	} catch {
		return [];
	}
}

async function sizeOfFile(path: string): Promise<number | null> {
	try {
		const facts = await stat(path);
		return facts.isFile() ? facts.size : null;
	} catch {
		return null;
	}
}

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { readOnnxMetadata } from "./onnx-metadata.ts";
import {
	type DiarisationModels,
	type ModelFamily,
	modelFamilies,
	type RecognitionModel,
} from "./speech.ts";

/** A file that whoever made the folder may have left in it: `{ "family": "nemo-ctc" }`. */
export const modelDescriptionFile = "onwax-model.json";

/**
 * Reads the files of a folder by their roles; null where it is no recognition model. A few small
 * reads, so it does not wait for another thread.
 */
export function readModelFolderNow(folder: string): RecognitionModel | null {
	const names = filesIn(folder);
	const tokens = first(names, /^(?:.*[-_.])?tokens\.txt$/);
	if (tokens === null) return null;
	const family = familyOf(folder, names);
	if (family === null) return null;
	const files: Record<string, string> = { tokens: join(folder, tokens) };
	for (const [role, name] of Object.entries(rolesOf(family, names)))
		if (name !== null) files[role] = join(folder, name);
	const complete = requiredRoles(family, names).every((role) => files[role] !== undefined);
	return complete ? { family, folder, files } : null;
}

export async function readModelFolder(folder: string): Promise<RecognitionModel | null> {
	return readModelFolderNow(folder);
}

/** What a model takes on disk. */
export function modelSizeBytes(model: RecognitionModel): number {
	return Object.values(model.files).reduce((sum, path) => sum + sizeOf(path), 0);
}

export type ListedModel = { name: string; sizeBytes: number; model: RecognitionModel };

/** The recognition models in a folder of models, which need not exist; by name. */
export async function listModels(modelsFolder: string): Promise<ListedModel[]> {
	const listed: ListedModel[] = [];
	for (const name of foldersIn(modelsFolder)) {
		const model = readModelFolderNow(join(modelsFolder, name));
		if (model) listed.push({ name, model, sizeBytes: modelSizeBytes(model) });
	}
	return listed;
}

/**
 * What tells speakers apart needs two models: one that says where voices change (pyannote), and one
 * that says how alike two voices are. Each may be a folder of its own or lie in the same one. Null
 * where one of them is missing.
 */
export async function readDiarisationModels(
	modelsFolder: string,
): Promise<DiarisationModels | null> {
	const found: Partial<DiarisationModels> = {};
	for (const name of ["", ...foldersIn(modelsFolder)]) {
		const folder = join(modelsFolder, name);
		const names = filesIn(folder);
		if (first(names, /tokens\.txt$/) !== null) continue;
		for (const file of preferInt8(names.filter((one) => one.endsWith(".onnx")))) {
			const path = join(folder, file);
			const metadata = readOnnxMetadata(path);
			if (metadata.has("powerset_max_classes")) found.segmentation ??= path;
			else if (metadata.has("output_dim") && metadata.has("framework")) found.embedding ??= path;
		}
	}
	const { segmentation, embedding } = found;
	return segmentation === undefined || embedding === undefined ? null : { segmentation, embedding };
}

function familyOf(folder: string, names: readonly string[]): ModelFamily | null {
	if (names.includes(modelDescriptionFile)) {
		const said = describedFamily(join(folder, modelDescriptionFile));
		if (said !== null) return said;
	}
	const has = (role: string) => onnx(names, role) !== null;
	if (has("uncached_decode") || has("decoder_model_merged")) return "moonshine";
	if (has("joiner")) return isStreaming(names) ? null : "transducer";
	if (has("encoder") && has("decoder")) return encoderFamily(folder, names);
	const model = onnx(names, "model");
	return model === null ? null : singleFileFamily(join(folder, model));
}

/** Made to be fed piece by piece, which is another kind of recogniser. */
function isStreaming(names: readonly string[]): boolean {
	return names.some((name) => /encoder.*-chunk-/.test(name));
}

/** Others than Whisper have an encoder and a decoder as well. */
function encoderFamily(folder: string, names: readonly string[]): ModelFamily | null {
	const type = readOnnxMetadata(join(folder, onnx(names, "encoder") ?? "")).get("model_type");
	return type === undefined || type.startsWith("whisper") ? "whisper" : null;
}

function describedFamily(path: string): ModelFamily | null {
	try {
		const said = JSON.parse(readFileSync(path, "utf8"))?.family;
		return modelFamilies.find((family) => family === said) ?? null;
	} catch {
		// What the files themselves show is as good.
		return null;
	}
}

/** Several families are one file called model.onnx; its maker wrote into it which one it is. */
function singleFileFamily(path: string): ModelFamily | null {
	const metadata = readOnnxMetadata(path);
	if (metadata.has("with_itn") || /sense.?voice/i.test(metadata.get("model_type") ?? ""))
		return "sense-voice";
	if (metadata.has("subsampling_factor") && metadata.has("normalize_type")) return "nemo-ctc";
	if (metadata.size > 0) return null;
	// Damaged, or unmarked: loading it will tell.
	const name = basename(join(path, ".."));
	if (/sense-?voice/i.test(name)) return "sense-voice";
	return /nemo.*ctc|ctc.*nemo|parakeet.*ctc/i.test(name) ? "nemo-ctc" : null;
}

function rolesOf(family: ModelFamily, names: readonly string[]): Record<string, string | null> {
	switch (family) {
		case "nemo-ctc":
		case "sense-voice":
			return { model: onnx(names, "model") };
		case "transducer":
			return {
				encoder: onnx(names, "encoder"),
				decoder: onnx(names, "decoder"),
				joiner: onnx(names, "joiner"),
				bpeVocab: first(names, /^bpe\.vocab$/),
			};
		case "whisper":
			return { encoder: onnx(names, "encoder"), decoder: onnx(names, "decoder") };
		case "moonshine":
			return {
				preprocessor: onnx(names, "preprocess"),
				encoder: onnx(names, "encode") ?? onnx(names, "encoder_model"),
				uncachedDecoder: onnx(names, "uncached_decode"),
				cachedDecoder: onnx(names, "cached_decode"),
				mergedDecoder: onnx(names, "decoder_model_merged"),
			};
	}
}

function requiredRoles(family: ModelFamily, names: readonly string[]): string[] {
	const roles = Object.keys(rolesOf(family, names)).filter((role) => role !== "bpeVocab");
	if (family !== "moonshine") return roles;
	return onnx(names, "decoder_model_merged") === null
		? roles.filter((role) => role !== "mergedDecoder")
		: ["encoder", "mergedDecoder"];
}

/**
 * The file of a role: `encoder.onnx`, `tiny.en-encoder.int8.onnx`, `encoder-epoch-99-avg-1.onnx`. The
 * one with 8-bit weights first: a quarter of the size, and hardly ever a different word.
 */
function onnx(names: readonly string[], role: string): string | null {
	const pattern = new RegExp(`^(?:.*[-.])?${role}(?:-.*?)?(?:\\.(?:int8|fp16))?\\.(?:onnx|ort)$`);
	return preferInt8(names.filter((name) => pattern.test(name)))[0] ?? null;
}

function preferInt8(names: readonly string[]): string[] {
	const worth = (name: string) => (/[.-]int8\./.test(name) ? 0 : /[.-]fp16\./.test(name) ? 2 : 1);
	return [...names].sort((a, b) => worth(a) - worth(b) || a.length - b.length || (a < b ? -1 : 1));
}

function first(names: readonly string[], pattern: RegExp): string | null {
	return names.find((name) => pattern.test(name)) ?? null;
}

/** A folder that is not there, or cannot be read, is empty. */
function filesIn(folder: string): string[] {
	return entriesOf(folder)
		.filter((entry) => !entry.isDirectory())
		.map(nameOf)
		.sort();
}

/** Hidden ones are still being written. */
function foldersIn(folder: string): string[] {
	const entries = entriesOf(folder);
	const names = entries
		.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
		.map(nameOf);
	return names.filter((name) => !name.startsWith(".")).sort();
}

function entriesOf(folder: string) {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}

function nameOf(entry: { name: string }): string {
	return entry.name;
}

function sizeOf(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

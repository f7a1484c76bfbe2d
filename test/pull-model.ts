/**
 * Pulls one model in a process of its own, which a test can kill:
 * `node test/pull-model.ts MODELS_FOLDER MIRROR MODEL_AS_JSON`.
 * A model is whatever has a tokens.txt and a model.onnx.
 */
import { readdir } from "node:fs/promises";
import type { CatalogueModel } from "../src/models/catalogue.ts";
import { defaultLimits } from "../src/models/download-options.ts";
import { pullModel } from "../src/models/pull.ts";
import type { ModelsPlace } from "../src/models/pull-options.ts";

export function testPlace(modelsFolder: string, mirror: string | null): ModelsPlace {
	return {
		modelsFolder,
		mirror,
		reserveBytes: 0,
		async familyOf(folder) {
			const names = await readdir(folder);
			return names.includes("tokens.txt") && names.includes("model.onnx") ? "nemo-ctc" : null;
		},
	};
}

export const testLimits = {
	...defaultLimits,
	backoff: { baseSeconds: 0.001, capSeconds: 0.001 },
	syncEveryBytes: 50_000,
};

if (import.meta.main) {
	const [modelsFolder = "", mirror = "", model = ""] = process.argv.slice(2);
	await pullModel(JSON.parse(model) as CatalogueModel, testPlace(modelsFolder, mirror), {
		signal: new AbortController().signal,
		limits: testLimits,
		onProgress: (stage, done) => process.stdout.write(`${stage} ${done}\n`),
		onRetry: () => {},
	});
	process.stdout.write("pulled\n");
}

import { readFile } from "node:fs/promises";
import { readOnnxMetadata } from "./onnx-metadata.ts";
import type { Loading } from "./requests.ts";
import { speechSampleRate } from "./wav-samples.ts";

const senseVoiceLanguages = ["zh", "en", "ja", "ko", "yue"];

/** What sherpa-onnx wants to be told to load a model. */
export async function recogniserConfig(loading: Loading): Promise<object> {
	const { files } = loading.model;
	const modelConfig = { tokens: files.tokens, numThreads: loading.threads, debug: false };
	return {
		featConfig: { sampleRate: speechSampleRate, featureDim: 80 },
		decodingMethod: loading.forHotWords ? "modified_beam_search" : "greedy_search",
		modelConfig: { ...modelConfig, ...(await familyConfig(loading)) },
	};
}

async function familyConfig({ model, language, forHotWords }: Loading): Promise<object> {
	const { files } = model;
	const primary = language?.split("-")[0]?.toLowerCase() ?? "";
	switch (model.family) {
		case "nemo-ctc":
			return { nemoCtc: { model: files.model } };
		case "transducer":
			return {
				transducer: { encoder: files.encoder, decoder: files.decoder, joiner: files.joiner },
				modelType: (await endsWithBlank(files.tokens)) ? "nemo_transducer" : "transducer",
				...(forHotWords ? { modelingUnit: "bpe", bpeVocab: files.bpeVocab } : {}),
			};
		case "whisper":
			return {
				whisper: {
					...{ encoder: files.encoder, decoder: files.decoder, task: "transcribe" },
					language: knownToWhisper(files.encoder).includes(primary) ? primary : "",
					// Times of tokens only come from models that were exported for it, those of segments always.
					// Numbers: the library takes no notice of `true`.
					...{ enableTokenTimestamps: 1, enableSegmentTimestamps: 1 },
				},
			};
		case "moonshine":
			return {
				moonshine:
					files.mergedDecoder === undefined
						? {
								...{ preprocessor: files.preprocessor, encoder: files.encoder },
								...{ uncachedDecoder: files.uncachedDecoder, cachedDecoder: files.cachedDecoder },
							}
						: { encoder: files.encoder, mergedDecoder: files.mergedDecoder },
			};
		case "sense-voice":
			return {
				senseVoice: {
					model: files.model,
					language: senseVoiceLanguages.includes(primary) ? primary : "auto",
					useInverseTextNormalization: 1,
				},
			};
	}
}

/** NeMo puts the blank last, icefall first; the one does not load as the other. */
async function endsWithBlank(tokensPath: string | undefined): Promise<boolean> {
	const text = tokensPath === undefined ? "" : await readFile(tokensPath, "utf8");
	return text.trimEnd().split("\n").at(-1)?.startsWith("<blk>") ?? false;
}

/** A language that the model has no sign for would end the process. */
function knownToWhisper(encoderPath: string | undefined): string[] {
	if (encoderPath === undefined) return [];
	const metadata = readOnnxMetadata(encoderPath);
	return metadata.get("all_language_codes")?.split(",") ?? [];
}

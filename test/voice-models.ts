/**
 * The two models that tell speakers apart, made by hand: each voice is a tone (tones.ts). Real ones are
 * pyannote's segmentation and an embedding of voices; these have the same shape and none of the weights.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeOnnx } from "./onnx-writer.ts";
import { toneHertz, toneSampleRate } from "./tones.ts";

const frameSamples = 256;
const windowSamples = 32_000;
const melBins = 80;
/** Peak of the quietest tone that is somebody, squared. */
const leastPower = 0.001;

/** @param voices two letters; nobody else is heard */
export async function makeVoiceModels(
	folder: string,
	voices: readonly [string, string] = ["b", "k"],
): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "segmentation.onnx"), segmentationModel(voices));
	await writeFile(join(folder, "embedding.onnx"), embeddingModel());
}

/** For each frame: nobody, the first voice, or the second, whichever is largest. */
function segmentationModel(voices: readonly [string, string]): Buffer {
	const waves = voices.flatMap((voice) => {
		const turn = (2 * Math.PI * toneHertz(voice)) / toneSampleRate;
		return [Math.sin, Math.cos].map((wave) =>
			Array.from({ length: frameSamples }, (_, at) => (2 * wave(turn * at)) / frameSamples),
		);
	});
	return encodeOnnx({
		inputs: [{ name: "x", type: "float", dims: [1, 1, "samples"] }],
		outputs: [{ name: "y", type: "float", dims: [1, "frames", 3] }],
		nodes: [
			{
				...{ op: "Conv", inputs: ["x", "waves"], outputs: ["parts"] },
				attributes: { strides: [frameSamples], kernel_shape: [frameSamples] },
			},
			{ op: "Mul", inputs: ["parts", "parts"], outputs: ["squares"] },
			{
				...{ op: "Conv", inputs: ["squares", "sums", "least"], outputs: ["classes"] },
				attributes: { kernel_shape: [1] },
			},
			{
				...{ op: "Transpose", inputs: ["classes"], outputs: ["y"] },
				attributes: { perm: [0, 2, 1] },
			},
		],
		constants: [
			{ name: "waves", dims: [4, 1, frameSamples], values: Float32Array.from(waves.flat()) },
			// Nobody has no power, and each voice that of its sine and its cosine.
			{
				...{ name: "sums", dims: [3, 4, 1] },
				values: Float32Array.of(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1),
			},
			{ name: "least", dims: [3], values: Float32Array.of(leastPower, 0, 0) },
		],
		metadata: {
			...{ sample_rate: String(toneSampleRate), window_size: String(windowSamples) },
			receptive_field_size: String(frameSamples),
			receptive_field_shift: String(frameSamples),
			...{ num_speakers: "2", powerset_max_classes: "1", num_classes: "3" },
		},
	});
}

/** Which of the mel bins are the loudest, on average: the same for one tone, another for another. */
function embeddingModel(): Buffer {
	return encodeOnnx({
		inputs: [{ name: "x", type: "float", dims: [1, "frames", melBins] }],
		outputs: [{ name: "y", type: "float", dims: [1, melBins] }],
		nodes: [
			{ op: "Softmax", inputs: ["x"], outputs: ["loudest"], attributes: { axis: 2 } },
			{
				...{ op: "ReduceMean", inputs: ["loudest"], outputs: ["y"] },
				attributes: { axes: [1], keepdims: 0 },
			},
		],
		constants: [],
		metadata: {
			...{ output_dim: String(melBins), sample_rate: String(toneSampleRate) },
			...{ normalize_samples: "1", language: "tones", framework: "wespeaker" },
			feature_normalize_type: "",
		},
	});
}

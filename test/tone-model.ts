/**
 * A NeMo-CTC model made by hand: spells pure tones (tones.ts) as letters, and hears nothing in
 * silence, noise and speech. So the real recogniser is tested without downloaded weights.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeOnnx, type OnnxNode, type OnnxTensor, type OnnxValue } from "./onnx-writer.ts";
import { toneBins, toneLetters } from "./tones.ts";

const bins = 80;
/** Bins to both sides of a tone that belong to it. */
const reach = 3;
/** How far a tone is above everything else, in natural logarithms of power; 17 dB. */
const prominence = 4;
/** How decided the answer is. */
const steepness = 5;

/**
 * Makes the model's folder.
 *
 * @param options.labour so many multiplications of 80 × 80 for each frame that change nothing: a
 *   recognition that takes as long as a real one does (100 is a hundredth of the audio's length)
 */
export async function makeToneModel(
	folder: string,
	options: { labour?: number } = {},
): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "model.onnx"), toneModel(options.labour ?? 0));
	await writeFile(join(folder, "tokens.txt"), toneTokens());
}

/** The letters as a model's tokens.txt: each is a word, and the blank comes last. */
export function toneTokens(): string {
	const tokens = [...toneLetters.map((letter) => `▁${letter}`), "<blk>"];
	return tokens.map((token, index) => `${token} ${index}\n`).join("");
}

export const toneInputs: readonly OnnxValue[] = [
	{ name: "audio_signal", type: "float", dims: ["batch", bins, "time"] },
	{ name: "length", type: "int64", dims: ["batch"] },
];

/**
 * For each frame and letter (`steep`): its own bin, less the loudest bin that is not near it, less
 * `prominence`; above zero where the tone sounds. And `blank`, which is zero.
 */
export function toneScores(labour: number): { nodes: OnnxNode[]; constants: OnnxTensor[] } {
	const nodes: OnnxNode[] = [
		{
			op: "Transpose",
			inputs: ["audio_signal"],
			outputs: ["frames0"],
			attributes: { perm: [0, 2, 1] },
		},
	];
	const constants: OnnxTensor[] = [
		{ name: "prominence", dims: [1], values: Float32Array.of(prominence) },
		{ name: "steepness", dims: [1], values: Float32Array.of(steepness) },
		{ name: "nothing", dims: [1], values: Float32Array.of(0) },
	];
	if (labour > 0) constants.push({ name: "same", dims: [bins, bins], values: identity() });
	for (let round = 0; round < labour; round++)
		nodes.push({
			op: "MatMul",
			inputs: [`frames${round}`, "same"],
			outputs: [`frames${round + 1}`],
		});
	const frames = `frames${labour}`;
	for (const [index, bin] of toneBins.entries()) {
		const own = new Float32Array(bins).fill(-1e4);
		own[bin] = 0;
		const others = new Float32Array(bins);
		others.fill(-1e4, bin - reach, bin + reach + 1);
		constants.push({ name: `own${index}`, dims: [bins], values: own });
		constants.push({ name: `others${index}`, dims: [bins], values: others });
		for (const part of ["own", "others"])
			nodes.push(
				{
					op: "Add",
					inputs: [frames, `${part}${index}`],
					outputs: [`${part}Bins${index}`],
				},
				{
					op: "ReduceMax",
					inputs: [`${part}Bins${index}`],
					outputs: [`${part}Power${index}`],
					attributes: { axes: [2], keepdims: 1 },
				},
			);
		nodes.push({
			op: "Sub",
			inputs: [`ownPower${index}`, `othersPower${index}`],
			outputs: [`letter${index}`],
		});
	}
	nodes.push(
		{
			op: "Concat",
			inputs: toneBins.map((_, index) => `letter${index}`),
			outputs: ["letters"],
			attributes: { axis: 2 },
		},
		{ op: "Sub", inputs: ["letters", "prominence"], outputs: ["prominent"] },
		{ op: "Mul", inputs: ["prominent", "steepness"], outputs: ["steep"] },
		{ op: "Mul", inputs: ["ownPower0", "nothing"], outputs: ["blank"] },
	);
	return { nodes, constants };
}

function toneModel(labour: number): Buffer {
	const { nodes, constants } = toneScores(labour);
	nodes.push(
		{ op: "Concat", inputs: ["steep", "blank"], outputs: ["scores"], attributes: { axis: 2 } },
		{ op: "LogSoftmax", inputs: ["scores"], outputs: ["logprobs"], attributes: { axis: 2 } },
	);
	return encodeOnnx({
		inputs: toneInputs,
		outputs: [{ name: "logprobs", type: "float", dims: ["batch", "time", toneLetters.length + 1] }],
		nodes,
		constants,
		metadata: {
			vocab_size: String(toneLetters.length),
			normalize_type: "",
			subsampling_factor: "1",
			model_type: "EncDecCTCModelBPE",
		},
	});
}

function identity(): Float32Array {
	const matrix = new Float32Array(bins * bins);
	for (let at = 0; at < bins; at++) matrix[at * bins + at] = 1;
	return matrix;
}

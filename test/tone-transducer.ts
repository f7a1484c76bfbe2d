/**
 * The tone model in the shape of a Parakeet TDT: encoder, decoder and joiner, which say a letter in the
 * frame in which its tone begins, and go on by one frame.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeOnnx } from "./onnx-writer.ts";
import { toneInputs, toneScores, toneTokens } from "./tone-model.ts";
import { toneLetters } from "./tones.ts";

/** Letters and the blank, then how sure it is to go on by no frame, by one, and so on: 5 as Parakeet's. */
const scores = toneLetters.length + 1 + 5;
const hidden = 4;

export async function makeToneTransducer(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "encoder.int8.onnx"), encoder());
	await writeFile(join(folder, "decoder.int8.onnx"), decoder());
	await writeFile(join(folder, "joiner.int8.onnx"), joiner());
	await writeFile(join(folder, "tokens.txt"), toneTokens());
}

/** A letter's score is above zero where it sounds and did not in the frame before. */
function encoder(): Buffer {
	const { nodes, constants } = toneScores(0);
	const whole = (name: string, ...values: bigint[]) =>
		constants.push({ name, dims: [values.length], values: BigInt64Array.from(values) });
	whole("oneFrame", 0n, 1n, 0n, 0n, 0n, 0n);
	whole("first", 0n);
	whole("last", -1n);
	whole("time", 1n);
	constants.push({ name: "half", dims: [1], values: Float32Array.of(0.5) });
	constants.push({ name: "sure", dims: [1], values: Float32Array.of(40) });
	constants.push({ name: "one", dims: [1], values: Float32Array.of(1) });
	nodes.push(
		{ op: "Sigmoid", inputs: ["steep"], outputs: ["sounds"] },
		{ op: "Pad", inputs: ["sounds", "oneFrame"], outputs: ["later"] },
		{ op: "Slice", inputs: ["later", "first", "last", "time"], outputs: ["sounded"] },
		{ op: "Sub", inputs: ["sounds", "sounded"], outputs: ["begins"] },
		{ op: "Sub", inputs: ["begins", "half"], outputs: ["letterScore"] },
		// Sure enough that no hot word makes it hear what is not there.
		{ op: "Mul", inputs: ["letterScore", "sure"], outputs: ["letterScores"] },
		{ op: "Add", inputs: ["blank", "one"], outputs: ["goOn"] },
		{
			...{
				op: "Concat",
				inputs: ["letterScores", "blank", "blank", "goOn", "blank", "blank", "blank"],
				outputs: ["all"],
			},
			attributes: { axis: 2 },
		},
		{ op: "Transpose", inputs: ["all"], outputs: ["outputs"], attributes: { perm: [0, 2, 1] } },
		{ op: "Identity", inputs: ["length"], outputs: ["encoded_lengths"] },
	);
	return encodeOnnx({
		inputs: toneInputs,
		outputs: [
			{ name: "outputs", type: "float", dims: ["batch", scores, "time"] },
			{ name: "encoded_lengths", type: "int64", dims: ["batch"] },
		],
		...{ nodes, constants },
		metadata: {
			...{ vocab_size: String(toneLetters.length), normalize_type: "", subsampling_factor: "1" },
			...{ pred_rnn_layers: "1", pred_hidden: String(hidden) },
			// The library takes a model for a TDT by its address.
			...{ model_type: "EncDecRNNTBPEModel", url: "tdt" },
		},
	});
}

/** What was said has no say in what comes next. */
function decoder(): Buffer {
	const state = { type: "float", dims: [1, "batch", hidden] } as const;
	return encodeOnnx({
		inputs: [
			{ name: "targets", type: "int32", dims: ["batch", 1] },
			{ name: "target_length", type: "int32", dims: ["batch"] },
			{ name: "state0", ...state },
			{ name: "state1", ...state },
		],
		outputs: [
			{ name: "outputs", type: "float", dims: ["batch", hidden, 1] },
			{ name: "prednet_lengths", type: "int32", dims: ["batch"] },
			{ name: "next0", ...state },
			{ name: "next1", ...state },
		],
		nodes: [
			{
				...{ op: "Transpose", inputs: ["state0"], outputs: ["outputs"] },
				attributes: { perm: [1, 2, 0] },
			},
			{ op: "Identity", inputs: ["target_length"], outputs: ["prednet_lengths"] },
			{ op: "Identity", inputs: ["state0"], outputs: ["next0"] },
			{ op: "Identity", inputs: ["state1"], outputs: ["next1"] },
		],
		constants: [],
		metadata: {},
	});
}

function joiner(): Buffer {
	return encodeOnnx({
		inputs: [
			{ name: "encoder_outputs", type: "float", dims: ["batch", scores, 1] },
			{ name: "decoder_outputs", type: "float", dims: ["batch", hidden, 1] },
		],
		outputs: [{ name: "outputs", type: "float", dims: ["batch", 1, 1, scores] }],
		nodes: [{ op: "Reshape", inputs: ["encoder_outputs", "shape"], outputs: ["outputs"] }],
		constants: [
			{ name: "shape", dims: [4], values: BigInt64Array.of(-1n, 1n, 1n, BigInt(scores)) },
		],
		metadata: {},
	});
}

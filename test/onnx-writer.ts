/**
 * Writes small ONNX models: as much of the protobuf encoding and of onnx.proto (IR version 8) as the
 * tests' hand-made models need. With them the real engine runs without downloaded weights.
 */

export type OnnxTensor = {
	name: string;
	dims: readonly number[];
	values: Float32Array | BigInt64Array;
};

export type OnnxNode = {
	op: string;
	inputs: readonly string[];
	outputs: readonly string[];
	/** Whole numbers and lists of them. */
	attributes?: Readonly<Record<string, number | readonly number[]>>;
};

/** A size, or the name of one that is known only when the model runs. */
export type OnnxDimension = number | string;
export type OnnxValue = {
	name: string;
	type: keyof typeof elementTypes;
	dims: readonly OnnxDimension[];
};

export type OnnxModel = {
	inputs: readonly OnnxValue[];
	outputs: readonly OnnxValue[];
	nodes: readonly OnnxNode[];
	constants: readonly OnnxTensor[];
	metadata: Readonly<Record<string, string>>;
};

const opset = 13;
const elementTypes = { float: 1, int32: 6, int64: 7 } as const;
const attributeTypes = { whole: 2, wholes: 7 } as const;

export function encodeOnnx(model: OnnxModel): Buffer {
	const graph = Buffer.concat([
		...model.nodes.map((node) => bytesField(1, encodeNode(node))),
		textField(2, "made by a test"),
		...model.constants.map((tensor) => bytesField(5, encodeTensor(tensor))),
		...model.inputs.map((value) => bytesField(11, encodeValue(value))),
		...model.outputs.map((value) => bytesField(12, encodeValue(value))),
	]);
	const entries = Object.entries(model.metadata).map(([key, value]) =>
		bytesField(14, Buffer.concat([textField(1, key), textField(2, value)])),
	);
	return Buffer.concat([
		numberField(1, 8),
		bytesField(7, graph),
		bytesField(8, numberField(2, opset)),
		...entries,
	]);
}

function encodeNode(node: OnnxNode): Buffer {
	return Buffer.concat([
		...node.inputs.map((name) => textField(1, name)),
		...node.outputs.map((name) => textField(2, name)),
		textField(4, node.op),
		...Object.entries(node.attributes ?? {}).map(([name, value]) =>
			bytesField(5, encodeAttribute(name, value)),
		),
	]);
}

function encodeAttribute(name: string, value: number | readonly number[]): Buffer {
	if (typeof value === "number")
		return Buffer.concat([
			textField(1, name),
			numberField(3, value),
			numberField(20, attributeTypes.whole),
		]);
	return Buffer.concat([
		textField(1, name),
		...value.map((one) => numberField(8, one)),
		numberField(20, attributeTypes.wholes),
	]);
}

function encodeTensor({ name, dims, values }: OnnxTensor): Buffer {
	const type = values instanceof Float32Array ? elementTypes.float : elementTypes.int64;
	return Buffer.concat([
		...dims.map((size) => numberField(1, size)),
		numberField(2, type),
		textField(8, name),
		bytesField(9, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
	]);
}

function encodeValue({ name, type, dims }: OnnxValue): Buffer {
	const shape = dims.map((size) =>
		bytesField(1, typeof size === "number" ? numberField(1, size) : textField(2, size)),
	);
	const tensor = Buffer.concat([
		numberField(1, elementTypes[type]),
		bytesField(2, Buffer.concat(shape)),
	]);
	return Buffer.concat([textField(1, name), bytesField(2, bytesField(1, tensor))]);
}

function textField(field: number, text: string): Buffer {
	return bytesField(field, Buffer.from(text));
}

function bytesField(field: number, content: Buffer): Buffer {
	return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}

function numberField(field: number, value: number): Buffer {
	return Buffer.concat([varint(field * 8), varint(value)]);
}

/** Seven bits a byte, the lowest first; negative numbers as 64 bits. */
function varint(value: number): Buffer {
	const bytes: number[] = [];
	let rest = BigInt.asUintN(64, BigInt(value));
	do {
		const low = Number(rest & 127n);
		rest >>= 7n;
		bytes.push(rest > 0n ? low | 128 : low);
	} while (rest > 0n);
	return Buffer.from(bytes);
}

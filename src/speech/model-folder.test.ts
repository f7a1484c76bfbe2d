import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { encodeOnnx } from "../../test/onnx-writer.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeToneModel } from "../../test/tone-model.ts";
import { listModels, readDiarisationModels, readModelFolder } from "./model-folder.ts";
import { readOnnxMetadata } from "./onnx-metadata.ts";

/** A model that does nothing, with what its maker would have written into it. */
function onnx(metadata: Record<string, string>): Buffer {
	return encodeOnnx({ inputs: [], outputs: [], nodes: [], constants: [], metadata });
}

async function folderOf(
	t: TestContext,
	files: Record<string, Buffer | string>,
	name = "some-model",
): Promise<string> {
	const folder = join(await tempFolder(t), name);
	await mkdir(folder);
	for (const [file, content] of Object.entries(files)) await writeFile(join(folder, file), content);
	return folder;
}

/** Family and files by their roles, without folders. */
async function read(folder: string) {
	const model = await readModelFolder(folder);
	if (model === null) return null;
	const files = Object.entries(model.files).map(([role, path]) => [role, basename(path)]);
	return { family: model.family, ...Object.fromEntries(files) };
}

const nemo = { subsampling_factor: "8", normalize_type: "per_feature", vocab_size: "1024" };

test("families with a single model.onnx are told apart by what is written in it", async (t) => {
	const cases: [Record<string, string>, string | null][] = [
		[nemo, "nemo-ctc"],
		[{ lfr_window_size: "7", with_itn: "14", vocab_size: "25055" }, "sense-voice"],
		[{ lfr_window_size: "7", vocab_size: "8404" }, null],
	];
	for (const [metadata, family] of cases) {
		const folder = await folderOf(t, { "model.onnx": onnx(metadata), "tokens.txt": "" });
		assert.equal((await readModelFolder(folder))?.family ?? null, family);
	}
});

test("a description beside the files has the last word", async (t) => {
	const said = { "model.onnx": onnx({}), "tokens.txt": "", "onwax-model.json": "{}" };
	assert.equal(await read(await folderOf(t, said)), null);
	const family = JSON.stringify({ family: "sense-voice", name: "x" });
	const described = await folderOf(t, { ...said, "onwax-model.json": family });
	assert.equal((await read(described))?.family, "sense-voice");
});

test("8-bit weights are preferred, whatever the files' prefix", async (t) => {
	const whisper = await folderOf(t, {
		"tiny.en-encoder.onnx": onnx({ model_type: "whisper-tiny.en" }),
		"tiny.en-encoder.int8.onnx": onnx({ model_type: "whisper-tiny.en" }),
		"tiny.en-decoder.onnx": "",
		"tiny.en-decoder.int8.onnx": "",
		"tiny.en-tokens.txt": "",
	});
	assert.deepEqual(await read(whisper), {
		...{ family: "whisper", tokens: "tiny.en-tokens.txt" },
		...{ encoder: "tiny.en-encoder.int8.onnx", decoder: "tiny.en-decoder.int8.onnx" },
	});
	const zipformer = await folderOf(t, {
		...{ "encoder-epoch-99-avg-1.onnx": "", "encoder-epoch-99-avg-1.int8.onnx": "" },
		...{ "decoder-epoch-99-avg-1.onnx": "", "joiner-epoch-99-avg-1.int8.onnx": "" },
		...{ "bpe.vocab": "", "tokens.txt": "" },
	});
	assert.deepEqual(await read(zipformer), {
		...{ family: "transducer", tokens: "tokens.txt", bpeVocab: "bpe.vocab" },
		encoder: "encoder-epoch-99-avg-1.int8.onnx",
		decoder: "decoder-epoch-99-avg-1.onnx",
		joiner: "joiner-epoch-99-avg-1.int8.onnx",
	});
});

test("both generations of Moonshine, Parakeet, and what only looks like one of them", async (t) => {
	const tokens = { "tokens.txt": "" };
	const parts = ["preprocess.onnx", "encode.int8.onnx", "uncached_decode.int8.onnx"];
	const first = Object.fromEntries([...parts, "cached_decode.int8.onnx"].map((name) => [name, ""]));
	assert.deepEqual(await read(await folderOf(t, { ...first, ...tokens })), {
		...{ family: "moonshine", tokens: "tokens.txt", preprocessor: "preprocess.onnx" },
		...{ encoder: "encode.int8.onnx", uncachedDecoder: "uncached_decode.int8.onnx" },
		cachedDecoder: "cached_decode.int8.onnx",
	});
	const second = { "encoder_model.ort": "", "decoder_model_merged.ort": "", ...tokens };
	assert.deepEqual(await read(await folderOf(t, second)), {
		...{ family: "moonshine", tokens: "tokens.txt" },
		...{ encoder: "encoder_model.ort", mergedDecoder: "decoder_model_merged.ort" },
	});
	const three = { "encoder.int8.onnx": "", "decoder.int8.onnx": "", "joiner.int8.onnx": "" };
	assert.equal((await read(await folderOf(t, { ...three, ...tokens })))?.family, "transducer");
	const canary = onnx({ model_type: "EncDecMultiTaskModel" });
	const looksLike: Record<string, Buffer | string>[] = [
		{ "encoder.onnx": canary, "decoder.onnx": "", ...tokens },
		{ "encoder-epoch-9-chunk-16.onnx": "", "decoder.onnx": "", "joiner.onnx": "", ...tokens },
		{ ...first },
		{ "preprocess.onnx": "", "uncached_decode.onnx": "", ...tokens },
		{ "joiner.onnx": "", ...tokens },
		tokens,
		{},
	];
	for (const files of looksLike) assert.equal(await read(await folderOf(t, files)), null);
	assert.equal(await readModelFolder("/no/such/folder"), null);
});

test("a folder of models lists those that are one, by name, with what they take", async (t) => {
	const models = await tempFolder(t);
	await makeToneModel(join(models, "tones"));
	await makeToneModel(join(models, "another"));
	await makeToneModel(join(models, ".being-written"));
	await mkdir(join(models, "nothing"));
	await writeFile(join(models, "ggml-base.bin"), "");
	const listed = await listModels(models);
	assert.deepEqual(
		listed.map(({ name, model }) => [name, model.family]),
		[
			["another", "nemo-ctc"],
			["tones", "nemo-ctc"],
		],
	);
	assert.ok(listed.every(({ sizeBytes }) => sizeBytes > 1000));
	assert.deepEqual(await listModels(join(models, "none")), []);
});

test("the two models that tell speakers apart are found in one folder or in two", async (t) => {
	const segmentation = onnx({ powerset_max_classes: "2", num_speakers: "3" });
	const embedding = onnx({ output_dim: "192", framework: "wespeaker" });
	const models = await tempFolder(t);
	const put = async (folder: string, file: string, bytes: Buffer) => {
		await mkdir(join(models, folder), { recursive: true });
		await writeFile(join(models, folder, file), bytes);
	};
	await put("pyannote", "model.onnx", segmentation);
	assert.equal(await readDiarisationModels(models), null);
	await put("voices", "wespeaker_en.onnx", embedding);
	await makeToneModel(join(models, "tones"));
	assert.deepEqual(await readDiarisationModels(models), {
		segmentation: join(models, "pyannote", "model.onnx"),
		embedding: join(models, "voices", "wespeaker_en.onnx"),
	});
	await put("pyannote", "model.int8.onnx", segmentation);
	const found = await readDiarisationModels(models);
	assert.equal(found?.segmentation, join(models, "pyannote", "model.int8.onnx"));
});

test("metadata is read back as it was written, and never from a damaged file without end", async (t) => {
	const folder = await tempFolder(t);
	const path = join(folder, "model.onnx");
	const entries = fc.dictionary(fc.string(), fc.string({ maxLength: 200 }), { maxKeys: 8 });
	await fc.assert(
		fc.asyncProperty(entries, fc.nat(), fc.nat(), async (metadata, cut, place) => {
			const whole = onnx(metadata);
			await writeFile(path, whole);
			assert.deepEqual(
				readOnnxMetadata(path),
				new Map(Object.entries(metadata).map(([key, value]) => [utf8(key), utf8(value)])),
			);
			const damaged = Buffer.from(whole.subarray(0, cut % (whole.length + 1)));
			if (damaged.length > 0) damaged[place % damaged.length] = (cut * 31) % 256;
			await writeFile(path, damaged);
			readOnnxMetadata(path);
		}),
		{ numRuns: 200 },
	);
	assert.equal(readOnnxMetadata(folder).size, 0);
	assert.equal(readOnnxMetadata(join(folder, "none")).size, 0);
});

/** Half of a surrogate pair does not survive being written. */
function utf8(text: string): string {
	return Buffer.from(text).toString();
}

import type { ModelFamily } from "../speech/speech.ts";

/** What a model is for: one of the recogniser's families, or one of the two that tell speakers apart. */
export type CatalogueFamily = ModelFamily | "speaker-segmentation" | "speaker-embedding";

/**
 * A model that is known to work. Whatever a source could not be found for is null, and is shown as
 * unknown: no address, size, hash or licence is ever made up.
 */
export type CatalogueModel = {
	/** What it is called here: its folder, and what `onwax model pull` takes. */
	name: string;
	family: CatalogueFamily;
	/** BCP 47; `mul` for more than can be listed. */
	languages: readonly string[];
	goodFor: string;
	/** Of the archive or the file, as the publisher has it; a mirror replaces all but its file name. */
	address: string;
	/** Of what is downloaded; a source that rounds is good enough to plan with. */
	sizeBytes: number | null;
	/** Of what is downloaded; null: pinned at the first download (pins.ts). */
	sha256: string | null;
	licence: string | null;
	/** Where each of these was found: a web address, or a file in a public GitHub repository. */
	source: {
		address: string;
		sizeBytes: string | null;
		sha256: string | null;
		licence: string | null;
	};
};

const releases = "https://github.com/k2-fsa/sherpa-onnx/releases/download";
const sherpaDocs = "k2-fsa/sherpa docs/source/onnx";
const sherpaOnnx = "k2-fsa/sherpa-onnx";
const whisperScript = `${sherpaOnnx} .github/scripts/test-offline-whisper.sh`;
const whisperSizes = "BG-Red/PrimeDictateApple WhisperModelCatalog.cs";
const whisperLicence = "https://huggingface.co/teamup-tech/Whisper-weights";
const voiceScribe =
	"Izya12/Voice-Scribe data/src/main/kotlin/com/example/data/model/ModelCatalog.kt";
const speedOfSound =
	"zugaldia/speedofsound core/src/main/kotlin/com/zugaldia/speedofsound/core/plugins/asr";
const metaVoiceType = "Metater/MetaVoiceType docs/MODELS.md";
const zero = "Gitlawb/zero internal/dictation/download.go";

/** The European languages of Parakeet v3, as its page lists them. */
const european = "bg hr cs da nl en et fi fr de el hu it lv lt mt pl pt ro sk sl es sv ru uk".split(
	" ",
);

/** In the order in which they are shown: what suits most people first. */
export const catalogue: readonly CatalogueModel[] = [
	{
		name: "parakeet-tdt-0.6b-v3",
		family: "transducer",
		languages: european,
		goodFor:
			"25 European languages, told apart by itself, with punctuation; what suits most people",
		address: `${releases}/asr-models/sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8.tar.bz2`,
		sizeBytes: 487_170_055,
		sha256: "5793d0fd397c5778d2cf2126994d58e9d56b1be7c04d13c7a15bb1b4eafb16bf",
		licence: "CC-BY-4.0",
		source: {
			address: `${sherpaDocs}/pretrained_models/offline-transducer/nemo/parakeet-tdt-0.6b-v3.rst`,
			sizeBytes: metaVoiceType,
			sha256: metaVoiceType,
			licence: metaVoiceType,
		},
	},
	{
		name: "parakeet-tdt-0.6b-v2",
		family: "transducer",
		languages: ["en"],
		goodFor: "English only, with punctuation; as large as v3",
		address: `${releases}/asr-models/sherpa-onnx-nemo-parakeet-tdt-0.6b-v2-int8.tar.bz2`,
		sizeBytes: 482_468_385,
		sha256: "157c157bc51155e03e37d2466522a3a737dd9c72bb25f36eb18912964161e1ad",
		licence: "CC-BY-4.0",
		source: {
			address: `${sherpaDocs}/pretrained_models/offline-transducer/nemo/parakeet-tdt-0.6b-v2.rst`,
			sizeBytes: metaVoiceType,
			sha256: metaVoiceType,
			licence: "https://huggingface.co/nvidia/parakeet-tdt-0.6b-v2",
		},
	},
	{
		name: "parakeet-ctc-110m-en",
		family: "nemo-ctc",
		languages: ["en"],
		goodFor: "English with punctuation on a small machine: quick, and needs little memory",
		address: `${releases}/asr-models/sherpa-onnx-nemo-parakeet_tdt_ctc_110m-en-36000-int8.tar.bz2`,
		sizeBytes: null,
		sha256: "17f945007b52ccd8b7200ffc7c5652e9e8e961dfdf479cefcabd06cf5703630b",
		licence: "CC-BY-4.0",
		source: {
			address: `${sherpaDocs}/pretrained_models/offline-ctc/nemo/english.rst`,
			sizeBytes: null,
			sha256: `${speedOfSound}/SherpaParakeetAsrModels.kt`,
			licence: "https://huggingface.co/nvidia/parakeet-tdt_ctc-110m",
		},
	},
	{
		name: "conformer-ctc-small-en",
		family: "nemo-ctc",
		languages: ["en"],
		goodFor: "English in lower case without punctuation; the smallest here",
		address: `${releases}/asr-models/sherpa-onnx-nemo-ctc-en-conformer-small.tar.bz2`,
		sizeBytes: null,
		sha256: null,
		licence: null,
		source: {
			address: `${sherpaDocs}/pretrained_models/offline-ctc/nemo/english.rst`,
			sizeBytes: null,
			sha256: null,
			licence: null,
		},
	},
	...whisper("tiny", ["mul"], 116_204_861, {
		sha256: "c46116994e539aa165266d96b325252728429c12535eb9d8b6a2b10f129e66b1",
		goodFor: "about a hundred languages, roughly; enough to find a recording again",
	}),
	...whisper("base", ["mul"], 207_557_382, {
		sha256: "911b2083efd7c0dca2ac3b358b75222660dc09fb716d64fbfc417ba6c99ff3de",
		goodFor: "about a hundred languages, at a moderate price in time",
	}),
	...whisper("small", ["mul"], 639_387_718, {
		sha256: "486a46afbb7ba798507190ffe02fea2dd726049af212e774537efac6afb210a6",
		goodFor: "languages that Parakeet does not know; slow on a small machine",
	}),
	...whisper("tiny.en", ["en"], 118_071_777, {
		sha256: "2bd6cf965c8bb3e068ef9fa2191387ee63a9dfa2a4e37582a8109641c20005dd",
		goodFor: "English, roughly and quickly",
	}),
	...whisper("base.en", ["en"], 208_576_005, {
		sha256: "475bc7052ce299c007f6d5d5407ba8601f819a2867f6eecee510ed17df581542",
		goodFor: "English, at a moderate price in time",
	}),
	...whisper("small.en", ["en"], 635_693_775, {
		sha256: "0cdba2b8aaab69e04847f3427cc9709574112e67913a1a84b7fec3a8729faa9a",
		goodFor: "English with accents and noise; slow on a small machine",
	}),
	{
		name: "moonshine-tiny-en",
		family: "moonshine",
		languages: ["en"],
		goodFor: "short English notes on a very small machine",
		address: `${releases}/asr-models/sherpa-onnx-moonshine-tiny-en-int8.tar.bz2`,
		sizeBytes: 103 * 2 ** 20,
		sha256: "d5fe6ec4334fef36255b2a4010412cad4c007e33103fec62fb5d17cad88086f2",
		licence: "MIT",
		source: {
			address: `${sherpaDocs}/moonshine/models.rst`,
			sizeBytes: zero,
			sha256: zero,
			licence: `${sherpaOnnx} scripts/moonshine/run.sh`,
		},
	},
	{
		name: "moonshine-base-en",
		family: "moonshine",
		languages: ["en"],
		goodFor: "short English notes, better than tiny and still quick",
		address: `${releases}/asr-models/sherpa-onnx-moonshine-base-en-int8.tar.bz2`,
		sizeBytes: 250_807_309,
		sha256: "21870cecaa2e44e4e2bf63e02d1072bed183ccd10284871353bd9d24dad14e5e",
		licence: "MIT",
		source: {
			address: `${sherpaDocs}/moonshine/models.rst`,
			sizeBytes: "CakeRepository/PrimeDictate MoonshineModelCatalog.cs",
			sha256: zero,
			licence: `${sherpaOnnx} scripts/moonshine/run.sh`,
		},
	},
	{
		name: "sense-voice",
		family: "sense-voice",
		languages: ["zh", "yue", "en", "ja", "ko"],
		goodFor: "Mandarin and Cantonese, also Japanese and Korean; very quick",
		address: `${releases}/asr-models/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-int8-2024-07-17.tar.bz2`,
		sizeBytes: 163_002_883,
		sha256: "7d1efa2138a65b0b488df37f8b89e3d91a60676e416f515b952358d83dfd347e",
		licence: "FunASR Model Open Source License",
		source: {
			address: `${sherpaDocs}/sense-voice/pretrained.rst`,
			sizeBytes: "eelevenn/quicknote crates/quicknote-app/assets/transcription-package.json",
			sha256: "eelevenn/quicknote crates/quicknote-app/assets/transcription-package.json",
			licence: "https://huggingface.co/FunAudioLLM/SenseVoiceSmall",
		},
	},
	{
		name: "pyannote-segmentation-3.0",
		family: "speaker-segmentation",
		languages: ["mul"],
		goodFor:
			"telling speakers apart: where one stops and another begins (needs an embedding as well)",
		address: `${releases}/speaker-segmentation-models/sherpa-onnx-pyannote-segmentation-3-0.tar.bz2`,
		sizeBytes: 6_958_444,
		sha256: "24615ee884c897d9d2ba09bb4d30da6bb1b15e685065962db5b02e76e4996488",
		licence: "MIT",
		source: {
			address: `${sherpaDocs}/speaker-diarization/models.rst`,
			sizeBytes: voiceScribe,
			sha256: voiceScribe,
			licence: `${sherpaOnnx} scripts/pyannote/segmentation/run.sh`,
		},
	},
	{
		name: "titanet-small-en",
		family: "speaker-embedding",
		languages: ["en"],
		goodFor: "telling speakers apart: whose voice it is (needs a segmentation as well)",
		// The publisher's own spelling of the release.
		address: `${releases}/speaker-recongition-models/nemo_en_titanet_small.onnx`,
		sizeBytes: 40_257_283,
		sha256: "ad4a1802485d8b34c722d2a9d04249662f2ece5d28a7a039063ca22f515a789e",
		licence: null,
		source: {
			address: `${sherpaDocs}/speaker-diarization/models.rst`,
			sizeBytes: "kaleb21-19/amharic_caption tools/embed/fetch_model.sh",
			sha256: "kaleb21-19/amharic_caption tools/embed/fetch_model.sh",
			licence: null,
		},
	},
	{
		name: "campplus-en",
		family: "speaker-embedding",
		languages: ["en"],
		goodFor: "the same as titanet-small-en, and smaller",
		address: `${releases}/speaker-recongition-models/3dspeaker_speech_campplus_sv_en_voxceleb_16k.onnx`,
		sizeBytes: 29_596_978,
		sha256: "357a834f702b80161e5b981182c038e18553c1f2ca752ed6cec2052365d4129b",
		licence: "Apache-2.0",
		source: {
			address: `${sherpaOnnx} .github/scripts/test-speaker-recognition-python.sh`,
			sizeBytes: voiceScribe,
			sha256: voiceScribe,
			licence: voiceScribe,
		},
	},
];

function whisper(
	size: string,
	languages: readonly string[],
	sizeBytes: number,
	{ sha256, goodFor }: { sha256: string; goodFor: string },
): CatalogueModel[] {
	return [
		{
			name: `whisper-${size}`,
			family: "whisper",
			languages,
			goodFor,
			address: `${releases}/asr-models/sherpa-onnx-whisper-${size}.tar.bz2`,
			sizeBytes,
			sha256,
			licence: "MIT",
			source: {
				address: whisperScript,
				sizeBytes: whisperSizes,
				sha256: `${speedOfSound}/SherpaWhisperAsrModels.kt`,
				licence: whisperLicence,
			},
		},
	];
}

/** The entry of that name, or null. */
export function inCatalogue(name: string): CatalogueModel | null {
	return catalogue.find((model) => model.name === name) ?? null;
}

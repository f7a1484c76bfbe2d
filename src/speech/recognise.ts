import { basename } from "node:path";
import { OnwaxError } from "../errors.ts";
import type { Progress } from "../processes/messages.ts";
import { badModel } from "./failures.ts";
import { toRecognised } from "./recognised.ts";
import { recogniserConfig } from "./recogniser-config.ts";
import { type Loading, loadingStage, type SpeechRequest, workingStage } from "./requests.ts";
import { loadSherpa, type OfflineRecognizer } from "./sherpa-native.ts";
import type { Recognised } from "./speech.ts";
import { readAllSamples, speechSampleRate } from "./wav-samples.ts";

type RecogniseRequest = Extract<SpeechRequest, { verb: "recognise" }>;

/** The model that this process loaded, for as long as it lives. */
let loaded: Promise<OfflineRecognizer> | null = null;
let isLoaded = false;

/** Several at once share the model and its memory. */
export async function recognise(
	request: RecogniseRequest,
	report: (progress: Progress) => void,
): Promise<Recognised> {
	const samples = await readAllSamples(request.wavPath);
	const durationSeconds = samples.length / speechSampleRate;
	const at = { doneSeconds: 0, totalSeconds: durationSeconds };
	if (!isLoaded) report({ ...at, stage: loadingStage });
	const wasLoaded = isLoaded;
	loaded ??= load(request.loading);
	const recogniser = await loaded;
	if (!wasLoaded) report({ ...at, stage: workingStage });
	if (samples.length < shortestSamples)
		return { text: "", tokens: [], segments: [], language: null };
	const heard = request.setting === "other" ? louderAndPadded(samples) : samples;
	const stream = createStream(recogniser, request.hotWords);
	stream.acceptWaveform({ samples: heard, sampleRate: speechSampleRate });
	const result = await recogniser.decodeAsync(stream);
	return toRecognised(result, heard === samples ? 0 : paddingSeconds, durationSeconds);
}

/** Less than this makes no feature; some models die of it. */
const shortestSamples = speechSampleRate / 10;

async function load(loading: Loading): Promise<OfflineRecognizer> {
	try {
		const recogniser = await loadSherpa().OfflineRecognizer.createAsync(
			await recogniserConfig(loading),
		);
		isLoaded = true;
		return recogniser;
	} catch (error) {
		loaded = null;
		if (error instanceof OnwaxError) throw error;
		throw badModel(basename(loading.model.folder), error);
	}
}

function createStream(recogniser: OfflineRecognizer, hotWords: readonly string[]) {
	// Signs that mean something else between hot words.
	const phrases = hotWords.map((phrase) => phrase.replace(/[/:\n]/g, " ").trim()).filter(Boolean);
	if (phrases.length === 0) return recogniser.createStream();
	try {
		return recogniser.createStream(phrases.join("/"));
	} catch {
		// They are a hint: what cannot be spelled in the model's tokens is not worth the recording.
		return recogniser.createStream();
	}
}

const paddingSeconds = 0.5;
const wantedPeak = 0.7;
const mostGain = 30;

/**
 * Another hearing of the same sound: as loud as it can be, with silence around it. A model that heard
 * nothing in quiet speech, or at the very edge of a window, often does now.
 */
function louderAndPadded(samples: Float32Array): Float32Array {
	const padding = paddingSeconds * speechSampleRate;
	const padded = new Float32Array(samples.length + 2 * padding);
	let peak = 0;
	for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
	const gain = Math.min(mostGain, wantedPeak / Math.max(peak, 1e-6));
	for (let index = 0; index < samples.length; index++)
		padded[padding + index] = (samples[index] ?? 0) * gain;
	return padded;
}

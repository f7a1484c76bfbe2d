import type { DiarisationModels, RecognitionModel } from "./speech.ts";

/** How a model is loaded. A process loads one model in one way, and keeps it. */
export type Loading = {
	model: RecognitionModel;
	threads: number;
	/** BCP 47; null where the model finds out, or cannot be told. */
	language: string | null;
	/** So that hot words can be given; slower. */
	forHotWords: boolean;
};

/** What the program asks of a speech child. */
export type SpeechRequest =
	| { verb: "listen"; wavPath: string }
	| {
			verb: "recognise";
			wavPath: string;
			loading: Loading;
			setting: "usual" | "other";
			hotWords: readonly string[];
	  }
	| { verb: "diarise"; wavPath: string; models: DiarisationModels; count: number | null };

/** Told while a model is loaded: who dies then, dies of the model. */
export const loadingStage = "loading";
export const workingStage = "working";

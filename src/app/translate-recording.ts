import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { prepareAudio } from "../pipeline/prepare-audio.ts";
import { shelfOf } from "../recording.ts";
import { inSpan } from "../telemetry/spans.ts";
import { transcribeWithRetries } from "../transcribe/attempts.ts";
import type { Engine } from "../transcribe/engine.ts";
import type { EngineOutput } from "../transcript.ts";
import type { App } from "./open-app.ts";

export type TranslateOptions = {
	/** Null: the first in the order that can translate. */
	engine: string | null;
	prompt: string | null;
	signal: AbortSignal;
};

/**
 * What was said in a recording, in English, by an engine that can do that; told, and not kept: the
 * recording's text is what was said.
 *
 * @throws ERR_UNSUPPORTED where no engine can, and what engines do
 */
export async function translateRecording(
	app: App,
	name: string,
	options: TranslateOptions,
): Promise<EngineOutput> {
	const engine = await translator(app, options.engine);
	// Its folder may move while it is opened: its own text is being made at the same time.
	for (let tries = 1; ; tries++) {
		try {
			return await translate(app, name, engine, options);
		} catch (error) {
			const isGone = error instanceof OnwaxError && error.code === "ERR_NOT_FOUND";
			if ((!isGone && systemErrorCode(error) !== "ENOENT") || tries >= 3) throw error;
		}
	}
}

type Translator = Engine & Required<Pick<Engine, "translate">>;

async function translator({ engines }: App, wanted: string | null): Promise<Translator> {
	const names = wanted === null ? (await engines.describeOrder()).names : [wanted];
	for (const name of names) {
		const engine = await engines.engineFor(name);
		if (engine.translate) return { ...engine, translate: engine.translate };
	}
	throw new OnwaxError(
		"ERR_UNSUPPORTED",
		"No engine here translates; the text is made as spoken.",
		{
			hint: "Engines of type openai translate, with the model whisper-1.",
		},
	);
}

async function translate(
	{ library, media, config }: App,
	name: string,
	engine: Translator,
	{ prompt, signal }: TranslateOptions,
): Promise<EngineOutput> {
	const recording = await library.catalogue.get(name);
	if (recording === null) throw new OnwaxError("ERR_GONE", `${name} was removed meanwhile.`);
	const { metadata } = recording;
	const folder = recordingFolder(library.layout, shelfOf(metadata), name);
	const source = { path: join(folder, metadata.audioFile), audio: metadata.audio };
	const stem = join((await library.writer()).folder, `${name}.translated`);
	const prepared = await prepareAudio(media, source, engine.input, stem, signal);
	try {
		const { durationSeconds } = metadata.audio;
		const vocabulary = prompt === null ? [] : [prompt];
		const question = {
			audioPath: prepared.path,
			durationSeconds,
			language: null,
			vocabulary,
			signal,
		};
		const asked = { ...engine, transcribe: engine.translate };
		const outcome = await inSpan("engine.translate", { "onwax.engine": engine.name }, () =>
			transcribeWithRetries(asked, question, { policy: config.retry }),
		);
		if (outcome.kind !== "done") throw outcome.error;
		return outcome.output;
	} finally {
		await prepared.remove();
	}
}

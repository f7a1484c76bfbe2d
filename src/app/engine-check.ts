import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/defaults.ts";
import { toOnwaxError } from "../errors.ts";
import type { Media } from "../media/media.ts";
import { prepareAudio } from "../pipeline/prepare-audio.ts";
import type { Metadata } from "../recording.ts";
import type { EngineCheck } from "../transcribe/engine.ts";
import type { Engines } from "./engines.ts";
import { sample } from "./sample.ts";

export type EngineState = {
	name: string;
	type: string | null;
	model: string | null;
	isDefault: boolean;
	/** Why it is the default; null for the others. */
	why: string | null;
	check: EngineCheck;
};

/** Every engine that is declared, and the one that was found where none is; nothing is sent. */
export async function listEngines(
	config: Pick<Config, "engines">,
	engines: Engines,
): Promise<EngineState[]> {
	const byDefault = await engines.describeDefault();
	const names = new Set([
		...(byDefault === null ? [] : [byDefault.name]),
		...Object.keys(config.engines),
	]);
	return Promise.all(
		[...names].map(async (name): Promise<EngineState> => {
			const isDefault = name === byDefault?.name;
			const why = isDefault ? byDefault.why : null;
			try {
				const engine = await engines.engineFor(name);
				const { type, model } = engine;
				return { name, type, model, isDefault, why, check: await engine.check() };
			} catch (thrown) {
				const { message, hint } = toOnwaxError(thrown);
				const type = config.engines[name]?.type ?? null;
				return { name, type, model: null, isDefault, why, check: { ok: false, message, hint } };
			}
		}),
	);
}

export type EngineTrial = { engine: string; said: string; heard: string; latencySeconds: number };

/**
 * Sends the sample through an engine, once, as a recording would be.
 *
 * @param name null for the default one
 * @throws as the engine does
 */
export async function tryEngine(
	engines: Engines,
	media: Media,
	name: string | null,
	signal: AbortSignal,
): Promise<EngineTrial> {
	const engine = await engines.engineFor(name);
	const scratch = await mkdtemp(join(tmpdir(), "onwax-engine-"));
	try {
		const { container: _, ...audio } = await media.probe(sample.path);
		const recording = { name: "sample", audioFile: "hello.wav", audio } as Metadata;
		const folder = join(sample.path, "..");
		const prepared = await prepareAudio(media, folder, recording, engine.input, scratch, signal);
		const startedAt = performance.now();
		const output = await engine.transcribe({
			audioPath: prepared.path,
			durationSeconds: audio.durationSeconds,
			language: "en",
			signal,
		});
		const latencySeconds = (performance.now() - startedAt) / 1000;
		return { engine: engine.name, said: sample.said, heard: output.text, latencySeconds };
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}

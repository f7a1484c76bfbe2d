import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/defaults.ts";
import { toOnwaxError } from "../errors.ts";
import type { Media } from "../media/media.ts";
import { prepareAudio } from "../pipeline/prepare-audio.ts";
import type { BreakerView } from "../transcribe/breaker-state.ts";
import { describeConditions } from "../transcribe/choose-engine.ts";
import type { EngineCheck } from "../transcribe/engine.ts";
import type { EngineConditions } from "../transcribe/engine-config.ts";
import type { Engines } from "./engines.ts";
import { sample } from "./sample.ts";

export type EngineState = {
	name: string;
	type: string | null;
	model: string | null;
	/** From 1, in the order in which they are asked; null where it is asked only by name. */
	place: number | null;
	/** Whether it is the first in that order. */
	isDefault: boolean;
	/** Why it is the default; null for the others. */
	why: string | null;
	when: EngineConditions | null;
	/** The conditions in words. */
	conditions: string | null;
	/** Which of its conditions does not hold now, whatever the length of a recording. */
	leftOut: string | null;
	breaker: BreakerView;
	/** Whether it would be asked first at this moment, by a recording of a length that suits it. */
	chosenNow: boolean;
	check: EngineCheck;
};

/** Every engine that is declared, and the one that was found where none is; nothing is sent. */
export async function listEngines(
	config: Pick<Config, "engines">,
	engines: Engines,
): Promise<EngineState[]> {
	const order = await engines.describeOrder();
	const names = new Set([...order.names, ...Object.keys(config.engines)]);
	const states = await Promise.all(
		[...names].map(async (name): Promise<EngineState> => {
			const index = order.names.indexOf(name);
			const { when, leftOut } = engines.conditionsOf(name);
			const common = {
				name,
				place: index < 0 ? null : index + 1,
				isDefault: index === 0,
				why: index === 0 ? order.why : null,
				when: when ?? null,
				conditions: describeConditions(when),
				leftOut,
				breaker: await engines.breakerOf(name),
				chosenNow: false,
			};
			try {
				const { type, model, check } = await engines.engineFor(name);
				return { ...common, type, model, check: await check() };
			} catch (thrown) {
				const { message, hint } = toOnwaxError(thrown);
				const type = config.engines[name]?.type ?? null;
				return { ...common, type, model: null, check: { ok: false, message, hint } };
			}
		}),
	);
	const chosen = states.find(mayBeAsked);
	return states.map((state) => ({ ...state, chosenNow: state === chosen }));
}

function mayBeAsked({ place, leftOut, breaker, check }: EngineState): boolean {
	return place !== null && leftOut === null && breaker.state !== "open" && check.ok;
}

export type EngineTrial = { engine: string; said: string; heard: string; latencySeconds: number };

/**
 * Sends the sample through an engine, once, as a recording would be, whatever its breaker says.
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
	const engine = await engines.engineToTry(name);
	const scratch = await mkdtemp(join(tmpdir(), "onwax-engine-"));
	try {
		const { container: _, ...audio } = await media.probe(sample.path);
		const source = { path: sample.path, audio };
		const stem = join(scratch, "sample");
		const prepared = await prepareAudio(media, source, engine.input, stem, signal);
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

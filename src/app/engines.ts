import type { Config } from "../config/defaults.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { listModels } from "../speech/model-folder.ts";
import type { Speech } from "../speech/speech.ts";
import { breaking } from "../transcribe/breaker.ts";
import { type BreakerView, viewBreaker } from "../transcribe/breaker-state.ts";
import {
	type AboutRecording,
	type Candidate,
	type Circumstances,
	leftOutBecause,
} from "../transcribe/choose-engine.ts";
import { detectEngine } from "../transcribe/detect.ts";
import type { Engine } from "../transcribe/engine.ts";
import type { EngineConditions, EngineConfig, Environment } from "../transcribe/engine-config.ts";
import { hasNetwork } from "../transcribe/network.ts";
import { engineMemory } from "./engine-memory.ts";
import { engineConfigOf, engineOrder } from "./engine-order.ts";
import { observedEngine } from "./observed-engine.ts";

export type Engines = {
	/**
	 * The engine of that name, or the default one for null: the first that is configured, else the
	 * only one that is declared, else what is found on this machine.
	 *
	 * @throws ERR_NO_ENGINE where there is none, saying in one sentence what to do;
	 *   ERR_ENGINE_UNKNOWN for a name that none has
	 */
	engineFor(name: string | null): Promise<Engine>;
	/**
	 * The same, past its circuit breaker: for somebody who wants to know now whether it works. A
	 * success closes the breaker for whoever comes next.
	 */
	engineToTry(name: string | null): Promise<Engine>;
	/**
	 * The engines for one recording, in the order of preference, those that their conditions leave
	 * out among them. A name that a person asked for is the only one, and its conditions do not count.
	 *
	 * @throws ERR_NO_ENGINE where there is none at all; ERR_ENGINE_UNKNOWN or ERR_CONFIG where the
	 *   only one cannot be made (in a list such an entry is left out)
	 */
	candidates(about: AboutRecording, name: string | null): Promise<Candidate[]>;
	/** The names that are asked, in order, and why these; empty for a machine without any. */
	describeOrder(): Promise<{ names: string[]; why: string | null }>;
	/** What the default is and why, or null; does not throw for a machine without any. */
	describeDefault(): Promise<{ name: string; why: string } | null>;
	/** An engine's conditions, and what leaves it out now, whatever the recording. */
	conditionsOf(name: string): { when: EngineConditions | undefined; leftOut: string | null };
	/** What was last heard of the service, by whichever process. */
	breakerOf(name: string): Promise<BreakerView>;
};

/** Engines are made once, so that each one's circuit breaker is one (D4.4). */
export function openEngines(
	config: Config,
	modelsFolder: string,
	environment: Environment,
	speech: Speech,
	look: { hasNetwork(): boolean } = { hasNetwork },
): Engines {
	const made = new Map<string, Engine>();
	let detected: ReturnType<typeof detectEngine> | null = null;
	const detect = () => {
		detected ??= detectEngine({ environment, modelsFolder });
		return detected;
	};

	const describeOrder = () => engineOrder(config, detect);

	async function describeDefault(): Promise<{ name: string; why: string } | null> {
		const { names, why } = await describeOrder();
		const [name] = names;
		return name === undefined || why === null ? null : { name, why };
	}

	async function make(name: string): Promise<Engine> {
		const wanted =
			(await engineConfigOf(config, name, detect)) ?? (await localModel(modelsFolder, name));
		if (wanted) {
			const ground = {
				environment,
				secretVariables: secretVariables(config),
				modelsFolder,
				speech,
			};
			const { createEngine } = await import("../transcribe/registry.ts");
			return createEngine(name, wanted, ground);
		}
		throw new OnwaxError("ERR_ENGINE_UNKNOWN", `There is no engine called ${name}.`, {
			hint: `Known engines: ${Object.keys(config.engines).join(", ") || "none"}. \`onwax engine list\` shows them.`,
		});
	}

	async function wantedName(name: string | null): Promise<string> {
		const wanted = name ?? (await describeDefault())?.name;
		if (wanted === undefined) throw noEngine();
		return wanted;
	}

	async function engineFor(name: string | null): Promise<Engine> {
		const wanted = await wantedName(name);
		const before = made.get(wanted);
		if (before) return before;
		const inner = await make(wanted);
		// Two may have waited for it: the first one's breaker is the one.
		const engine =
			made.get(wanted) ??
			breaking(observedEngine(inner), config.breaker, engineMemory(config.dataDir, wanted));
		made.set(wanted, engine);
		return engine;
	}

	async function candidateOf(name: string, now: Circumstances): Promise<Candidate> {
		const leftOut = leftOutBecause(config.engines[name]?.when, now);
		if (leftOut) return { name, engine: null, leftOut: leftOut.reason, later: leftOut.later };
		return { name, engine: await engineFor(name), leftOut: null, later: false };
	}

	return {
		engineFor,
		describeOrder,
		describeDefault,
		async engineToTry(name) {
			const wanted = await wantedName(name);
			const { trying } = await import("./engine-trial.ts");
			return trying(await make(wanted), engineMemory(config.dataDir, wanted));
		},
		async candidates({ durationSeconds, language }, name) {
			if (name !== null)
				return [{ name, engine: await engineFor(name), leftOut: null, later: false }];
			const { names } = await describeOrder();
			if (names.length === 0) throw noEngine();
			const now = { online: look.hasNetwork(), durationSeconds, language };
			return Promise.all(
				names.map(async (one): Promise<Candidate> => {
					try {
						return await candidateOf(one, now);
					} catch (thrown) {
						if (names.length === 1) throw thrown;
						const { message } = toOnwaxError(thrown);
						return { name: one, engine: null, leftOut: message, later: false };
					}
				}),
			);
		},
		conditionsOf(name) {
			const { when } = config.engines[name] ?? {};
			const { language } = config;
			const now = { online: look.hasNetwork(), durationSeconds: "any", language } as const;
			return { when, leftOut: leftOutBecause(when, now)?.reason ?? null };
		},
		async breakerOf(name) {
			const remembered = await engineMemory(config.dataDir, name).recall();
			return viewBreaker(remembered, config.breaker.cooldownSeconds, Date.now());
		},
	};
}

/** A model that lies here is an engine of its own name. */
async function localModel(modelsFolder: string, name: string): Promise<EngineConfig | null> {
	const models = await listModels(modelsFolder);
	return models.some((one) => one.name === name) ? { type: "sherpa", model: name } : null;
}

/** Of all engines and the chat model, whichever is in use: a key is a key. */
function secretVariables({ engines, chat }: Config): string[] {
	const ofEngines = Object.values(engines).map((one) =>
		"apiKeyEnv" in one ? one.apiKeyEnv : null,
	);
	return [...ofEngines, chat.apiKeyEnv].filter((name) => typeof name === "string");
}

export function noEngine(): OnwaxError {
	return new OnwaxError("ERR_NO_ENGINE", "No engine that turns audio into text was found.", {
		hint: "Fetch a model (`onwax model list`), install a program (Debian: `apt-get install pocketsphinx pocketsphinx-en-us`) or set OPENAI_API_KEY, then run `onwax retry --all`.",
	});
}

import type { Config } from "../config/defaults.ts";
import { OnwaxError } from "../errors.ts";
import type { Speech } from "../speech/speech.ts";
import { breaking } from "../transcribe/breaker.ts";
import { detectEngine } from "../transcribe/detect.ts";
import type { Engine } from "../transcribe/engine.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { createEngine } from "../transcribe/registry.ts";

export type Engines = {
	/**
	 * The engine of that name, or the default one for null: the configured one, else the only one
	 * that is declared, else what is found on this machine.
	 *
	 * @throws ERR_NO_ENGINE where there is none, saying in one sentence what to do;
	 *   ERR_ENGINE_UNKNOWN for a name that none has
	 */
	engineFor(name: string | null): Promise<Engine>;
	/** What the default is and why, or null; does not throw for a machine without any. */
	describeDefault(): Promise<{ name: string; why: string } | null>;
};

/** Engines are made once, so that each one's circuit breaker is one (D4.4). */
export function openEngines(
	config: Config,
	modelsFolder: string,
	environment: Environment,
	speech: Speech,
): Engines {
	const made = new Map<string, Engine>();
	let detected: ReturnType<typeof detectEngine> | null = null;
	const detect = () => {
		detected ??= detectEngine({ environment, modelsFolder });
		return detected;
	};

	async function describeDefault(): Promise<{ name: string; why: string } | null> {
		const [chosen] = [config.engine ?? []].flat();
		if (chosen !== undefined) return { name: chosen, why: "chosen in the configuration" };
		const [only, ...others] = Object.keys(config.engines);
		if (only !== undefined && others.length === 0) {
			return { name: only, why: "the only one in the configuration" };
		}
		const found = await detect();
		return found && { name: found.name, why: `found ${found.found}` };
	}

	async function make(name: string): Promise<Engine> {
		const declared = config.engines[name];
		if (declared) return createEngine(name, declared, { environment, modelsFolder, speech });
		const found = await detect();
		if (found?.name === name)
			return createEngine(name, found.config, { environment, modelsFolder, speech });
		throw new OnwaxError("ERR_ENGINE_UNKNOWN", `There is no engine called ${name}.`, {
			hint: `Known engines: ${Object.keys(config.engines).join(", ") || "none"}. \`onwax engine list\` shows them.`,
		});
	}

	return {
		describeDefault,
		async engineFor(name) {
			const wanted = name ?? (await describeDefault())?.name;
			if (wanted === undefined) throw noEngine();
			let engine = made.get(wanted);
			if (!engine) {
				engine = breaking(await make(wanted), config.breaker);
				made.set(wanted, engine);
			}
			return engine;
		},
	};
}

export function noEngine(): OnwaxError {
	return new OnwaxError("ERR_NO_ENGINE", "No engine that turns audio into text was found.", {
		hint: "Install one (Debian: `apt-get install pocketsphinx pocketsphinx-en-us`) or set OPENAI_API_KEY, then run `onwax retry --all`.",
	});
}

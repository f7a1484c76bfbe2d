import { createCommandEngine } from "./command.ts";
import type { Engine } from "./engine.ts";
import type { EngineConfig, Environment } from "./engine-config.ts";
import { createOpenaiEngine } from "./openai.ts";

type EngineFactory<Config> = (name: string, config: Config, environment: Environment) => Engine;

/** One line per driver. None of them loads its SDK before it is asked to transcribe. */
const drivers: {
	[Type in EngineConfig["type"]]: EngineFactory<Extract<EngineConfig, { type: Type }>>;
} = {
	command: createCommandEngine,
	openai: createOpenaiEngine,
};

/**
 * The engine that `engines.<name>` in the configuration declares. Throws ERR_CONFIG where the
 * declaration cannot work; whether program and key are there is what `Engine.check` says.
 */
export function createEngine(
	name: string,
	config: EngineConfig,
	environment: Environment = process.env,
): Engine {
	const create = drivers[config.type] as EngineFactory<EngineConfig>;
	return create(name, config, environment);
}
